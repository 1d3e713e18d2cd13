//! The desk with its parts, and the doors of the trait.

use crate::chart::Theme;
use crate::decide::Decided;
use crate::warn::QuietHours;
use async_trait::async_trait;
use bote_sdk::actor::Actor;
use bote_sdk::catalogue::Catalogue;
use bote_sdk::dialog::{Context, Language};
use bote_sdk::event::{Channel, Event, IncomingFile, Origin, Platform, What};
use bote_sdk::express::ExpressSettings;
use bote_sdk::id::IdempotencyKey;
use bote_sdk::job::Served;
use bote_sdk::operation::{Order, Receipt};
use bote_sdk::protocol::YearDigits;
use bote_sdk::query::{Answer, Query};
use bote_sdk::records::Operator;
use bote_sdk::refusal::Refusal;
use bote_sdk::search::{Found, TypedSearch};
use bote_sdk::tool::ToolSpec;
use bote_sdk::traits::*;
use bote_sdk::{Instant, Zone};
use chrono::TimeDelta;
use std::collections::HashMap;
use std::sync::{Arc, Weak};
use tokio::sync::{Mutex, OwnedMutexGuard, RwLock};
use uuid::Uuid;

/// What an installation decides.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The provider's time zone.
    pub zone: Zone,
    /// The language of people who chose none.
    pub language: Language,
    /// How protocols are written.
    pub year_digits: YearDigits,
    /// The express query.
    pub express: ExpressSettings,
    /// The largest file, in bytes.
    pub file_limit: u64,
    /// The colours of charts.
    pub theme: Theme,
    /// When nobody is warned.
    pub quiet: Option<QuietHours>,
}

/// What a desk is made of.
pub struct Parts {
    /// Where everything is kept.
    pub store: Arc<dyn Store>,
    /// The conversation.
    pub dialog: Arc<dyn Dialog>,
    /// The tools.
    pub tools: Arc<dyn ToolBox>,
    /// The access network.
    pub network: Arc<dyn Network>,
    /// What seals and opens passwords: those of devices, and those typed for one run.
    pub seal: Arc<dyn Seal>,
    /// The content of files.
    pub files: Arc<dyn Files>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// The front ends, by platform.
    pub messengers: HashMap<Platform, Arc<dyn Messenger>>,
}

/// The desk. A clone is the same desk: a tool that runs holds one.
#[derive(Clone)]
pub struct TicketDesk {
    pub(crate) parts: Arc<Parts>,
    pub(crate) settings: Arc<Settings>,
    catalogue: Arc<RwLock<Option<ReadCatalogue>>>,
    places: Arc<Mutex<Places>>,
}

/// The catalogues, and when they were read.
type ReadCatalogue = (Instant, Arc<Catalogue>);
/// The lock of each place that is being spoken in.
type Places = HashMap<String, Weak<Mutex<()>>>;

/// How old the catalogues may be: a change by another host is seen after this.
const CATALOGUE_AGE: TimeDelta = TimeDelta::seconds(30);

impl TicketDesk {
    /// A desk of these parts.
    pub fn new(parts: Parts, settings: Settings) -> Self {
        Self { parts: Arc::new(parts), settings: Arc::new(settings), catalogue: Arc::default(), places: Arc::default() }
    }

    pub(crate) fn now(&self) -> Instant {
        self.parts.clock.now()
    }

    pub(crate) async fn catalogue(&self) -> Result<Arc<Catalogue>, Fault> {
        let now = self.now();
        if let Some((read_at, catalogue)) = &*self.catalogue.read().await
            && now - *read_at < CATALOGUE_AGE
        {
            return Ok(Arc::clone(catalogue));
        }
        let fresh = Arc::new(self.parts.store.catalogue().await?);
        *self.catalogue.write().await = Some((now, Arc::clone(&fresh)));
        Ok(fresh)
    }

    /// Events of one place are handled one after the other. Across hosts, the session's revision keeps them apart.
    pub(crate) async fn lock(&self, place: String) -> OwnedMutexGuard<()> {
        let lock = {
            let mut places = self.places.lock().await;
            places.retain(|_, lock| lock.strong_count() > 0);
            match places.get(&place).and_then(Weak::upgrade) {
                Some(lock) => lock,
                None => {
                    let lock = Arc::new(Mutex::new(()));
                    places.insert(place, Arc::downgrade(&lock));
                    lock
                }
            }
        };
        lock.lock_owned().await
    }

    /// What the conversation may know of the moment; nothing is made in it.
    pub(crate) fn context_of<'a>(
        &self,
        operator: &'a Operator,
        actor: &'a Actor,
        channel: &'a Channel,
        catalogue: &'a Catalogue,
        tools: &'a [ToolSpec],
        now: Instant,
    ) -> Context<'a> {
        Context {
            actor,
            channel,
            language: self.language_of(operator),
            now,
            zone: self.settings.zone,
            year_digits: self.settings.year_digits,
            catalogue,
            companies: &operator.companies,
            tools,
            fresh: Uuid::nil(),
        }
    }

    pub(crate) fn language_of(&self, operator: &Operator) -> Language {
        operator.language.as_deref().and_then(Language::of_tag).unwrap_or(self.settings.language)
    }
}

#[async_trait]
impl Desk for TicketDesk {
    async fn receive(&self, event: &Event) -> Result<bool, Fault> {
        let event = self.keepable_edit(self.keepable(storable(event)).await?).await?;
        self.parts.store.receive(&event, self.now()).await
    }

    async fn turn(&self, event: &Event) -> Result<(), Fault> {
        self.take_turn(&storable(event)).await
    }

    async fn perform(
        &self,
        key: IdempotencyKey,
        order: Order,
        actor: &Actor,
    ) -> Result<Result<Receipt, Refusal>, Fault> {
        self.carry_out_order(key, order, actor).await
    }

    async fn ask(&self, query: &Query, actor: &Actor) -> Result<Result<Answer, Refusal>, Fault> {
        let answered = match self.answer(query, actor).await? {
            Ok(answered) => answered,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let decided = Decided { touched: answered.touched, ..Decided::default() };
        self.parts.store.commit(self.batch(decided, None, "api", actor, self.now())).await?;
        Ok(Ok(answered.answer))
    }

    async fn search(&self, typed: &TypedSearch) -> Result<Found, Fault> {
        self.offer(typed).await
    }

    async fn resume(&self, served: &Served) -> Result<(), Fault> {
        self.take_up(served).await
    }

    async fn settle(&self, served: &Served) -> Result<(), Fault> {
        self.work_off(served).await
    }

    async fn release(&self, served: &Served) -> Result<(), Fault> {
        self.parts.store.release_jobs(served).await
    }

    async fn left(&self, served: &Served, limit: usize) -> Result<Vec<Event>, Fault> {
        self.parts.store.pending_events(served, limit).await
    }

    async fn hold(&self, name: &str, host: &str, seconds: u32) -> Result<bool, Fault> {
        let now = self.now();
        self.parts.store.hold(name, host, now, now + TimeDelta::seconds(seconds.into())).await
    }
}

/// The event with every NUL replaced by another control character: PostgreSQL keeps none, and the rules refuse both in
/// the same words.
fn storable(event: &Event) -> Event {
    let text = |raw: &str| raw.replace('\0', "\u{1}");
    let mut event = event.clone();
    event.what = match event.what {
        What::Text(raw) => What::Text(text(&raw)),
        What::Button(raw) => What::Button(text(&raw)),
        What::Files { files, caption } => {
            let file = |file: IncomingFile| IncomingFile {
                name: text(&file.name),
                source: text(&file.source),
                size: file.size,
            };
            What::Files { files: files.into_iter().map(file).collect(), caption: text(&caption) }
        }
        What::Code(raw) => What::Code(text(&raw)),
        What::Edited { message, text: words } => What::Edited { message, text: text(&words) },
        What::Moved(to) => What::Moved(to),
        What::Other(raw) => What::Other(text(&raw)),
        What::Notice(raw) => What::Notice(text(&raw)),
        other @ (What::Secret(_) | What::Arrived | What::ToolEnded(_) | What::TimerRang(_)) => other,
    };
    event.origin = event.origin.map(|Origin { message, album, language, raw }| Origin {
        message: text(&message),
        album: album.as_deref().map(text),
        language: language.as_deref().map(text),
        raw: text(&raw),
    });
    event
}
