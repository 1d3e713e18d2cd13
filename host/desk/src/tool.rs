//! Tools at the desk: who may run which on what, what a call is made of, and what can be chosen for its parameters.

use crate::decide::Outcome;
use crate::desk::TicketDesk;
use crate::turn::actor;
use crate::work::RunWork;
use bote_sdk::Instant;
use bote_sdk::actor::{Actor, ChannelClass};
use bote_sdk::dialog::Language;
use bote_sdk::event::Place;
use bote_sdk::form::{Offer, Param, ParamKind};
use bote_sdk::id::{ConnectionCode, RunId, TicketId, ToolId};
use bote_sdk::operation::{Order, Risk};
use bote_sdk::permissions::Permission;
use bote_sdk::personal::IpAddress;
use bote_sdk::records::{Connection, Equipment, NetworkSession};
use bote_sdk::refusal::{Field, Precondition, Problem, Refusal, Source};
use bote_sdk::ticket::Ticket;
use bote_sdk::tool::{Device, Outcome as Ended, Run, ToolCall, ToolConnection, ToolEquipment, ToolSpec, ToolTicket};
use bote_sdk::traits::{Fault, PluginValues, TicketWork};
use chrono::TimeDelta;
use std::sync::Arc;
use uuid::Uuid;

/// Files of a ticket among which a parameter is chosen, newest first.
const FILES: usize = 10;

impl TicketDesk {
    /// A run of a tool: permitted, private, on a ticket in progress, with the connection it needs and values that can be.
    #[allow(clippy::too_many_arguments, reason = "the order and what it is decided on")]
    pub(crate) fn decide_run(
        &self,
        id: RunId,
        tool: &ToolId,
        arguments: &[(String, String)],
        ticket: &Ticket,
        actor: &Actor,
        order: &Order,
        now: Instant,
    ) -> Result<Run, Refusal> {
        let spec = self.tool_for(tool, ticket, actor)?;
        if spec.risk != Risk::Read {
            // What is more than a question is for the holder.
            ticket.held_by(actor)?;
        }
        if spec.risk == Risk::Network && order.confirmed.is_none() {
            return Err(Refusal::Precondition(Precondition::ConfirmationExpired));
        }
        for (position, (name, value)) in arguments.iter().enumerate() {
            let param = spec.params.iter().find(|param| param.name == *name);
            let Some(param) = param.filter(|_| arguments[..position].iter().all(|(other, _)| other != name)) else {
                return Err(Refusal::invalid(Field::Parameter, Problem::NotAChoice));
            };
            param.check(value)?;
            if param.kind == ParamKind::Password && self.password(value).is_none() {
                return Err(Refusal::Precondition(Precondition::PasswordGone));
            }
        }
        let given = |param: &Param| arguments.iter().any(|(name, _)| *name == param.name);
        if spec.params.iter().any(|param| param.required && param.default.is_none() && !given(param)) {
            return Err(Refusal::invalid(Field::Parameter, Problem::Missing));
        }
        Ok(new_run(id, ticket, tool, arguments, actor, now))
    }

    /// The tool, if this actor may run it here on this ticket.
    fn tool_for(&self, tool: &ToolId, ticket: &Ticket, actor: &Actor) -> Result<ToolSpec, Refusal> {
        let spec = self.spec(tool).ok_or(Refusal::Unavailable(Source::Tool))?;
        for permission in &spec.permissions {
            actor.permit(*permission)?;
        }
        actor.in_private()?;
        ticket.in_progress()?;
        if spec.needs_connection && ticket.connection.is_none() {
            return Err(Refusal::Precondition(Precondition::NoConnection));
        }
        Ok(spec)
    }

    pub(crate) fn spec(&self, tool: &ToolId) -> Option<ToolSpec> {
        self.parts.tools.tools().into_iter().find(|spec| spec.id == *tool)
    }

    /// The call of a run. The right to it is looked at again, since time has passed: an operator who lost the
    /// permission meanwhile gets nothing.
    pub(crate) async fn call_of(&self, run: &Run, place: Option<&Place>) -> Result<Result<ToolCall, Ended>, Fault> {
        let store = &self.parts.store;
        let operator = store.operator(run.operator).await?.filter(|o| o.active);
        let (Some(spec), Some(operator), Some(ticket)) =
            (self.spec(&run.tool), operator, store.ticket(run.ticket).await?)
        else {
            return Ok(Err(Ended::Unavailable));
        };
        let here = Place { class: ChannelClass::Private, ..place.cloned().unwrap_or_else(nowhere) };
        let actor = actor(&operator, &here);
        let may = actor.permit(Permission::ToolRun).is_ok()
            && spec.permissions.iter().all(|permission| actor.permit(*permission).is_ok())
            && actor.scope.sees_company(ticket.company)
            && (spec.risk == Risk::Read || ticket.held_by(&actor).is_ok());
        if !may {
            return Ok(Err(Ended::Unavailable));
        }
        let Some(arguments) = self.opened(run, &spec) else { return Ok(Err(Ended::PasswordGone)) };
        let run = Run { arguments, ..run.clone() };
        let language = self.language_of(&operator);
        Ok(Ok(self.tool_call(&run, &spec, &ticket, actor, language, place.cloned()).await?))
    }

    async fn tool_call(
        &self,
        run: &Run,
        spec: &ToolSpec,
        ticket: &Ticket,
        actor: Actor,
        language: Language,
        place: Option<Place>,
    ) -> Result<ToolCall, Fault> {
        let connection = match ticket.connection.filter(|_| spec.needs_connection) {
            Some(code) => self.parts.store.connection(code).await?,
            None => None,
        };
        let connection = match connection {
            Some(connection) => Some(self.tool_connection(connection).await?),
            None => None,
        };
        let title = spec.title.get(language).to_owned();
        let values: Arc<dyn PluginValues> = Arc::clone(&self.parts.store) as Arc<dyn PluginValues>;
        let work: Arc<dyn TicketWork> = Arc::new(RunWork::new(self.clone(), run, title, actor, place));
        Ok(ToolCall {
            run: run.id,
            tool: run.tool.clone(),
            arguments: run.arguments.clone(),
            language,
            started: run.asked_at,
            zone: self.settings.zone,
            ticket: ToolTicket {
                protocol: ticket.protocol.map(|p| p.with_year(self.settings.year_digits)).unwrap_or_default(),
                finished: ticket.in_progress().is_err(),
                opened_at: ticket.opened_at,
            },
            connection,
            network: Arc::clone(&self.parts.network),
            work,
            values,
            clock: Arc::clone(&self.parts.clock),
        })
    }

    async fn tool_connection(&self, connection: Connection) -> Result<ToolConnection, Fault> {
        let store = &self.parts.store;
        let plan = match connection.contract {
            Some(contract) => store.contract(contract).await?.map(|contract| contract.plan),
            None => None,
        };
        let devices = store.equipment(connection.code).await?;
        let last_ip = match connection.last_ip {
            Some(ip) if devices.iter().any(|device| device.address.is_none()) => {
                self.is_connected(connection.code).await.then_some(ip)
            }
            Some(_) | None => None,
        };
        let equipment = devices.into_iter().map(|device| self.tool_equipment(device, last_ip.as_ref())).collect();
        Ok(ToolConnection { code: connection.code, plan, equipment })
    }

    /// Whether the newest session of a connection is open, so that its last address is still its own: afterwards it may be
    /// another customer's, who would be sent the password. A network that does not answer knows of none.
    async fn is_connected(&self, connection: ConnectionCode) -> bool {
        let (network, now) = (&self.parts.network, self.now());
        let until = now + TimeDelta::milliseconds(1);
        let newest: Result<Option<NetworkSession>, Fault> = async {
            let open = network.sessions(connection, now, until).await?.pop();
            let Some(open) = open else { return Ok(None) };
            // One that began later and ended had the address last.
            Ok(network.sessions(connection, open.started_at, until).await?.pop())
        }
        .await;
        match newest {
            Ok(newest) => newest.is_some_and(|session| session.stopped_at.is_none()),
            Err(fault) => {
                let error = &fault as &dyn std::error::Error;
                tracing::warn!(%connection, error, "whether a connection is online is not known; its devices are not reached");
                false
            }
        }
    }

    fn tool_equipment(&self, device: Equipment, last_ip: Option<&IpAddress>) -> ToolEquipment {
        let host = device.address.or_else(|| last_ip.cloned());
        let login = device.login.and_then(|(user, sealed)| {
            let opened = self.parts.seal.open(&sealed);
            if opened.is_none() {
                tracing::error!(equipment = %device.code, "a device's password was sealed with another key");
            }
            opened.map(|password| (user, password))
        });
        let port = device.port.unwrap_or(device.scheme.port());
        ToolEquipment {
            code: device.code,
            role: device.role,
            vendor: device.vendor,
            model: device.model,
            device: host.map(|host| Device { scheme: device.scheme, host, port, login }),
        }
    }

    /// What can be chosen for a parameter: devices and files that are there, or what the tool says.
    pub(crate) async fn tool_choices(
        &self,
        ticket: TicketId,
        tool: &ToolId,
        arguments: &[(String, String)],
        parameter: &str,
        actor: &Actor,
    ) -> Outcome<Vec<Offer>> {
        let ticket = match self.visible_ticket(ticket, actor).await? {
            Ok(ticket) => ticket,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let spec = match self.tool_for(tool, &ticket, actor) {
            Ok(spec) => spec,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let Some(param) = spec.params.iter().find(|param| param.name == parameter) else {
            return Ok(Err(Refusal::invalid(Field::Parameter, Problem::NotAChoice)));
        };
        Ok(match &param.kind {
            ParamKind::Equipment => Ok(self.devices_of(&ticket).await?),
            ParamKind::File => match actor.permit(Permission::FileRead) {
                Ok(()) => Ok(self.files_of(&ticket).await?),
                Err(refusal) => Err(refusal),
            },
            ParamKind::Dynamic => {
                let run = new_run(RunId(Uuid::now_v7()), &ticket, tool, arguments, actor, self.now());
                let operator = self.parts.store.operator(actor.operator).await?;
                let language = operator.map_or(self.settings.language, |operator| self.language_of(&operator));
                let call = self.tool_call(&run, &spec, &ticket, actor.clone(), language, None).await?;
                self.parts.tools.choices(call, parameter).await.map_err(|_| Refusal::Unavailable(Source::Tool))
            }
            _ => Ok(Vec::new()),
        })
    }

    async fn devices_of(&self, ticket: &Ticket) -> Result<Vec<Offer>, Fault> {
        let Some(connection) = ticket.connection else { return Ok(Vec::new()) };
        let devices = self.parts.store.equipment(connection).await?;
        let offer = |device: Equipment| {
            let words = [device.role.to_uppercase(), device.vendor, device.model];
            let words: Vec<_> = words.into_iter().filter(|word| !word.is_empty()).collect();
            Offer { value: device.code.to_string(), label: words.join(" ") }
        };
        Ok(devices.into_iter().map(offer).collect())
    }

    async fn files_of(&self, ticket: &Ticket) -> Result<Vec<Offer>, Fault> {
        let files = self.parts.store.files(ticket.id).await?;
        let there = files.into_iter().rev().filter(|file| file.deleted.is_none());
        let offers = there.map(|file| Offer { value: file.id.to_string(), label: file.file.name });
        Ok(offers.take(FILES).collect())
    }
}

/// A run that has not been carried out.
fn new_run(
    id: RunId,
    ticket: &Ticket,
    tool: &ToolId,
    arguments: &[(String, String)],
    actor: &Actor,
    now: Instant,
) -> Run {
    Run {
        id,
        ticket: ticket.id,
        tool: tool.clone(),
        arguments: arguments.to_vec(),
        operator: actor.operator,
        asked_at: now,
        instead_of: None,
        end: None,
    }
}

/// The place of a run that an embedding program asked for.
fn nowhere() -> Place {
    Place {
        platform: bote_sdk::event::Platform(String::new()),
        chat: String::new(),
        thread: String::new(),
        account: String::new(),
        class: ChannelClass::Private,
    }
}
