//! The ticket in hand: read and added to as its operator, by the same rules as their own messages.

use super::{CallState, TicketHandle, milliseconds, plain};
use crate::bindings::bote::plugin::tickets;
use crate::bindings::bote::plugin::types::Failure;
use crate::capability::Capability;
use bote_sdk::refusal::Refusal;
use bote_sdk::traits::{Fault, ToolComment};
use wasmtime::component::Resource;

impl CallState {
    fn told<T>(&self, answer: Result<Result<T, Refusal>, Fault>) -> Result<T, Failure> {
        match answer {
            Ok(Ok(told)) => Ok(told),
            Ok(Err(refusal)) => Err(self.refused(&refusal)),
            Err(fault) => Err(self.unavailable("ticket-unavailable", &fault)),
        }
    }
}

impl tickets::Host for CallState {
    async fn report(&mut self, _of: Resource<TicketHandle>) -> wasmtime::Result<Result<String, Failure>> {
        if let Err(failure) = self.enter(Capability::Tickets)? {
            return Ok(Err(failure));
        }
        let answer = self.call.work.report().await;
        Ok(self.told(answer))
    }

    async fn comments(
        &mut self,
        _of: Resource<TicketHandle>,
        newest: u32,
    ) -> wasmtime::Result<Result<Vec<tickets::Comment>, Failure>> {
        if let Err(failure) = self.enter(Capability::Tickets)? {
            return Ok(Err(failure));
        }
        let newest = usize::try_from(newest).unwrap_or(usize::MAX).min(self.limits.comments_read);
        let answer = self.call.work.comments(newest).await;
        let comment = |c: ToolComment| tickets::Comment {
            at: milliseconds(c.at),
            author: c.author,
            text: c.text,
            public: c.public,
        };
        Ok(self.told(answer).map(|comments| comments.into_iter().map(comment).collect()))
    }

    async fn append_comment(
        &mut self,
        _to: Resource<TicketHandle>,
        text: String,
    ) -> wasmtime::Result<Result<(), Failure>> {
        if let Err(failure) = self.enter_to_change(Capability::Tickets)? {
            return Ok(Err(failure));
        }
        if self.counters.comments >= self.limits.ticket_writes {
            return Ok(Err(self.too_large("too-many-comments")));
        }
        self.counters.comments += 1;
        let answer = self.call.work.append_comment(&plain(&text)).await;
        Ok(self.told(answer))
    }

    async fn attach(
        &mut self,
        _to: Resource<TicketHandle>,
        name: String,
        bytes: Vec<u8>,
    ) -> wasmtime::Result<Result<(), Failure>> {
        if let Err(failure) = self.enter_to_change(Capability::Tickets)? {
            return Ok(Err(failure));
        }
        if self.counters.attachments >= self.limits.ticket_writes {
            return Ok(Err(self.too_large("too-many-files")));
        }
        self.counters.attachments += 1;
        let answer = self.call.work.attach(&name, bytes).await;
        Ok(self.told(answer))
    }
}
