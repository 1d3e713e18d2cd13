//! What the access network knows of the ticket's connection.

use super::{CallState, ConnectionHandle, milliseconds};
use crate::bindings::bote::plugin::types::{self, Failure};
use crate::bindings::bote::plugin::{sessions, usage};
use crate::calendar::{self, Size};
use crate::capability::Capability;
use bote_sdk::online::{self, Presence};
use bote_sdk::records::UsageSample;
use chrono::TimeDelta;
use wasmtime::component::Resource;

/// The longest question about single reports.
const SAMPLES: TimeDelta = TimeDelta::days(31);
/// The longest question about sessions.
const SESSIONS: TimeDelta = TimeDelta::days(92);

impl CallState {
    async fn buckets(
        &mut self,
        of: Resource<ConnectionHandle>,
        start: types::Instant,
        end: types::Instant,
        size: Size,
    ) -> wasmtime::Result<Result<Vec<usage::Bucket>, Failure>> {
        if let Err(failure) = self.enter(Capability::Usage)? {
            return Ok(Err(failure));
        }
        let connection = self.table.get(&of)?.0.code;
        let zone = self.call.zone;
        let (start, end) = match self.span(start, end) {
            Ok(span) => span,
            Err(failure) => return Ok(Err(failure)),
        };
        let wanted = (end - start).num_seconds() / size.at_least().num_seconds();
        if usize::try_from(wanted).is_ok_and(|wanted| wanted > size.most()) {
            return Ok(Err(self.too_large("too-many-buckets")));
        }
        let (from, _) = calendar::bounds(start, size, zone);
        let samples = match self.call.network.usage(connection, from, end).await {
            Ok(samples) => samples,
            Err(fault) => return Ok(Err(self.unavailable("usage-unavailable", &fault))),
        };
        let bucket = |b: calendar::Bucket| usage::Bucket {
            start: milliseconds(b.start),
            end: milliseconds(b.end),
            down_bytes: b.down_bytes,
            up_bytes: b.up_bytes,
        };
        Ok(Ok(calendar::buckets(&samples, size, zone).into_iter().map(bucket).collect()))
    }
}

impl usage::Host for CallState {
    async fn hours(
        &mut self,
        of: Resource<ConnectionHandle>,
        start: types::Instant,
        end: types::Instant,
    ) -> wasmtime::Result<Result<Vec<usage::Bucket>, Failure>> {
        self.buckets(of, start, end, Size::Hour).await
    }

    async fn days(
        &mut self,
        of: Resource<ConnectionHandle>,
        start: types::Instant,
        end: types::Instant,
    ) -> wasmtime::Result<Result<Vec<usage::Bucket>, Failure>> {
        self.buckets(of, start, end, Size::Day).await
    }

    async fn months(
        &mut self,
        of: Resource<ConnectionHandle>,
        start: types::Instant,
        end: types::Instant,
    ) -> wasmtime::Result<Result<Vec<usage::Bucket>, Failure>> {
        self.buckets(of, start, end, Size::Month).await
    }

    async fn samples(
        &mut self,
        of: Resource<ConnectionHandle>,
        start: types::Instant,
        end: types::Instant,
    ) -> wasmtime::Result<Result<Vec<usage::Sample>, Failure>> {
        if let Err(failure) = self.enter(Capability::Usage)? {
            return Ok(Err(failure));
        }
        let connection = self.table.get(&of)?.0.code;
        let (start, end) = match self.span(start, end) {
            Ok(span) => span,
            Err(failure) => return Ok(Err(failure)),
        };
        if end - start > SAMPLES {
            return Ok(Err(self.too_large("period-too-long")));
        }
        let sample = |s: UsageSample| usage::Sample {
            at: milliseconds(s.at),
            down_bytes: u64::try_from(s.down_bytes).unwrap_or_default(),
            up_bytes: u64::try_from(s.up_bytes).unwrap_or_default(),
        };
        Ok(match self.call.network.usage(connection, start, end).await {
            Ok(samples) => Ok(samples.into_iter().map(sample).collect()),
            Err(fault) => Err(self.unavailable("usage-unavailable", &fault)),
        })
    }
}

impl sessions::Host for CallState {
    async fn intervals(
        &mut self,
        of: Resource<ConnectionHandle>,
        start: types::Instant,
        end: types::Instant,
    ) -> wasmtime::Result<Result<Vec<sessions::Interval>, Failure>> {
        if let Err(failure) = self.enter(Capability::Sessions)? {
            return Ok(Err(failure));
        }
        let connection = self.table.get(&of)?.0.code;
        let (start, end) = match self.span(start, end) {
            Ok(span) => span,
            Err(failure) => return Ok(Err(failure)),
        };
        if end - start > SESSIONS {
            return Ok(Err(self.too_large("period-too-long")));
        }
        let found = match self.call.network.sessions(connection, start, end).await {
            Ok(found) => found,
            Err(fault) => return Ok(Err(self.unavailable("sessions-unavailable", &fault))),
        };
        let interval = |i: online::Interval| sessions::Interval {
            start: milliseconds(i.start),
            end: milliseconds(i.end),
            state: match i.presence {
                Presence::Online => sessions::Presence::Online,
                Presence::Offline => sessions::Presence::Offline,
                Presence::Unknown => sessions::Presence::Unknown,
            },
            cause: i.cause,
        };
        // The present is the moment of the call's beginning, so that two questions of one call agree.
        let intervals = online::intervals(&found, start, end, self.call.started);
        Ok(Ok(intervals.into_iter().map(interval).collect()))
    }
}
