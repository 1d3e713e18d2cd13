//! A turn: one event, understood, decided and committed. At most one operation; asking and deciding re-enter the
//! conversation in the same turn.

use crate::caught::caught;
use crate::decide::{ATTEMPTS, Decided, print};
use crate::desk::TicketDesk;
use crate::group::turn_key;
use bote_sdk::Instant;
use bote_sdk::actor::Actor;
use bote_sdk::catalogue::Catalogue;
use bote_sdk::change::Changes;
use bote_sdk::dialog::{Context, Heard, Next, StaffNotice, Standing, Timer};
use bote_sdk::event::{Channel, Event, EventId, Place, What};
use bote_sdk::id::OperatorId;
use bote_sdk::job::{Job, MessageBody, NewJob, Served};
use bote_sdk::operation::{Order, Receipt};
use bote_sdk::permissions::Permission;
use bote_sdk::records::Operator;
use bote_sdk::refusal::Refusal;
use bote_sdk::tool::ToolSpec;
use bote_sdk::traits::{AccessObject, Batch, Commit, DeliveryFault, Fault, SessionWrite, StoredSession};
use std::collections::HashSet;
use uuid::Uuid;

/// How often the conversation may be re-entered in a turn; a dialog that wants more is at fault.
const ROUNDS: usize = 8;
/// Failed turns after which an event is parked for an operator to look at.
const POISON: u32 = 3;
/// The same, where a file cannot be fetched from its platform: that may pass, and what comes after it waits.
const FETCHES: u32 = 8;
/// Events taken up at a start, at once.
const BACKLOG: usize = 100;

/// Everything of one turn that does not change in it.
struct Scene<'a> {
    event: &'a Event,
    /// Those this turn is of: one, or the parts of an album.
    ids: &'a [EventId],
    operator: Operator,
    actor: Actor,
    channel: Channel,
    catalogue: std::sync::Arc<Catalogue>,
    tools: Vec<ToolSpec>,
    session: Option<StoredSession>,
    now: Instant,
    fresh: Uuid,
}

/// What the rounds of a turn came to.
#[derive(Default)]
struct Played {
    session: Vec<u8>,
    say: Vec<MessageBody>,
    timers: Vec<Timer>,
    order: Option<Order>,
    decided: Decided,
    touched: Vec<AccessObject>,
}

enum Attempt {
    Committed,
    /// Another was faster; what the order is refused with when it must not be decided again.
    Conflict(Option<Refusal>),
}

impl TicketDesk {
    pub(crate) async fn take_turn(&self, event: &Event) -> Result<(), Fault> {
        let _alone = self.lock(event.place.key()).await;
        let (mut lost, mut of) = (None, vec![event.id.clone()]);
        for _ in 0..ATTEMPTS {
            // What was kept is what happened; nothing beside it.
            let parts = self.parts.store.pending_event(&event.id).await?;
            let ids: Vec<_> = parts.iter().map(|part| part.id.clone()).collect();
            let whole = parts.into_iter().reduce(|mut whole, part| {
                whole.join(part);
                whole
            });
            let Some(mut event) = whole else { return Ok(()) };
            event.place = self.classed(&event.place).await?;
            of.clone_from(&ids);
            match caught("a turn", self.attempt(&event, &ids, lost.take())).await {
                Ok(Attempt::Committed) => return Ok(()),
                Ok(Attempt::Conflict(refusal)) => lost = refusal,
                Err(fault) => {
                    tracing::error!(event = ?event.id, error = &fault as &dyn std::error::Error, "a turn failed");
                    if let Some(limit) = failures(&fault) {
                        self.turn_failed(&event, &ids, limit).await?;
                    }
                    return Err(fault);
                }
            }
        }
        self.turn_failed(event, &of, POISON).await?;
        Err(Fault::corrupt("a turn", "it met a conflict at every attempt"))
    }

    async fn turn_failed(&self, event: &Event, ids: &[EventId], limit: u32) -> Result<(), Fault> {
        let erase = self.is_secret(event).await?;
        if self.parts.store.turn_failed(ids, limit, erase).await? {
            self.apologize(event).await?;
        }
        Ok(())
    }

    /// Tells the person that what they sent was put aside, with the reference under which the log has it.
    async fn apologize(&self, event: &Event) -> Result<(), Fault> {
        let Some(operator) = self.parts.store.operator_of(&event.place).await? else { return Ok(()) };
        let now = self.now();
        let body = self.parts.dialog.notice(&StaffNotice::NotHandled { reference: event.id.id.clone() });
        let jobs = vec![say(&event.place, operator.id, body, now)];
        self.parts.store.commit(Batch { jobs, at: now, ..Batch::default() }).await.map(drop)
    }

    async fn attempt(&self, event: &Event, ids: &[EventId], lost: Option<Refusal>) -> Result<Attempt, Fault> {
        let now = self.now();
        if let What::Moved(to) = &event.what {
            self.parts.store.move_channel(&event.place.channel(), to).await?;
        }
        if matches!(event.what, What::Notice(_) | What::Moved(_)) {
            return self.nothing_follows(ids, false, now).await;
        }
        let redeemed = self.redeem(event, now).await?;
        let Some(scene) = self.scene(event, ids, now).await? else {
            self.turn_away(event, ids, redeemed, now).await?;
            return Ok(Attempt::Committed);
        };
        match self.hear(&scene).await? {
            Some(heard) => {
                let played = self.play(&scene, heard, lost).await?;
                self.commit_turn(&scene, played).await
            }
            None => {
                // A changed message that may have been a password, as was found out after its change came, is not kept.
                self.nothing_follows(ids, matches!(event.what, What::Edited { .. }), now).await
            }
        }
    }

    async fn scene<'a>(&self, event: &'a Event, ids: &'a [EventId], now: Instant) -> Result<Option<Scene<'a>>, Fault> {
        let Some(operator) = self.parts.store.operator_of(&event.place).await?.filter(|o| o.active) else {
            return Ok(None);
        };
        Ok(Some(Scene {
            event,
            ids,
            actor: actor(&operator, &event.place),
            channel: event.place.channel(),
            operator,
            catalogue: self.catalogue().await?,
            tools: self.parts.tools.tools(),
            session: self.parts.store.session(&event.place).await?,
            now,
            fresh: Uuid::now_v7(),
        }))
    }

    async fn play(&self, scene: &Scene<'_>, mut heard: Heard, mut lost: Option<Refusal>) -> Result<Played, Fault> {
        let mut played = Played::default();
        let mut session = scene.session.as_ref().map(|stored| stored.bytes.clone());
        for _ in 0..ROUNDS {
            let context = self.context(scene);
            let step = self.parts.dialog.step(session.as_deref(), heard, &context);
            played.say.extend(step.say);
            played.timers.extend(step.timers);
            played.session = step.session.clone();
            session = Some(step.session);
            heard = match step.next {
                Next::Wait => return Ok(played),
                Next::Ask(query) => match self.answer(&query, &scene.actor).await? {
                    Ok(answered) => {
                        played.touched.extend(answered.touched);
                        Heard::Answered(answered.answer)
                    }
                    Err(refusal) => Heard::Refused(refusal),
                },
                Next::Do(order) => {
                    if played.order.is_some() {
                        return Err(Fault::corrupt("the conversation", "it ordered twice in one turn"));
                    }
                    let decided = match lost.take() {
                        Some(refusal) => Err(refusal),
                        None => self.decide(&order, &scene.actor, scene.now).await?,
                    };
                    match decided {
                        Ok(decided) => {
                            let receipt = receipt(&order, &decided);
                            played.decided = decided;
                            played.order = Some(*order);
                            Heard::Done(receipt)
                        }
                        Err(refusal) => Heard::Refused(refusal),
                    }
                }
            };
        }
        Err(Fault::corrupt("the conversation", "it went on for too many rounds in one turn"))
    }

    /// What the conversation hears; `None` where nothing happened.
    async fn hear(&self, scene: &Scene<'_>) -> Result<Option<Heard>, Fault> {
        Ok(Some(match &scene.event.what {
            // Written before its question stood; it was kept as it came, until now.
            What::Text(text) if self.answers_secret(scene.event, scene.session.as_ref()) => {
                self.hear_secret(&self.seal_now(text))
            }
            What::Text(text) => Heard::Text(text.clone()),
            What::Secret(sealed) => self.hear_secret(sealed),
            What::Button(payload) => Heard::Button(payload.clone()),
            // What nobody may attach is not fetched.
            What::Files { files, caption } => {
                match scene.actor.among_staff().and(scene.actor.permit(Permission::FileWrite)) {
                    Ok(()) => self.take_in(&scene.event.place, files, caption).await?,
                    Err(refusal) => Heard::FileRefused(refusal),
                }
            }
            // A code that was good has bound the account by now; with another one the person is who they were.
            What::Arrived | What::Code(_) | What::Notice(_) | What::Moved(_) => Heard::Arrived,
            What::Edited { message, text } => match self.edited(scene.event, message, text).await? {
                Some(heard) => heard,
                None => return Ok(None),
            },
            What::Other(kind) => Heard::Other(kind.clone()),
            What::ToolEnded(run) => Heard::ToolEnded(*run),
            What::TimerRang(name) => Heard::TimerRang(name.clone()),
        }))
    }

    fn context<'a>(&self, scene: &'a Scene<'_>) -> Context<'a> {
        let Scene { operator, actor, channel, catalogue, tools, now, .. } = scene;
        Context { fresh: scene.fresh, ..self.context_of(operator, actor, channel, catalogue, tools, *now) }
    }

    async fn commit_turn(&self, scene: &Scene<'_>, mut played: Played) -> Result<Attempt, Fault> {
        let place = &scene.event.place;
        let key = match &played.order {
            Some(order) => Some((turn_key(&scene.event.id), print(&order.operation)?)),
            None => None,
        };
        let mut jobs: Vec<_> = self.notices(played.decided.changes.as_ref(), scene.operator.id, scene.now).await?;
        jobs.extend(self.warnings(played.decided.changes.as_ref(), place));
        jobs.extend(self.answers(scene, played.say, &mut played.decided).await?);
        if let Some(run) = &played.decided.run {
            jobs.push(NewJob { place: place.clone(), job: Job::RunTool { run: run.id }, due: scene.now });
        }
        if let Some(grant) = played.decided.grant.clone() {
            jobs.push(NewJob { place: place.clone(), job: Job::GrantPlugin(grant), due: scene.now });
        }
        for timer in played.timers {
            jobs.push(NewJob { place: place.clone(), job: Job::Ring { name: timer.name }, due: timer.at });
        }
        played.decided.touched.extend(played.touched);
        let mut batch = self.batch(played.decided, key, &place.key(), &scene.actor, scene.now);
        batch.erase_events = self.answers_secret(scene.event, scene.session.as_ref());
        if batch.erase_events {
            jobs.extend(take_away(scene.event, scene.now));
        }
        batch.jobs = jobs;
        batch.events = scene.ids.to_vec();
        batch.session = Some(SessionWrite {
            place: place.clone(),
            bytes: played.session,
            seen: scene.session.as_ref().map_or(0, |stored| stored.revision),
        });
        match self.parts.store.commit(batch).await? {
            Commit::Done(_) => Ok(Attempt::Committed),
            Commit::Conflict => Ok(Attempt::Conflict(match &played.order {
                Some(order) => self.lost(order, &scene.actor).await?,
                None => None,
            })),
            Commit::Seen(_) | Commit::KeyReused => {
                // The operation of this event is in the book already; only the event was still open.
                let erase = self.answers_secret(scene.event, scene.session.as_ref());
                self.nothing_follows(scene.ids, erase, scene.now).await
            }
        }
    }

    /// What is said, each in a message of its own or in the place of the one whose button was pressed.
    async fn answers(
        &self,
        scene: &Scene<'_>,
        said: Vec<MessageBody>,
        decided: &mut Decided,
    ) -> Result<Vec<NewJob>, Fault> {
        let mut instead_of = match &scene.event.what {
            What::Button(_) => scene.event.message().map(ToOwned::to_owned),
            // The answer of a run that was begun from an earlier answer of its tool.
            What::ToolEnded(run) => self.parts.store.run(*run).await?.and_then(|run| run.instead_of),
            _ => None,
        };
        let mut jobs = Vec::new();
        for body in said {
            let standing = match (&scene.event.what, &instead_of) {
                (_, None) => Standing::Anew,
                (What::Button(pressed), Some(_)) => self.parts.dialog.standing(pressed, &body),
                (_, Some(_)) => Standing::InPlace,
            };
            let instead_of = match standing {
                Standing::Anew => None,
                Standing::InPlace => instead_of.take(),
                Standing::Unsaid => {
                    if let Some(run) = &mut decided.run {
                        run.instead_of = instead_of.take();
                    }
                    continue;
                }
            };
            jobs.push(say_instead(&scene.event.place, scene.operator.id, body, instead_of, scene.now));
        }
        Ok(jobs)
    }

    /// Ends the events of a turn, and does nothing else.
    async fn nothing_follows(&self, ids: &[EventId], erase_events: bool, at: Instant) -> Result<Attempt, Fault> {
        self.parts.store.commit(Batch { events: ids.to_vec(), erase_events, at, ..Batch::default() }).await?;
        Ok(Attempt::Committed)
    }

    /// What colleagues must be told of a decision: the former holder of a take-over.
    pub(crate) async fn notices(
        &self,
        changes: Option<&Changes>,
        by: OperatorId,
        now: Instant,
    ) -> Result<Vec<NewJob>, Fault> {
        let Some((changes, former)) = changes.and_then(|changes| Some((changes, changes.displaced?))) else {
            return Ok(Vec::new());
        };
        let body = self.parts.dialog.notice(&StaffNotice::TakenOver { ticket: changes.ticket.id, by });
        let places = self.parts.store.private_places(former).await?;
        Ok(places.iter().map(|place| say(place, former, body.clone(), now)).collect())
    }

    /// Takes up what a former process left undone, then carries out what is due.
    pub(crate) async fn take_up(&self, served: &Served) -> Result<(), Fault> {
        self.parts.store.release_jobs(served).await?;
        let mut tried = HashSet::new();
        loop {
            let pending = self.parts.store.pending_events(served, BACKLOG).await?;
            let fresh: Vec<_> = pending.into_iter().filter(|event| tried.insert(event.id.clone())).collect();
            if fresh.is_empty() {
                return self.work_off(served).await;
            }
            for event in fresh {
                if let Err(fault) = self.take_turn(&event).await {
                    let error = &fault as &dyn std::error::Error;
                    tracing::warn!(event = ?event.id, error, "an old event failed again");
                }
            }
        }
    }
}

/// How often a turn may fail in this way; for ever where it is no fault of the event: a database that does not answer, a
/// platform that asks for patience.
fn failures(fault: &Fault) -> Option<u32> {
    match fault {
        Fault::Unreachable { .. } | Fault::Fetch(DeliveryFault::Wait(_)) => None,
        Fault::Fetch(_) => Some(FETCHES),
        _ => Some(POISON),
    }
}

/// The operator as an actor in a place.
pub(crate) fn actor(operator: &Operator, place: &Place) -> Actor {
    Actor {
        operator: operator.id,
        name: operator.name.clone(),
        permissions: operator.permissions,
        scope: operator.scope(),
        class: place.class,
    }
}

fn receipt(order: &Order, decided: &Decided) -> Receipt {
    Receipt {
        ticket: order.operation.ticket(),
        protocol: decided.changes.as_ref().and_then(|changes| changes.ticket.protocol),
        run: decided.run.as_ref().map(|run| run.id),
        comment: decided.changes.as_ref().and_then(Changes::comment),
    }
}

/// Taking a message away that held a password.
pub(crate) fn take_away(event: &Event, now: Instant) -> Option<NewJob> {
    let message = event.message()?.to_owned();
    Some(NewJob { place: event.place.clone(), job: Job::TakeAway { message }, due: now })
}

pub(crate) fn say(place: &Place, operator: OperatorId, body: MessageBody, now: Instant) -> NewJob {
    say_instead(place, operator, body, None, now)
}

/// The same, in the place of another message where there is one.
fn say_instead(
    place: &Place,
    operator: OperatorId,
    body: MessageBody,
    instead_of: Option<String>,
    now: Instant,
) -> NewJob {
    NewJob { place: place.clone(), job: Job::Say { operator, body, instead_of }, due: now }
}
