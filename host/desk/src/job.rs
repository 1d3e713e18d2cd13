//! Carrying out what the outbox holds: saying, running tools, ringing timers. Each looks at the present state first, and
//! each may be done twice without harm.

use crate::caught::caught;
use crate::chart;
use crate::decide;
use crate::desk::TicketDesk;
use crate::secret::without_passwords;
use crate::turn::actor;
use bote_sdk::actor::ChannelClass;
use bote_sdk::dialog::{Language, Stranger};
use bote_sdk::event::{Event, EventId, Place, What};
use bote_sdk::id::{OperatorId, RunId};
use bote_sdk::job::{Job, JobEnd, MessageBody, Served, StuckReason, TakenJob};
use bote_sdk::plugins::PluginGrant;
use bote_sdk::tool::{Run, ToolEnd};
use bote_sdk::traits::{Access, Batch, Delivery, DeliveryFault, Fault, Messenger};
use chrono::TimeDelta;
use futures::future::join_all;
use std::sync::Arc;
use std::time::Duration;

/// Jobs taken at once.
const AT_ONCE: usize = 16;
/// How long a job is a host's; renewed while it works on it, so that another takes it only when this host is gone.
const LEASE: TimeDelta = TimeDelta::seconds(90);
/// How often it is renewed.
const RENEWAL: Duration = Duration::from_secs(30);
/// Tries before a job is stuck.
const TRIES: u32 = 8;
/// The pause before the second try; it doubles from there, up to the longest.
const PAUSE: TimeDelta = TimeDelta::seconds(1);
const LONGEST_PAUSE: TimeDelta = TimeDelta::minutes(2);
/// How long a platform may be down before what waits for it is stuck.
const OUTAGE: TimeDelta = TimeDelta::hours(24);

impl TicketDesk {
    /// Until nothing is due. Jobs of different lanes go side by side.
    pub(crate) async fn work_off(&self, served: &Served) -> Result<(), Fault> {
        loop {
            let now = self.now();
            let jobs = self.parts.store.take_jobs(served, now, now + LEASE, AT_ONCE).await?;
            if jobs.is_empty() {
                return Ok(());
            }
            for ended in join_all(jobs.into_iter().map(|job| self.keep_and_work(job))).await {
                ended?;
            }
        }
    }

    /// Works on a job, and keeps it from other hosts as long as that takes.
    async fn keep_and_work(&self, mut taken: TakenJob) -> Result<(), Fault> {
        let job = taken.clone();
        let mut accesses = Vec::new();
        let done = {
            let work = caught("a job", self.work(&job, &mut accesses));
            tokio::pin!(work);
            loop {
                match tokio::time::timeout(RENEWAL, &mut work).await {
                    Ok(done) => break done,
                    Err(_longer) => {
                        let lease = self.now() + LEASE;
                        if self.parts.store.renew_job(&taken, lease).await.unwrap_or(false) {
                            taken.lease = lease;
                        }
                    }
                }
            }
        };
        let end = match done {
            Ok(()) => JobEnd::Done,
            Err(Failed::Delivery(DeliveryFault::Moved(to))) => {
                // The group grew and has another id; its rows move there, this one among them.
                self.parts.store.move_channel(&taken.place.channel(), &to).await?;
                JobEnd::Wait(self.now())
            }
            Err(failed) => self.after_failure(&taken, failed),
        };
        self.parts.store.end_job(&taken, end, accesses).await
    }

    async fn work(&self, taken: &TakenJob, accesses: &mut Vec<Access>) -> Result<(), Failed> {
        match &taken.job {
            Job::Say { operator, body, instead_of } => {
                self.say(&taken.place, *operator, body, instead_of.clone(), accesses).await
            }
            Job::Greet { said, language } => self.greet(&taken.place, *said, *language).await,
            Job::TakeAway { message } => self.take_away(&taken.place, message).await,
            Job::RunTool { run } => self.run_and_report(&taken.place, *run).await,
            Job::GrantPlugin(decided) => self.grant(decided).await.map_err(Failed::from),
            Job::Warn { ticket, percent } => self.warn(taken, *ticket, *percent).await,
            Job::Ring { name } => self.ring(taken, name).await,
        }
    }

    fn after_failure(&self, taken: &TakenJob, failed: Failed) -> JobEnd {
        let error = failed.to_string();
        let again = self.now() + (PAUSE * (1 << taken.tries.min(TRIES))).min(LONGEST_PAUSE);
        let end = match failed {
            Failed::Delivery(DeliveryFault::Wait(pause)) => return JobEnd::Wait(self.now() + pause),
            Failed::Delivery(DeliveryFault::Rejected(_)) => JobEnd::Stuck(StuckReason::Rejected),
            Failed::Fault(fault) if !fault.is_retryable() => JobEnd::Stuck(StuckReason::Unreadable),
            // A platform that is down comes back; its messages wait for it.
            Failed::Delivery(DeliveryFault::Later(_)) if self.now() < taken.due + OUTAGE => JobEnd::Again(again),
            _ if taken.tries + 1 >= TRIES => JobEnd::Stuck(StuckReason::TriedTooOften),
            _ => JobEnd::Again(again),
        };
        tracing::warn!(job.id = %taken.id, job = taken.job.name(), error, ?end, "a job failed");
        end
    }

    pub(crate) async fn say(
        &self,
        place: &Place,
        operator: OperatorId,
        body: &MessageBody,
        instead_of: Option<String>,
        accesses: &mut Vec<Access>,
    ) -> Result<(), Failed> {
        let bound = self.parts.store.operator_of(place).await?;
        let Some(operator) = bound.filter(|bound| bound.id == operator && bound.active) else {
            // Whoever no longer works here, or no longer speaks from this account, is told nothing.
            return Ok(());
        };
        let messenger = self.messenger(place)?;
        let place = &self.classed(place).await?;
        let actor = actor(&operator, place);
        let now = self.now();
        let mut answers = Vec::new();
        for query in self.parts.dialog.needs(body) {
            answers.push(self.answer(&query, &actor).await?.map(|answered| {
                accesses.extend(decide::accesses(answered.touched, operator.id, &place.key(), now));
                answered.answer
            }));
        }
        let catalogue = self.catalogue().await?;
        let tools = self.parts.tools.tools();
        let channel = place.channel();
        let context = self.context_of(&operator, &actor, &channel, &catalogue, &tools, now);
        let mut rendering = self.parts.dialog.render(body, &answers, &context);
        for picture in &mut rendering.pictures {
            let (picture_now, zone, theme) = (picture.clone(), self.settings.zone, self.settings.theme);
            let drawn = tokio::task::spawn_blocking(move || chart::draw(&picture_now, zone, theme)).await;
            picture.png = drawn.map_err(|error| Fault::corrupt("a chart", error))??;
        }
        for document in &mut rendering.documents {
            let bytes = self.parts.files.get(&document.hash).await?;
            document.bytes = bytes.ok_or_else(|| Fault::corrupt("a file", format!("{} is gone", document.hash.0)))?;
        }
        if rendering.is_empty() {
            // It was overtaken: a line about a run that has ended meanwhile.
            return Ok(());
        }
        let to = (place.class == ChannelClass::StaffGroup).then(|| operator.name.clone());
        Ok(messenger.deliver(Delivery { place: place.clone(), to, rendering, instead_of }).await?)
    }

    fn messenger(&self, place: &Place) -> Result<&Arc<dyn Messenger>, DeliveryFault> {
        let found = self.parts.messengers.get(&place.platform);
        found.ok_or_else(|| DeliveryFault::Rejected(format!("no front end for {}", place.platform.0)))
    }

    async fn greet(&self, place: &Place, said: Stranger, language: Language) -> Result<(), Failed> {
        let rendering = self.parts.dialog.greet(said, language);
        let delivery = Delivery { place: place.clone(), to: None, rendering, instead_of: None };
        Ok(self.messenger(place)?.deliver(delivery).await?)
    }

    async fn take_away(&self, place: &Place, message: &str) -> Result<(), Failed> {
        Ok(self.messenger(place)?.take_away(place, message).await?)
    }

    async fn run_and_report(&self, place: &Place, run: RunId) -> Result<(), Failed> {
        self.run_tool(run, Some(place)).await?;
        // Named by the run, so that doing this twice is one event.
        let id = EventId { platform: place.platform.clone(), id: format!("run/{run}") };
        self.feed(Event::new(id, place.clone(), What::ToolEnded(run))).await
    }

    async fn ring(&self, taken: &TakenJob, name: &str) -> Result<(), Failed> {
        let place = taken.place.clone();
        // Named by row and time: ringing twice for one setting is one event, for the next setting another.
        let id = format!("timer/{}/{}", taken.id, taken.due.timestamp_millis());
        let id = EventId { platform: place.platform.clone(), id };
        self.feed(Event::new(id, place, What::TimerRang(name.to_owned()))).await
    }

    pub(crate) async fn grant(&self, decided: &PluginGrant) -> Result<(), Fault> {
        tracing::info!(?decided, "an administrator decided on a plug-in");
        self.parts.tools.grant(decided).await
    }

    /// Results come in by the same door as messages.
    async fn feed(&self, event: Event) -> Result<(), Failed> {
        self.parts.store.receive(&event, self.now()).await?;
        Ok(self.take_turn(&event).await?)
    }

    /// Calls the tool of a run and keeps how it ended. A run that has ended is not called again. `place` is where the person
    /// sees what it is doing.
    pub(crate) async fn run_tool(&self, id: RunId, place: Option<&Place>) -> Result<(), Fault> {
        let Some(run) = self.parts.store.run(id).await? else { return Ok(()) };
        if run.end.is_some() {
            return Ok(());
        }
        let called = self.call_of(&run, place).await?;
        let run = match without_passwords(&run, self.spec(&run.tool).as_ref()) {
            Some(erased) => {
                // What was typed lives in the call alone from here on.
                self.parts
                    .store
                    .commit(Batch { run: Some(erased.clone()), at: self.now(), ..Batch::default() })
                    .await?;
                erased
            }
            None => run,
        };
        let mut end = match called {
            Ok(call) => self.parts.tools.call(call).await,
            Err(outcome) => ToolEnd::without_answer(outcome),
        };
        for (hash, bytes) in std::mem::take(&mut end.contents) {
            self.parts.files.put(&hash, bytes).await?;
        }
        let batch = Batch { run: Some(Run { end: Some(end), ..run }), at: self.now(), ..Batch::default() };
        self.parts.store.commit(batch).await?;
        Ok(())
    }
}

/// Why a job did not succeed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failed {
    #[error(transparent)]
    Fault(#[from] Fault),
    #[error(transparent)]
    Delivery(#[from] DeliveryFault),
}
