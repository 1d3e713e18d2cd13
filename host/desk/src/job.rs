//! Carrying out what the outbox holds: saying, running tools, ringing timers. Each looks at the present state first, and
//! each may be done twice without harm.

use crate::chart;
use crate::desk::TicketDesk;
use crate::turn::actor;
use bote_sdk::dialog::Context;
use bote_sdk::event::{Event, EventId, Place, What};
use bote_sdk::id::{OperatorId, RunId};
use bote_sdk::job::{Job, JobEnd, MessageBody, Served, StuckReason, TakenJob};
use bote_sdk::tool::{Outcome, Run, ToolCall, ToolConnection, ToolEnd};
use bote_sdk::traits::{Access, Batch, Delivery, DeliveryFault, Fault};
use chrono::TimeDelta;
use futures::future::join_all;
use std::sync::Arc;
use uuid::Uuid;

/// Jobs taken at once.
const AT_ONCE: usize = 16;
/// How long a host may work on a job before another takes it: longer than a tool may wait and run.
const LEASE: TimeDelta = TimeDelta::seconds(90);
/// Tries before a job is stuck.
const TRIES: u32 = 8;
/// The pause before the second try; it doubles from there.
const PAUSE: TimeDelta = TimeDelta::seconds(1);

impl TicketDesk {
    /// Until nothing is due. Jobs of different lanes go side by side.
    pub(crate) async fn work_off(&self, served: &Served) -> Result<(), Fault> {
        loop {
            let now = self.now();
            let jobs = self.parts.store.take_jobs(served, now, now + LEASE, AT_ONCE).await?;
            if jobs.is_empty() {
                return Ok(());
            }
            for ended in join_all(jobs.into_iter().map(|job| self.work(job))).await {
                ended?;
            }
        }
    }

    async fn work(&self, taken: TakenJob) -> Result<(), Fault> {
        let mut accesses = Vec::new();
        let done = match &taken.job {
            Job::Say { operator, body } => self.say(&taken.place, *operator, body, &mut accesses).await,
            Job::RunTool { run } => self.run_and_report(&taken.place, *run).await,
            Job::Ring { name } => self.ring(&taken, name).await,
        };
        let end = match done {
            Ok(()) => JobEnd::Done,
            Err(failed) => self.after_failure(&taken, failed),
        };
        self.parts.store.end_job(taken.id, end, accesses).await
    }

    fn after_failure(&self, taken: &TakenJob, failed: Failed) -> JobEnd {
        let error = failed.to_string();
        let end = match failed {
            Failed::Delivery(DeliveryFault::Rejected(_)) => JobEnd::Stuck(StuckReason::Rejected),
            Failed::Fault(fault) if !fault.is_retryable() => JobEnd::Stuck(StuckReason::Unreadable),
            _ if taken.tries + 1 >= TRIES => JobEnd::Stuck(StuckReason::TriedTooOften),
            _ => JobEnd::Again(self.now() + PAUSE * (1 << taken.tries)),
        };
        tracing::warn!(job.id = %taken.id, job = taken.job.name(), error, ?end, "a job failed");
        end
    }

    async fn say(
        &self,
        place: &Place,
        operator: OperatorId,
        body: &MessageBody,
        accesses: &mut Vec<Access>,
    ) -> Result<(), Failed> {
        let Some(operator) = self.parts.store.operator(operator).await?.filter(|o| o.active) else {
            // Whoever no longer works here is told nothing.
            return Ok(());
        };
        let Some(messenger) = self.parts.messengers.get(&place.platform) else {
            return Err(DeliveryFault::Rejected(format!("no front end for {}", place.platform.0)).into());
        };
        let actor = actor(&operator, place);
        let now = self.now();
        let mut answers = Vec::new();
        for query in self.parts.dialog.needs(body) {
            answers.push(self.answer(&query, &actor).await?.map(|answered| {
                accesses.extend(answered.touched.into_iter().map(|object| Access {
                    operator: operator.id,
                    channel: place.key(),
                    object,
                    at: now,
                }));
                answered.answer
            }));
        }
        let catalogue = self.catalogue().await?;
        let tools = self.parts.tools.tools();
        let context = Context {
            actor: &actor,
            language: self.language_of(&operator),
            now,
            zone: self.settings.zone,
            year_digits: self.settings.year_digits,
            catalogue: &catalogue,
            companies: &operator.companies,
            tools: &tools,
            fresh: Uuid::nil(),
        };
        let mut rendering = self.parts.dialog.render(body, &answers, &context);
        for picture in &mut rendering.pictures {
            let (picture_now, zone, theme) = (picture.clone(), self.settings.zone, self.settings.theme);
            let drawn = tokio::task::spawn_blocking(move || chart::draw(&picture_now, zone, theme)).await;
            picture.png = drawn.map_err(|error| Fault::corrupt("a chart", error))??;
        }
        Ok(messenger.deliver(Delivery { place: place.clone(), rendering }).await?)
    }

    async fn run_and_report(&self, place: &Place, run: RunId) -> Result<(), Failed> {
        self.run_tool(run).await?;
        // Named by the run, so that doing this twice is one event.
        let id = EventId { platform: place.platform.clone(), id: format!("run/{run}") };
        self.feed(Event { id, place: place.clone(), what: What::ToolEnded(run) }).await
    }

    async fn ring(&self, taken: &TakenJob, name: &str) -> Result<(), Failed> {
        let place = taken.place.clone();
        // Named by row and time: ringing twice for one setting is one event, for the next setting another.
        let id = format!("timer/{}/{}", taken.id, taken.due.timestamp_millis());
        let id = EventId { platform: place.platform.clone(), id };
        self.feed(Event { id, place, what: What::TimerRang(name.to_owned()) }).await
    }

    /// Results come in by the same door as messages.
    async fn feed(&self, event: Event) -> Result<(), Failed> {
        self.parts.store.receive(&event, self.now()).await?;
        Ok(self.take_turn(&event).await?)
    }

    /// Calls the tool of a run and keeps how it ended. A run that has ended is not called again.
    pub(crate) async fn run_tool(&self, id: RunId) -> Result<(), Fault> {
        let Some(run) = self.parts.store.run(id).await? else { return Ok(()) };
        if run.end.is_some() {
            return Ok(());
        }
        let end = match self.call_of(&run).await? {
            Some(call) => self.parts.tools.call(call).await,
            None => ToolEnd { outcome: Outcome::Unavailable, message: None, blocks: Vec::new() },
        };
        let batch = Batch { run: Some(Run { end: Some(end), ..run }), at: self.now(), ..Batch::default() };
        self.parts.store.commit(batch).await?;
        Ok(())
    }

    /// The call of a run. The right to it is looked at again, since time has passed: an operator who lost the
    /// permission meanwhile gets nothing.
    async fn call_of(&self, run: &Run) -> Result<Option<ToolCall>, Fault> {
        let store = &self.parts.store;
        let spec = self.parts.tools.tools().into_iter().find(|spec| spec.id == run.tool);
        let operator = store.operator(run.operator).await?.filter(|o| o.active);
        let (Some(spec), Some(operator), Some(ticket)) = (spec, operator, store.ticket(run.ticket).await?) else {
            return Ok(None);
        };
        let may = operator.permissions.has(bote_sdk::permissions::Permission::ToolRun)
            && spec.permission.is_none_or(|permission| operator.permissions.has(permission))
            && operator.scope().sees_company(ticket.company);
        if !may {
            return Ok(None);
        }
        let connection = match ticket.connection.filter(|_| spec.needs_connection) {
            Some(code) => store.connection(code).await?,
            None => None,
        };
        let plan = match connection.as_ref().and_then(|c| c.contract) {
            Some(contract) => store.contract(contract).await?.map(|contract| contract.plan),
            None => None,
        };
        Ok(Some(ToolCall {
            run: run.id,
            tool: run.tool.clone(),
            arguments: run.arguments.clone(),
            language: self.language_of(&operator),
            started: run.asked_at,
            zone: self.settings.zone,
            connection: connection.map(|c| ToolConnection { code: c.code, plan }),
            network: Arc::clone(&self.parts.network),
        }))
    }
}

/// Why a job did not succeed.
#[derive(Debug, thiserror::Error)]
enum Failed {
    #[error(transparent)]
    Fault(#[from] Fault),
    #[error(transparent)]
    Delivery(#[from] DeliveryFault),
}
