//! What is found after a storm: every report is one comment or one whole album, every opening one ticket with a protocol of its
//! own, every update one row that is done, and everybody was told everything, in order. What was told twice, was told again by
//! a program that could not know: the one before it was killed, or Telegram's answer was lost.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::fmt::Write as _;

use bote_sdk::actor::Scope;
use bote_sdk::files::Attachment;
use bote_sdk::protocol::Protocol;
use bote_sdk::query::TicketList;
use bote_sdk::ticket::{Ticket, TicketState};
use bote_sdk::timeline::EntryKind;
use bote_sdk::traits::Store as _;
use bote_store::SqlStore;
use bote_world::telegram::{Call, Effect, Failure};
use sea_orm::{ConnectionTrait as _, Database, DatabaseConnection, Statement};
use sha2::{Digest as _, Sha256};

use super::hosts::Hosts;
use super::store;
use super::technician::{Task, Technician};

const ANSWERS: &str = "the database answers";

/// What is told of a storm that did no harm.
#[derive(Default)]
pub(crate) struct Found {
    people: usize,
    updates: usize,
    tickets: usize,
    comments: usize,
    albums: usize,
    pictures: usize,
    answers: usize,
    /// Answers that were sent again because the program was killed before it knew, and because an answer of Telegram was lost.
    again_after_kill: usize,
    again_after_loss: usize,
    /// Calls that met a failure.
    failures: usize,
}

impl Found {
    /// Looks at everything, and fails at the first harm.
    pub(crate) async fn after(hosts: &Hosts, technicians: &[Technician]) -> Self {
        let mut found = Self { people: technicians.len(), ..Self::default() };
        let calls = hosts.world().calls();
        found.failures = calls.iter().filter(|call| call.failure.is_some()).count();
        for technician in technicians {
            found.told(technician, &calls, &hosts.killed);
        }
        let database = store(&hosts.database()).await;
        let mut protocols = BTreeSet::new();
        for technician in technicians {
            found.kept(technician, &database, hosts, &mut protocols).await;
        }
        let rows = Database::connect(hosts.database()).await.expect(ANSWERS);
        found.tickets = count(&rows, "ticket").await;
        assert_eq!(found.tickets, protocols.len(), "tickets that nobody opened, or that share a protocol");
        found.updates = count(&rows, r#""inbox" WHERE "event_id" NOT LIKE '%/%'"#).await;
        assert_eq!(found.updates, hosts.bot().updates().len(), "each update is a row");
        assert_eq!(count(&rows, r#""inbox" WHERE "state" <> 'done'"#).await, 0, "each was handled");
        assert_eq!(count(&rows, r#""outbox" WHERE "stuck" IS NOT NULL"#).await, 0, "nothing is stuck");
        let logged = hosts.logged();
        for words in ["panicked", "was lost", "put aside", "ended badly"] {
            let line = logged.lines().find(|line| line.contains(words));
            assert!(line.is_none(), "{}", line.unwrap_or_default());
        }
        hosts.world().assert_fits();
        found
    }

    /// Everything was said to this person at least once and in order, and nothing else; and again only where a program could not
    /// know that it was said.
    fn told(&mut self, technician: &Technician, calls: &[Call], killed: &BTreeSet<String>) {
        let chat = technician.chat.id();
        let said: Vec<_> = calls.iter().filter(|call| call.method == "sendMessage" && of_chat(call) == chat).collect();
        let said: Vec<_> = said.into_iter().filter(|call| was_done(call)).collect();
        let seen = technician.chat.messages().iter().filter(|message| message.from_bot).count();
        assert_eq!(said.len(), seen, "what was sent is what {chat} sees");
        let answers = technician.answers();
        let mut told = 0;
        for (at, call) in said.iter().enumerate() {
            let text = call.parameters["text"].as_str().unwrap_or_default();
            if answers.get(told).is_some_and(|words| text.contains(words)) {
                told += 1;
                continue;
            }
            let again = told.checked_sub(1).is_some_and(|last| text.contains(&answers[last]));
            let next = answers.get(told).map_or("nothing", |words| words);
            assert!(again, "{chat} is told {text:?} before {next:?}");
            let before = said[at - 1];
            if matches!(before.failure, Some((Failure::Cut | Failure::InternalError, Effect::Done))) {
                self.again_after_loss += 1;
            } else {
                let (by, then) = (&call.prefix, &before.prefix);
                assert!(by != then && killed.contains(then), "{by} tells {chat} again what {then} did: {text:?}");
                self.again_after_kill += 1;
            }
        }
        assert_eq!(told, answers.len(), "{chat} is not told {:?}", &answers[told..]);
        self.answers += told;
    }

    /// What this person did is there once.
    async fn kept(
        &mut self,
        technician: &Technician,
        database: &SqlStore,
        hosts: &Hosts,
        protocols: &mut BTreeSet<Protocol>,
    ) {
        let who = technician.person.id();
        let tickets = database.tickets(TicketList::Mine, technician.operator, Scope::All, None, 100).await;
        let tickets: Vec<Ticket> = tickets.expect(ANSWERS);
        let (mut comments, mut albums) = (BTreeMap::<String, usize>::new(), BTreeMap::<String, Vec<Attachment>>::new());
        for ticket in &tickets {
            let protocol = ticket.protocol.expect("it was told to the customer");
            assert!(protocols.insert(protocol), "{protocol:?} is the protocol of two tickets");
            assert!(matches!(ticket.state, TicketState::InProgress { .. }), "{:?}", ticket.state);
            for entry in database.entries(ticket.id, None, 100_000).await.expect(ANSWERS) {
                if let EntryKind::Commented { comment, .. } = entry.kind {
                    *comments.entry(comment.text().expose().to_owned()).or_default() += 1;
                }
            }
            for file in database.files(ticket.id).await.expect(ANSWERS) {
                albums.entry(file.description.clone().unwrap_or_default()).or_default().push(file);
            }
        }
        // Each opening had a comment too, the same in all.
        let mut reports: BTreeMap<String, usize> = BTreeMap::new();
        let mut openings = BTreeSet::new();
        for task in &technician.tasks {
            match task {
                Task::Opening { report } => _ = openings.insert(report.as_str()),
                Task::Comment { text } => _ = reports.insert(text.clone(), 1),
                Task::Album { caption, pictures } => {
                    let files = albums.remove(caption).unwrap_or_default();
                    whole(caption, pictures, &files, hosts);
                    self.albums += 1;
                    self.pictures += files.len();
                }
            }
        }
        let opened: BTreeSet<_> = tickets.iter().map(|ticket| ticket.report.expose()).collect();
        assert_eq!((opened, tickets.len()), (openings.clone(), openings.len()), "the tickets of {who}");
        comments.retain(|text, _| text.starts_with("relato"));
        assert_eq!(comments, reports, "the comments of {who}");
        assert!(albums.is_empty(), "{who} sent no such pictures: {:?}", albums.keys());
        self.comments += reports.len();
    }
}

/// An album is one event: all its pictures were attached at once, each once, in order, with the same words, and their bytes are
/// kept.
fn whole(caption: &str, pictures: &[Vec<u8>], files: &[Attachment], hosts: &Hosts) {
    let hashes: Vec<_> = pictures.iter().map(|picture| hash(picture)).collect();
    let kept: Vec<_> = files.iter().map(|file| file.file.hash.0.clone()).collect();
    let sorted = |mut hashes: Vec<String>| {
        hashes.sort();
        hashes
    };
    assert_eq!(sorted(kept), sorted(hashes.clone()), "the pictures of {caption:?}");
    let times: BTreeSet<_> = files.iter().map(|file| file.added_at).collect();
    assert_eq!(times.len(), 1, "{caption:?} was attached at once");
    for (hash, picture) in hashes.iter().zip(pictures) {
        let file = hosts.files().join(&hash[..2]).join(hash);
        assert_eq!(&std::fs::read(file).expect("the content of each picture is kept"), picture, "{caption:?}");
    }
}

fn hash(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::new(), |mut hash, byte| {
        write!(hash, "{byte:02x}").expect("a string takes all");
        hash
    })
}

fn of_chat(call: &Call) -> i64 {
    let chat = &call.parameters["chat_id"];
    chat.as_i64().or_else(|| chat.as_str()?.parse().ok()).unwrap_or_default()
}

/// Whether a message was there after the call, whatever its answer was. A slow call does its work late.
fn was_done(call: &Call) -> bool {
    matches!(call.failure, None | Some((Failure::Delay(_), _) | (_, Effect::Done)))
}

/// How many rows a table has, with a condition.
async fn count(database: &DatabaseConnection, of: &str) -> usize {
    let statement = Statement::from_string(database.get_database_backend(), format!("SELECT COUNT(*) FROM {of}"));
    let row = database.query_one_raw(statement).await.expect(ANSWERS).expect("a count is a row");
    let count: i64 = row.try_get_by_index(0).expect("a count is a number");
    usize::try_from(count).expect("a count is not negative")
}

impl fmt::Display for Found {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { people, updates, tickets, comments, albums, pictures, answers, failures, .. } = self;
        writeln!(formatter, "{people} people, {updates} updates, {failures} calls that met a failure")?;
        writeln!(formatter, "{tickets} tickets, {comments} comments, {albums} albums with {pictures} pictures")?;
        let (killed, lost) = (self.again_after_kill, self.again_after_loss);
        write!(
            formatter,
            "{answers} answers; said again after a kill: {killed}, after an answer of Telegram was lost: {lost}"
        )
    }
}
