//! What a call is about: the invocation and the records it hands out.

use super::{CallState, milliseconds};
use crate::bindings::bote::plugin::types::{self, Failure};
use crate::bindings::bote::plugin::{call, domain};
use crate::calendar;
use bote_sdk::files::Attachment;
use bote_sdk::form::{self, ParamKind};
use bote_sdk::id::FileId;
use bote_sdk::tool::{ToolConnection, ToolEquipment};
use chrono::{Days, NaiveDate, Offset as _, TimeDelta};
use std::sync::Arc;
use wasmtime::component::Resource;

/// A connection as a guest holds it.
pub struct ConnectionHandle(pub(crate) ToolConnection);

/// A device as a guest holds it.
pub struct EquipmentHandle(pub(crate) ToolEquipment);

/// The ticket as a guest holds it. What it says is read from the call.
pub struct TicketHandle;

/// The invocation as a guest holds it. What it says is read from the call.
pub struct InvocationHandle;

/// A file of the ticket as a guest holds it.
pub struct AttachmentHandle(Arc<Enclosed>);

/// A file of the ticket and its bytes, read once in a call.
pub(crate) struct Enclosed {
    file: Attachment,
    bytes: Vec<u8>,
}

/// The most bytes of one read.
const READ: usize = 1 << 20;

impl CallState {
    /// The value of a parameter of this kind.
    fn argument(&self, name: &str, is_kind: fn(&ParamKind) -> bool) -> Option<&str> {
        let spec = self.frame.tools.iter().find(|spec| spec.id == self.call.tool)?;
        let param = spec.params.iter().find(|param| param.name == name && is_kind(&param.kind))?;
        let given = self.call.arguments.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
        given.or(param.default.as_deref())
    }

    fn midnight(&self, day: NaiveDate) -> u64 {
        milliseconds(calendar::midnight(day, self.call.zone))
    }
}

impl domain::Host for CallState {}

impl domain::HostEquipment for CallState {
    fn id(&mut self, this: Resource<EquipmentHandle>) -> wasmtime::Result<String> {
        self.count()?;
        Ok(self.table.get(&this)?.0.code.to_string())
    }

    fn role(&mut self, this: Resource<EquipmentHandle>) -> wasmtime::Result<String> {
        self.count()?;
        Ok(self.table.get(&this)?.0.role.clone())
    }

    fn vendor(&mut self, this: Resource<EquipmentHandle>) -> wasmtime::Result<String> {
        self.count()?;
        Ok(self.table.get(&this)?.0.vendor.clone())
    }

    fn model(&mut self, this: Resource<EquipmentHandle>) -> wasmtime::Result<String> {
        self.count()?;
        Ok(self.table.get(&this)?.0.model.clone())
    }

    fn drop(&mut self, this: Resource<EquipmentHandle>) -> wasmtime::Result<()> {
        self.table.delete(this)?;
        Ok(())
    }
}

impl domain::HostConnection for CallState {
    fn code(&mut self, this: Resource<ConnectionHandle>) -> wasmtime::Result<String> {
        self.count()?;
        Ok(self.table.get(&this)?.0.code.to_string())
    }

    fn plan(&mut self, this: Resource<ConnectionHandle>) -> wasmtime::Result<Option<String>> {
        self.count()?;
        Ok(self.table.get(&this)?.0.plan.clone())
    }

    fn equipment(&mut self, this: Resource<ConnectionHandle>) -> wasmtime::Result<Vec<Resource<EquipmentHandle>>> {
        self.count()?;
        let devices = self.table.get(&this)?.0.equipment.clone();
        let mut handles = Vec::with_capacity(devices.len());
        for device in devices {
            handles.push(self.table.push(EquipmentHandle(device))?);
        }
        Ok(handles)
    }

    fn drop(&mut self, this: Resource<ConnectionHandle>) -> wasmtime::Result<()> {
        self.table.delete(this)?;
        Ok(())
    }
}

impl domain::HostTicket for CallState {
    fn protocol(&mut self, _this: Resource<TicketHandle>) -> wasmtime::Result<String> {
        self.count()?;
        Ok(self.call.ticket.protocol.clone())
    }

    fn state(&mut self, _this: Resource<TicketHandle>) -> wasmtime::Result<String> {
        self.count()?;
        Ok(if self.call.ticket.finished { "finished" } else { "in-progress" }.to_owned())
    }

    fn opened(&mut self, _this: Resource<TicketHandle>) -> wasmtime::Result<types::Instant> {
        self.count()?;
        Ok(milliseconds(self.call.ticket.opened_at))
    }

    fn drop(&mut self, this: Resource<TicketHandle>) -> wasmtime::Result<()> {
        self.table.delete(this)?;
        Ok(())
    }
}

impl call::Host for CallState {}

impl call::HostAttachment for CallState {
    fn name(&mut self, this: Resource<AttachmentHandle>) -> wasmtime::Result<String> {
        self.count()?;
        Ok(self.table.get(&this)?.0.file.file.name.clone())
    }

    fn media_type(&mut self, this: Resource<AttachmentHandle>) -> wasmtime::Result<String> {
        self.count()?;
        Ok(self.table.get(&this)?.0.file.file.media_type.clone())
    }

    fn size(&mut self, this: Resource<AttachmentHandle>) -> wasmtime::Result<u64> {
        self.count()?;
        Ok(self.table.get(&this)?.0.bytes.len() as u64)
    }

    fn read(
        &mut self,
        this: Resource<AttachmentHandle>,
        offset: u64,
        length: u32,
    ) -> wasmtime::Result<Result<Vec<u8>, Failure>> {
        self.count()?;
        if length as usize > READ {
            return Ok(Err(self.too_large("read-too-large")));
        }
        let bytes = &self.table.get(&this)?.0.bytes;
        let from = usize::try_from(offset).unwrap_or(usize::MAX).min(bytes.len());
        let to = from.saturating_add(length as usize).min(bytes.len());
        Ok(Ok(bytes[from..to].to_vec()))
    }

    fn drop(&mut self, this: Resource<AttachmentHandle>) -> wasmtime::Result<()> {
        self.table.delete(this)?;
        Ok(())
    }
}

impl call::HostInvocation for CallState {
    fn tool(&mut self, _this: Resource<InvocationHandle>) -> wasmtime::Result<String> {
        self.count()?;
        let id = &self.call.tool.0;
        Ok(id.split_once('/').map_or(id.as_str(), |(_, tool)| tool).to_owned())
    }

    fn locale(&mut self, _this: Resource<InvocationHandle>) -> wasmtime::Result<String> {
        self.count()?;
        Ok(self.call.language.tag().to_owned())
    }

    fn started(&mut self, _this: Resource<InvocationHandle>) -> wasmtime::Result<types::Instant> {
        self.count()?;
        Ok(milliseconds(self.call.started))
    }

    fn deadline(&mut self, _this: Resource<InvocationHandle>) -> wasmtime::Result<types::Instant> {
        self.count()?;
        let left = self.limits.wall_time.saturating_sub(self.began.elapsed());
        let left = TimeDelta::from_std(left).unwrap_or_default();
        Ok(milliseconds(self.call.clock.now() + left))
    }

    fn offset_minutes(&mut self, _this: Resource<InvocationHandle>, at: types::Instant) -> wasmtime::Result<i32> {
        self.count()?;
        let Ok(at) = self.instant(at) else { return Ok(0) };
        Ok(at.with_timezone(&self.call.zone).offset().fix().local_minus_utc() / 60)
    }

    fn text(&mut self, _this: Resource<InvocationHandle>, name: String) -> wasmtime::Result<Option<String>> {
        self.count()?;
        let is_words = |kind: &ParamKind| {
            matches!(kind, ParamKind::Text { .. } | ParamKind::Choice(_) | ParamKind::Dynamic | ParamKind::Password)
        };
        Ok(self.argument(&name, is_words).map(ToOwned::to_owned))
    }

    fn integer(&mut self, _this: Resource<InvocationHandle>, name: String) -> wasmtime::Result<Option<i64>> {
        self.count()?;
        Ok(self.argument(&name, |kind| matches!(kind, ParamKind::Integer { .. })).and_then(form::integer))
    }

    fn decimal(&mut self, _this: Resource<InvocationHandle>, name: String) -> wasmtime::Result<Option<f64>> {
        self.count()?;
        Ok(self.argument(&name, |kind| matches!(kind, ParamKind::Decimal { .. })).and_then(form::decimal))
    }

    fn flag(&mut self, _this: Resource<InvocationHandle>, name: String) -> wasmtime::Result<Option<bool>> {
        self.count()?;
        Ok(self.argument(&name, |kind| *kind == ParamKind::Flag).and_then(form::flag))
    }

    fn date(&mut self, _this: Resource<InvocationHandle>, name: String) -> wasmtime::Result<Option<types::Instant>> {
        self.count()?;
        let day = self.argument(&name, |kind| *kind == ParamKind::Date).and_then(form::date);
        Ok(day.map(|day| self.midnight(day)))
    }

    fn period(
        &mut self,
        _this: Resource<InvocationHandle>,
        name: String,
    ) -> wasmtime::Result<Option<(types::Instant, types::Instant)>> {
        self.count()?;
        let days = self.argument(&name, |kind| *kind == ParamKind::Period).and_then(form::period);
        Ok(days.map(|(from, to)| {
            let behind = to.checked_add_days(Days::new(1)).unwrap_or(to);
            (self.midnight(from), self.midnight(behind))
        }))
    }

    async fn file(
        &mut self,
        _this: Resource<InvocationHandle>,
        name: String,
    ) -> wasmtime::Result<Option<Resource<AttachmentHandle>>> {
        self.count()?;
        let id = self.argument(&name, |kind| *kind == ParamKind::File);
        let Some(id) = id.and_then(|id| id.parse().ok()).map(FileId) else { return Ok(None) };
        if !self.enclosed.contains_key(&id) {
            match self.call.work.file(id).await {
                Ok(Some((file, bytes))) => _ = self.enclosed.insert(id, Arc::new(Enclosed { file, bytes })),
                Ok(None) => {}
                Err(fault) => _ = self.unavailable("file-unavailable", &fault),
            }
        }
        match self.enclosed.get(&id).map(Arc::clone) {
            Some(enclosed) => Ok(Some(self.table.push(AttachmentHandle(enclosed))?)),
            None => Ok(None),
        }
    }

    fn equipment(
        &mut self,
        _this: Resource<InvocationHandle>,
        name: String,
    ) -> wasmtime::Result<Option<Resource<EquipmentHandle>>> {
        self.count()?;
        let code = self.argument(&name, |kind| *kind == ParamKind::Equipment).map(ToOwned::to_owned);
        let devices = self.call.connection.iter().flat_map(|connection| &connection.equipment);
        let device = code.and_then(|code| devices.into_iter().find(|d| d.code.to_string() == code).cloned());
        match device {
            Some(device) => Ok(Some(self.table.push(EquipmentHandle(device))?)),
            None => Ok(None),
        }
    }

    fn connection(
        &mut self,
        _this: Resource<InvocationHandle>,
    ) -> wasmtime::Result<Option<Resource<ConnectionHandle>>> {
        self.count()?;
        match self.call.connection.clone() {
            Some(connection) => Ok(Some(self.table.push(ConnectionHandle(connection))?)),
            None => Ok(None),
        }
    }

    fn ticket(&mut self, _this: Resource<InvocationHandle>) -> wasmtime::Result<Option<Resource<TicketHandle>>> {
        self.count()?;
        Ok(Some(self.table.push(TicketHandle)?))
    }

    fn drop(&mut self, this: Resource<InvocationHandle>) -> wasmtime::Result<()> {
        self.table.delete(this)?;
        Ok(())
    }
}
