//! The seams of the program. Each trait is object safe and has at least two implementations; a suite in the workspace
//! proves them alike.

use crate::actor::{Actor, ChannelClass, Scope};
use crate::binding::{Account, CodeHash, Redeemed};
use crate::catalogue::Catalogue;
use crate::change::Changes;
use crate::dialog::{Context, Heard, Language, StaffNotice, Standing, Step, Stranger};
use crate::event::{Channel, Event, EventId, Place, Platform, What};
use crate::express::ExpressFacts;
use crate::files::Attachment;
use crate::form::Offer;
use crate::id::*;
use crate::job::{JobEnd, MessageBody, NewJob, Served, TakenJob};
use crate::operation::{Order, Receipt};
use crate::personal::{Sealed, Secret};
use crate::plugins::{PluginGrant, PluginView};
use crate::prelude::*;
use crate::protocol::Protocol;
use crate::query::{Answer, Query, TicketCursor, TicketList};
use crate::records::*;
use crate::refusal::Refusal;
use crate::rendering::Rendering;
use crate::search::{Found, TypedSearch};
use crate::ticket::Ticket;
use crate::timeline::Entry;
use crate::tool::{Run, ToolCall, ToolEnd, ToolSpec};
use async_trait::async_trait;

mod messenger;
mod tools;

pub use messenger::*;
pub use tools::*;

/// Something is broken: for operators and logs, never for the person in the chat.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// The source did not answer; asking again may help.
    #[error("{what} did not answer")]
    Unreachable {
        /// What was asked.
        what: &'static str,
        /// Why, as far as known.
        #[source]
        source: Box<dyn core::error::Error + Send + Sync>,
    },
    /// The source refused; asking again will not help.
    #[error("{what} failed")]
    Broken {
        /// What was asked.
        what: &'static str,
        /// Why.
        #[source]
        source: Box<dyn core::error::Error + Send + Sync>,
    },
    /// The platform did not give a file that a person sent.
    #[error("a file could not be fetched")]
    Fetch(#[source] DeliveryFault),
    /// The source answered with something that cannot be right.
    #[error("{what} holds something unreadable: {why}")]
    Corrupt {
        /// What was read.
        what: &'static str,
        /// What is wrong with it.
        why: String,
    },
}

impl Fault {
    /// Whether asking again may help.
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Unreachable { .. } | Self::Fetch(_) => true,
            Self::Broken { .. } | Self::Corrupt { .. } => false,
        }
    }

    /// A row or message that cannot be read.
    pub fn corrupt(what: &'static str, why: impl core::fmt::Display) -> Self {
        Self::Corrupt { what, why: why.to_string() }
    }
}

/// The current time.
pub trait Clock: Send + Sync {
    /// Now, in UTC.
    fn now(&self) -> Instant;
}

/// The desk: where messages become decisions.
#[async_trait]
pub trait Desk: Send + Sync {
    /// Takes an event into the inbox. `false` when it was there before. From then on the platform may forget it.
    async fn receive(&self, event: &Event) -> Result<bool, Fault>;

    /// Handles a received event: understand, decide, commit.
    async fn turn(&self, event: &Event) -> Result<(), Fault>;

    /// Carries out one operation for an embedding program or administration (R-008 by the key).
    async fn perform(
        &self,
        key: IdempotencyKey,
        order: Order,
        actor: &Actor,
    ) -> Result<Result<Receipt, Refusal>, Fault>;

    /// Answers one question.
    async fn ask(&self, query: &Query, actor: &Actor) -> Result<Result<Answer, Refusal>, Fault>;

    /// What is offered for a search while it is typed. Nothing follows, and nothing of what was typed is kept.
    async fn search(&self, typed: &TypedSearch) -> Result<Found, Fault>;

    /// Takes up what a former process left: events without a turn, jobs that were taken and not ended.
    async fn resume(&self, served: &Served) -> Result<(), Fault>;

    /// Carries out all jobs that are due, and those they lead to, until nothing is left to do now.
    async fn settle(&self, served: &Served) -> Result<(), Fault>;

    /// Frees the jobs that a former process of this host took and did not end.
    async fn release(&self, served: &Served) -> Result<(), Fault>;

    /// The events whose turn is still to come, the oldest first and so many at most. For front ends that take turns side
    /// by side; the others [`resume`](Self::resume).
    async fn left(&self, served: &Served, limit: usize) -> Result<Vec<Event>, Fault>;

    /// Holds a name among all hosts for so many seconds from now, or lets it go with none; `false` while another host holds
    /// it.
    async fn hold(&self, name: &str, host: &str, seconds: u32) -> Result<bool, Fault>;
}

/// The conversation: pure, no clock, no platform.
pub trait Dialog: Send + Sync {
    /// One step from what was heard. `session` is what the last step returned, if any.
    fn step(&self, session: Option<&[u8]>, heard: Heard, context: &Context<'_>) -> Step;

    /// Whether what is written next is a password.
    fn expects_secret(&self, session: &[u8]) -> bool;

    /// What must be asked before a message can be put in words.
    fn needs(&self, body: &MessageBody) -> Vec<Query>;

    /// The message in words; `answers` are those of [`needs`](Self::needs), in order.
    fn render(&self, body: &MessageBody, answers: &[Result<Answer, Refusal>], context: &Context<'_>) -> Rendering;

    /// Where a message stands that answers a pressed button.
    fn standing(&self, pressed: &str, body: &MessageBody) -> Standing;

    /// The message for a colleague who did not ask.
    fn notice(&self, notice: &StaffNotice) -> MessageBody;

    /// What a person is told whose account is bound to nobody.
    fn greet(&self, said: Stranger, language: Language) -> Rendering;

    /// What must be asked for a search that is being typed; `None` where it can find nothing.
    fn search(&self, typed: &TypedSearch) -> Option<Query>;

    /// The answer to it in words.
    fn found(&self, answer: &Answer, context: &Context<'_>) -> Found;

    /// What is offered to a person whose account is bound to nobody.
    fn offer_binding(&self, language: Language) -> Found;
}

/// One write to the store, whole or not at all.
#[derive(Clone, Debug, Default)]
pub struct Batch {
    /// The key of the request and the print of its input; a repeat returns the first receipt.
    pub key: Option<(IdempotencyKey, String)>,
    /// What a rule decided.
    pub changes: Option<Changes>,
    /// The session afterwards.
    pub session: Option<SessionWrite>,
    /// An operator's choice of companies or language.
    pub preference: Option<Preference>,
    /// A run that begins or ends.
    pub run: Option<Run>,
    /// Accesses to customers' data.
    pub accesses: Vec<Access>,
    /// What leaves the house.
    pub jobs: Vec<NewJob>,
    /// The events whose turn this is, several for an album; their inbox rows are done.
    pub events: Vec<EventId>,
    /// What those rows hold is a secret, and is erased.
    pub erase_events: bool,
    /// The time of the commit, for records that carry one.
    pub at: Instant,
}

/// A session to be saved.
#[derive(Clone, Debug)]
pub struct SessionWrite {
    /// Where.
    pub place: Place,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// The revision it was read at; 0 for a new one.
    pub seen: i32,
}

/// A saved session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredSession {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Counts its writes, from 1.
    pub revision: i32,
}

/// What an operator chose for themselves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Preference {
    /// What may be shown in a channel: of the provider, not of one person.
    Class(Channel, ChannelClass),
    /// The companies of their session.
    Scope(OperatorId, Scope),
    /// Their language.
    Language(OperatorId, String),
}

/// One access to a customer's data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Access {
    /// Who.
    pub operator: OperatorId,
    /// Where; the session key of the place, or the name of the embedding program's channel.
    pub channel: String,
    /// What: a customer, or a ticket.
    pub object: AccessObject,
    /// When.
    pub at: Instant,
}

/// What was accessed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccessObject {
    /// A customer's registration.
    Person(PersonCode),
    /// A ticket.
    Ticket(TicketId),
}

/// The outcome of a commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Commit {
    /// Written.
    Done(Receipt),
    /// The key was seen before, with the same input: the first answer.
    Seen(Receipt),
    /// The key was seen before, with another input. Nothing is written.
    KeyReused,
    /// The ticket or the session changed meanwhile. Nothing is written.
    Conflict,
}

/// A search for people.
#[derive(Clone, Debug)]
pub struct PeopleSearch {
    /// Beginnings of words of a name, a document or a code, in one field.
    pub text: String,
    /// Only those this session sees.
    pub scope: Scope,
    /// Behind this one.
    pub after: Option<PersonCode>,
    /// At most so many.
    pub limit: usize,
}

/// What a search looks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PeopleTerms {
    /// A code or a document: digits only.
    Number(String),
    /// Every word begins a word of the name; letters without case and accents.
    Words(Vec<String>),
}

impl PeopleSearch {
    /// Tells a number, with or without the punctuation of a document, from words.
    pub fn terms(&self) -> PeopleTerms {
        let text = self.text.trim();
        let punctuation = |c: char| matches!(c, '.' | '-' | '/' | ' ');
        if text.chars().any(|c| c.is_ascii_digit()) && text.chars().all(|c| c.is_ascii_digit() || punctuation(c)) {
            PeopleTerms::Number(text.chars().filter(char::is_ascii_digit).collect())
        } else {
            PeopleTerms::Words(crate::text::words_of(text))
        }
    }
}

/// Everything a provider's registration holds, to be loaded into a store.
#[derive(Clone, Debug, Default)]
#[allow(missing_docs, reason = "the fields are the records their types describe")]
pub struct Registry {
    pub catalogue: Catalogue,
    pub operators: Vec<Operator>,
    pub people: Vec<Person>,
    pub contracts: Vec<Contract>,
    pub connections: Vec<Connection>,
    pub invoices: Vec<(PersonCode, Invoice)>,
    pub notices: Vec<Notice>,
    pub sessions: Vec<NetworkSession>,
    pub equipment: Vec<Equipment>,
    pub usage: Vec<(ConnectionCode, Vec<UsageSample>)>,
}

/// Where everything is kept. Reads are by key or by page; the only write of a turn is [`commit`](Self::commit).
#[async_trait]
pub trait Store: PluginValues {
    /// The catalogues.
    async fn catalogue(&self) -> Result<Catalogue, Fault>;
    /// The operator an account is bound to.
    async fn operator_of(&self, place: &Place) -> Result<Option<Operator>, Fault>;
    /// An operator by id.
    async fn operator(&self, id: OperatorId) -> Result<Option<Operator>, Fault>;
    /// The operators in the order of their numbers, behind `after`.
    async fn operators(&self, after: Option<OperatorId>, limit: usize) -> Result<Vec<Operator>, Fault>;
    /// Binds an account to an operator.
    async fn bind(&self, place: &Place, operator: OperatorId) -> Result<(), Fault>;
    /// The accounts bound to an operator, by platform and account.
    async fn accounts(&self, operator: OperatorId) -> Result<Vec<Account>, Fault>;
    /// Ends the binding of an account; `false` when there was none.
    async fn unbind(&self, account: &Account) -> Result<bool, Fault>;
    /// Keeps the hash of a code that binds one account to an operator, once, before `until`.
    async fn issue_code(&self, code: &CodeHash, operator: OperatorId, until: Instant) -> Result<(), Fault>;
    /// An account presents a code; where it is good, the account is bound and the code is used up.
    async fn redeem_code(&self, account: &Account, code: &CodeHash, now: Instant) -> Result<Redeemed, Fault>;
    /// Holds a name for a host until a time, or longer; `false` while another host holds it.
    async fn hold(&self, name: &str, host: &str, now: Instant, until: Instant) -> Result<bool, Fault>;
    /// What an administrator said that a channel is; `None` where nobody said anything.
    async fn class_of(&self, channel: &Channel) -> Result<Option<ChannelClass>, Fault>;
    /// Says what a channel is.
    async fn classify(&self, channel: &Channel, class: ChannelClass) -> Result<(), Fault>;
    /// The channels that were classified, by platform and chat.
    async fn channels(&self, after: Option<&Channel>, limit: usize) -> Result<Vec<(Channel, ChannelClass)>, Fault>;
    /// Moves all that is kept of a channel to another id of the same platform, whole or not at all.
    async fn move_channel(&self, from: &Channel, to: &str) -> Result<(), Fault>;
    /// The private places where an operator has spoken, for notices.
    async fn private_places(&self, operator: OperatorId) -> Result<Vec<Place>, Fault>;

    /// A person by code.
    async fn person(&self, code: PersonCode) -> Result<Option<Person>, Fault>;
    /// People by name, document or code, in the order of their codes.
    async fn people(&self, search: &PeopleSearch) -> Result<Vec<Person>, Fault>;
    /// The connections of a person.
    async fn connections(&self, person: PersonCode) -> Result<Vec<Connection>, Fault>;
    /// The contracts of a person.
    async fn contracts(&self, person: PersonCode) -> Result<Vec<Contract>, Fault>;
    /// A connection by code.
    async fn connection(&self, code: ConnectionCode) -> Result<Option<Connection>, Fault>;
    /// A contract by code.
    async fn contract(&self, code: ContractCode) -> Result<Option<Contract>, Fault>;
    /// What the express query needs. A source that fails is `Unavailable`, never an error.
    async fn express_facts(&self, ticket: &Ticket) -> Result<ExpressFacts, Fault>;
    /// What a connection moved from `from` until before `to`, in time order.
    async fn usage(&self, connection: ConnectionCode, from: Instant, to: Instant) -> Result<Vec<UsageSample>, Fault>;
    /// The sessions of a connection that touch `from` to `to`, in the order of their beginnings.
    async fn network_sessions(
        &self,
        connection: ConnectionCode,
        from: Instant,
        to: Instant,
    ) -> Result<Vec<NetworkSession>, Fault>;
    /// The devices at a connection, in the order of their codes.
    async fn equipment(&self, connection: ConnectionCode) -> Result<Vec<Equipment>, Fault>;

    /// A ticket by internal code.
    async fn ticket(&self, id: TicketId) -> Result<Option<Ticket>, Fault>;
    /// A ticket by protocol.
    async fn ticket_by_protocol(&self, protocol: Protocol) -> Result<Option<Ticket>, Fault>;
    /// A page of a list, in the order of the deadline.
    async fn tickets(
        &self,
        list: TicketList,
        operator: OperatorId,
        scope: Scope,
        after: Option<TicketCursor>,
        limit: usize,
    ) -> Result<Vec<Ticket>, Fault>;
    /// The timeline of a ticket below a number, newest first.
    async fn entries(&self, ticket: TicketId, before: Option<i32>, limit: usize) -> Result<Vec<Entry>, Fault>;
    /// The newest express query of a ticket.
    async fn newest_lights(&self, ticket: TicketId) -> Result<Option<Entry>, Fault>;
    /// The attachments of a ticket, tombstones included, oldest first.
    async fn files(&self, ticket: TicketId) -> Result<Vec<Attachment>, Fault>;
    /// An attachment.
    async fn file(&self, id: FileId) -> Result<Option<Attachment>, Fault>;

    /// The session of a place.
    async fn session(&self, place: &Place) -> Result<Option<StoredSession>, Fault>;
    /// A run of a tool.
    async fn run(&self, id: RunId) -> Result<Option<Run>, Fault>;
    /// The first receipt under a key.
    async fn receipt(&self, key: &IdempotencyKey) -> Result<Option<(String, Receipt)>, Fault>;

    /// Writes an event into the inbox; `false` when it is there already.
    async fn receive(&self, event: &Event, at: Instant) -> Result<bool, Fault>;
    /// The event and, where it is a part of an album, the parts whose turn is still to come, in order. Empty when the
    /// event's turn is done.
    async fn pending_event(&self, event: &EventId) -> Result<Vec<Event>, Fault>;
    /// Events whose turn is still to come, oldest first.
    async fn pending_events(&self, served: &Served, limit: usize) -> Result<Vec<Event>, Fault>;
    /// What a message of a channel was when it came, and what it was changed to before an event; `None` for one that never
    /// came.
    async fn said(&self, channel: &Channel, message: &str, before: &EventId) -> Result<Option<Said>, Fault>;
    /// Counts a failed turn; from `limit` on the events are parked, and with `erase` what their rows hold is erased. Whether
    /// they were parked by this.
    async fn turn_failed(&self, events: &[EventId], limit: u32, erase: bool) -> Result<bool, Fault>;
    /// Deletes events that were done and came before this time, so many at most; how many.
    async fn forget_events(&self, before: Instant, limit: usize) -> Result<u64, Fault>;
    /// How many events of a platform are parked, and the first of them.
    async fn parked_events(&self, platform: &Platform) -> Result<(u64, Option<EventId>), Fault>;

    /// Writes a batch, whole or not at all.
    async fn commit(&self, batch: Batch) -> Result<Commit, Fault>;

    /// Takes due jobs for this host until `lease_until`, in order, one per lane.
    async fn take_jobs(
        &self,
        served: &Served,
        now: Instant,
        lease_until: Instant,
        limit: usize,
    ) -> Result<Vec<TakenJob>, Fault>;
    /// Keeps a job longer; `false` when it is not this host's any more.
    async fn renew_job(&self, job: &TakenJob, lease_until: Instant) -> Result<bool, Fault>;
    /// Ends a job that this host took, and records what its delivery accessed. One that is not this host's any more stays.
    async fn end_job(&self, job: &TakenJob, end: JobEnd, accesses: Vec<Access>) -> Result<(), Fault>;
    /// Frees jobs that this host took and did not end, in a former process.
    async fn release_jobs(&self, served: &Served) -> Result<(), Fault>;
    /// When the next job of this host is due.
    async fn next_due(&self, served: &Served) -> Result<Option<Instant>, Fault>;

    /// Loads a registration. Records that are there already stay.
    async fn import(&self, registry: &Registry) -> Result<(), Fault>;
}

/// A message that came in before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// Its event.
    pub event: EventId,
    /// What it said; `None` where that held a secret and was erased.
    pub what: Option<What>,
    /// What it said after it was changed last, if ever.
    pub changed: Option<String>,
}

/// The tools of this host.
#[async_trait]
pub trait ToolBox: Send + Sync {
    /// Those there are now.
    fn tools(&self) -> Vec<ToolSpec>;
    /// Calls one. Never fails: whatever the tool does is an ordinary end.
    async fn call(&self, call: ToolCall) -> ToolEnd;
    /// The choices of a dynamic parameter, given the answers so far; how it ended where it gave none.
    async fn choices(&self, call: ToolCall, parameter: &str) -> Result<Vec<Offer>, ToolEnd>;
    /// The plug-ins behind them, also those that were not taken up. Tools in plain Rust have none.
    fn plugins(&self) -> Vec<PluginView> {
        Vec::new()
    }
    /// Grants capabilities to a plug-in, or takes them back. Doing it twice is doing it once.
    async fn grant(&self, decided: &PluginGrant) -> Result<(), Fault> {
        Err(Fault::corrupt("the grants", format!("there is no plug-in {} here", decided.plugin)))
    }
}

/// Seals secrets with the installation's key and opens them again.
pub trait Seal: Send + Sync {
    /// Sealed.
    fn seal(&self, secret: &Secret) -> Sealed;
    /// Opened; `None` where it was sealed with another key or damaged.
    fn open(&self, sealed: &Sealed) -> Option<Secret>;
}

/// What the access network knows of a connection.
#[async_trait]
pub trait Network: Send + Sync {
    /// What a connection moved from `from` until before `to`, in time order.
    async fn usage(&self, connection: ConnectionCode, from: Instant, to: Instant) -> Result<Vec<UsageSample>, Fault>;
    /// The sessions of a connection that touch `from` to `to`, in the order of their beginnings.
    async fn sessions(
        &self,
        connection: ConnectionCode,
        from: Instant,
        to: Instant,
    ) -> Result<Vec<NetworkSession>, Fault>;
}

/// Content of files by hash. Putting the same bytes twice keeps them once.
#[async_trait]
pub trait Files: Send + Sync {
    /// Keeps bytes, durably.
    async fn put(&self, hash: &ContentHash, bytes: Vec<u8>) -> Result<(), Fault>;
    /// The bytes under a hash.
    async fn get(&self, hash: &ContentHash) -> Result<Option<Vec<u8>>, Fault>;
}
