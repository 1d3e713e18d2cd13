//! Where stories are told: the program serves, people have a phone each, and every story has chats of its own.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use bote::clock::SystemClock;
use bote::wiring;
use bote_conversation::Conversation;
use bote_desk::{Parts, TicketDesk};
use bote_sdk::actor::{Actor, ChannelClass, Scope};
use bote_sdk::event::{Channel, Place};
use bote_sdk::id::*;
use bote_sdk::opening::Opening;
use bote_sdk::operation::{OPERATIONS, Operation};
use bote_sdk::protocol::YearDigits;
use bote_sdk::start::Starting;
use bote_sdk::ticket::NotifyLevel;
use bote_sdk::timeline::{Comment, Visibility};
use bote_sdk::traits::{Clock as _, Desk as _, Registry, Store as _};
use bote_store::SqlStore;
use bote_tests::fakes::{Lines, NoTools, Shelf, Wax};
use bote_world::telegram::{Attachment, Chat, Message, Person};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, ConnectOptions as _};
use uuid::Uuid;

use super::cast::{Act, Deed, PROTOCOL, Scene, Who};
use super::script::Script;
use super::settled::settled;
use super::{Given, Story};
use crate::flow::pictures;
use crate::served::{SOON, Served};

/// The report of the ticket that is given.
const REPORT: &str = "Sem internet desde cedo. Ligar no 35 98888-7777.";
/// Its first comment, which is private.
const FIRST_COMMENT: &str = "Chave com o porteiro.";
/// How often the database is looked at.
const GLANCE: Duration = Duration::from_millis(5);
/// What is still to be done: turns, and jobs that are due now or within seconds; all others are due in hours. One statement,
/// so that nothing slips from one to the other.
const OPEN: &str = r#"SELECT (SELECT COUNT(*) FROM "inbox" WHERE "state" = 'pending')
    + (SELECT COUNT(*) FROM "outbox" WHERE "stuck" IS NULL
        AND "due_ms" <= (CAST(strftime('%s', 'now') AS INTEGER) + 5) * 1000)"#;
/// What went wrong: turns that were put aside, and jobs that are stuck.
const WRONG: &str = r#"SELECT (SELECT COUNT(*) FROM "inbox" WHERE "state" = 'parked')
    + (SELECT COUNT(*) FROM "outbox" WHERE "stuck" IS NOT NULL)"#;

/// The program at work, and what it keeps.
pub(crate) struct Stage {
    served: Served,
    store: Arc<SqlStore>,
    /// Opens the tickets that are given. They are no part of the stories.
    desk: TicketDesk,
    database: SqliteConnection,
    registry: Registry,
}

/// What came of a story.
pub(crate) struct Told {
    pub(crate) transcript: String,
    /// The operations that were carried out.
    pub(crate) done: BTreeSet<&'static str>,
    /// What the bot said in a group that must not be said there.
    pub(crate) leaks: Vec<String>,
}

/// Somebody of a story, with a phone.
struct Player {
    person: Person,
    chat: Chat,
}

impl Stage {
    pub(crate) async fn set_up() -> Self {
        let mut served = Served::set_up().await;
        served.unpaced();
        served.serve();
        served.world.set_patience(SOON);
        let config = bote::demo::config(served.folder.path(), None).expect("a configuration");
        let store = wiring::store(&config).await.expect("the database is there");
        let parts = Parts {
            store: Arc::clone(&store) as Arc<_>,
            dialog: Arc::new(Conversation),
            tools: Arc::new(NoTools),
            network: Arc::new(Lines::default()),
            seal: Arc::new(Wax),
            files: Arc::new(Shelf::default()),
            clock: Arc::new(SystemClock),
            messengers: HashMap::new(),
        };
        let desk = TicketDesk::new(parts, config.settings().expect("settings"));
        let file = wiring::sqlite_file(&config.database.url).expect("a file");
        let options = SqliteConnectOptions::new().filename(file).read_only(true);
        let database = options.connect().await.expect("the database can be read");
        let registry = bote::demo::registry(SystemClock.now());
        Self { served, store, desk, database, registry }
    }

    /// Tells a story.
    pub(crate) async fn tell(&mut self, story: &Story) -> Told {
        let (people, group) = self.gather(story).await;
        let known = self.given(story.given).await;
        self.comes_to_rest().await;
        let before = self.traces().await;
        let mut script = Script::default();
        if let (Some(group), Some(title)) = (&group, story.scene.group()) {
            script.watch(format!("{title}, {}", about(story.scene)), group);
        }
        for (who, player) in &people {
            script.watch(format!("{} and bote, in private", who.name()), &player.chat);
            script.listen(who.name(), &player.person);
        }
        for act in story.acts {
            let Player { person, chat } = people.get(&act.who).expect("all who act are there");
            let place = group.as_ref().filter(|_| !act.aside).unwrap_or(chat);
            does(&mut script, person, place, act, &known, story.name);
            self.comes_to_rest().await;
            script.read();
        }
        let after = self.traces().await;
        let done = before.into_iter().filter(|(name, trace)| after[name] != *trace).map(|(name, _)| name).collect();
        let said = group.iter().flat_map(Chat::messages).filter(|message| message.from_bot && !message.service);
        let leaks = said.flat_map(|message| self.leaks(&message, story.scene, &known)).collect();
        self.leave(&people).await;
        Told { transcript: settled(script.text(), &known), done, leaks }
    }

    /// Ends, when nothing is left over and nothing went wrong.
    pub(crate) async fn end(mut self) {
        assert_eq!(self.number(WRONG).await, 0, "{}", self.served.logged());
        self.served.world.assert_fits();
        assert!(self.served.stop(), "{}", self.served.logged());
    }

    /// The people of a story, bound where they are operators, each with a chat in which the bot has greeted them; and the
    /// group.
    async fn gather(&self, story: &Story) -> (BTreeMap<Who, Player>, Option<Chat>) {
        let title = story.scene.group();
        let mut people = BTreeMap::new();
        for who in Who::ALL {
            let owns_group = title.is_some() && who == Who::Ana;
            if !owns_group && story.acts.iter().all(|act| act.who != who) {
                continue;
            }
            let person = self.served.world.person(who.name(), "pt-br");
            let chat = person.chat(&self.served.bot);
            if let Some(operator) = who.operator() {
                self.store.bind(&place_of(&person), OperatorId(operator)).await.expect("it can be bound");
            }
            person.says(&chat, "/start");
            people.insert(who, Player { person, chat });
        }
        let Some(title) = title else { return (people, None) };
        let members: Vec<_> = people.values().map(|player| &player.person).collect();
        let group = self.served.world.supergroup(title, &members);
        group.adds(&self.served.bot);
        if story.scene == Scene::AmongStaff {
            let channel = Channel { platform: bote_telegram::platform(), chat: group.id().to_string() };
            self.store.classify(&channel, ChannelClass::StaffGroup).await.expect("it can be classified");
        }
        (people, Some(group))
    }

    /// Nobody of a story is told anything after it.
    async fn leave(&self, people: &BTreeMap<Who, Player>) {
        for player in people.values() {
            self.store.unbind(&place_of(&player.person).of_account()).await.expect("it can be unbound");
        }
    }

    /// The protocol of the ticket that is given.
    async fn given(&self, given: Given) -> Vec<String> {
        let (customer, holder) = match given {
            Given::Nothing => return Vec::new(),
            Given::Waiting(customer) => (customer, None),
            Given::HeldByTeo(customer) => (customer, Who::Teo.operator()),
        };
        let ticket = TicketId(Uuid::now_v7());
        let person = PersonCode(customer);
        let line = self.registry.connections.iter().find(|line| line.person == person).expect("a customer with a line");
        let opening = Opening {
            person,
            connection: Some(line.code),
            contract: None,
            company: Some(CompanyId(1)),
            origin: OriginId(2),
            technician: None,
            report: REPORT.to_owned(),
        };
        let starting = Starting {
            process: ProcessId(1),
            classification: ClassificationId(1),
            notify: NotifyLevel::StartEnd,
            comment: Some(Comment::new(Visibility::Private, FIRST_COMMENT).expect("a short text")),
            files: Vec::new(),
        };
        let ana = self.actor(Who::Ana.operator().expect("an operator")).await;
        self.orders(&ana, Operation::OpenTicket { ticket, opening }).await;
        self.orders(&ana, Operation::ExpressQuery { ticket }).await;
        self.orders(&ana, Operation::StartTicket { ticket, starting }).await;
        if let Some(holder) = holder {
            self.orders(&self.actor(holder).await, Operation::Claim { ticket }).await;
        }
        let kept = self.store.ticket(ticket).await.expect("it can be read").expect("it is there");
        vec![kept.protocol.expect("it has a number").with_year(YearDigits::Four)]
    }

    async fn actor(&self, operator: i64) -> Actor {
        let operator = self.store.operator(OperatorId(operator)).await.expect("it can be read").expect("it is there");
        let (permissions, class) = (operator.permissions, ChannelClass::Private);
        Actor { operator: operator.id, name: operator.name, permissions, scope: Scope::All, class }
    }

    async fn orders(&self, actor: &Actor, operation: Operation) {
        let key = IdempotencyKey(Uuid::now_v7().to_string());
        self.desk.perform(key, operation.into(), actor).await.expect("no fault").expect("it is allowed");
    }

    /// Waits until everything is done that people and the passing of time have led to.
    async fn comes_to_rest(&mut self) {
        self.served.bot.caught_up().await;
        let mut moments = tokio::time::interval(GLANCE);
        let rest = async {
            while self.number(OPEN).await > 0 {
                moments.tick().await;
            }
        };
        let rested = tokio::time::timeout(SOON, rest).await;
        assert!(rested.is_ok(), "it comes to no rest:\n{}", self.served.logged());
    }

    async fn number(&mut self, query: &'static str) -> i64 {
        sqlx::query_scalar(query).fetch_one(&mut self.database).await.expect("the database can be read")
    }

    /// What each operation left behind so far: it is another after it was carried out once more.
    async fn traces(&mut self) -> BTreeMap<&'static str, String> {
        let mut traces = BTreeMap::new();
        for name in OPERATIONS.iter().map(|spec| spec.name) {
            let left = match trace(name) {
                Trace::Entries(kinds) => {
                    // What was said or sent with the beginning or the end is a part of it.
                    format!(
                        r#"SELECT CAST(COUNT(*) AS TEXT) FROM "ticket_entry" AS "e" WHERE "kind" IN ({kinds}) AND NOT EXISTS (
                            SELECT 1 FROM "ticket_entry" AS "w" WHERE "w"."ticket" = "e"."ticket" AND "w"."at_ms" = "e"."at_ms"
                                AND "w"."kind" IN ('started', 'finished') AND "e"."kind" IN ('commented', 'attached'))"#
                    )
                }
                Trace::Rows(query) => query.to_owned(),
                Trace::GrantsFile => {
                    traces.insert(name, std::fs::read_to_string(self.grants_file()).unwrap_or_default());
                    continue;
                }
            };
            let left: Option<String> = sqlx::query_scalar(AssertSqlSafe(left))
                .fetch_one(&mut self.database)
                .await
                .unwrap_or_else(|error| panic!("{name}: {error}"));
            traces.insert(name, left.unwrap_or_default());
        }
        traces
    }

    fn grants_file(&self) -> PathBuf {
        let config = bote::demo::config(self.served.folder.path(), None).expect("a configuration");
        wiring::grants_file(&config)
    }

    /// What a message in a group says that the table of chapter 26 keeps out of it.
    fn leaks(&self, message: &Message, scene: Scene, protocols: &[String]) -> Vec<String> {
        let labels = message.keyboard.iter().flatten().map(String::as_str);
        let said = [message.text.as_str()].into_iter().chain(labels).collect::<Vec<_>>().join("\n");
        let mut hidden = vec![("an amount", "R$"), ("a masked document", "***."), ("a report", REPORT)];
        hidden.push(("a private comment", FIRST_COMMENT));
        if scene == Scene::InUnknownGroup {
            hidden.extend(protocols.iter().map(|protocol| ("a protocol", protocol.as_str())));
        }
        for person in &self.registry.people {
            hidden.push(("a name", person.name.expose()));
            hidden.push(("a document", person.document.expose()));
            hidden.push(("a street", person.address.street.expose()));
            hidden.extend(person.phone.iter().map(|phone| ("a telephone", phone.expose())));
            hidden.extend(person.email.iter().map(|email| ("an address of e-mail", email.expose())));
        }
        for line in &self.registry.connections {
            hidden.push(("a login", line.login.expose()));
            hidden.push(("a street", line.address.street.expose()));
            hidden.extend(line.mac.iter().map(|mac| ("a MAC address", mac.expose())));
            hidden.extend(line.last_ip.iter().map(|ip| ("an IP address", ip.expose())));
        }
        let found = hidden.into_iter().filter(|(_, words)| said.contains(words));
        found.map(|(what, words)| format!("{what} was said, {words:?}:\n{said}")).collect()
    }
}

/// Where it can be seen that an operation was carried out.
enum Trace {
    /// In entries of these kinds.
    Entries(&'static str),
    /// In what this finds.
    Rows(&'static str),
    /// In the file of grants.
    GrantsFile,
}

fn trace(operation: &str) -> Trace {
    match operation {
        "open_ticket" => Trace::Entries("'opened'"),
        "edit_draft" => Trace::Entries("'draft_edited'"),
        "discard_draft" => Trace::Entries("'discarded'"),
        "express_query" => Trace::Entries("'express_query'"),
        "start_ticket" => Trace::Entries("'started'"),
        "claim" => Trace::Entries("'claimed', 'taken_over'"),
        "give_back" => Trace::Entries("'given_back'"),
        "add_comment" => Trace::Entries("'commented'"),
        "edit_last_comment" => Trace::Entries("'comment_edited'"),
        "attach" => Trace::Entries("'attached'"),
        "describe_file" => Trace::Entries("'file_described'"),
        "rotate_file" => Trace::Entries("'file_rotated'"),
        "delete_file" => Trace::Entries("'file_deleted'"),
        "finish_ticket" => Trace::Entries("'finished'"),
        "run_tool" => Trace::Rows(r#"SELECT CAST(COUNT(*) AS TEXT) FROM "tool_run""#),
        "grant_plugin" => Trace::GrantsFile,
        "classify_channel" => Trace::Rows(r#"SELECT group_concat("chat" || ' ' || "class") FROM "channel""#),
        "choose_scope" => {
            Trace::Rows(r#"SELECT group_concat("id" || ' ' || coalesce("chosen_scope", '')) FROM "operator""#)
        }
        "choose_language" => {
            Trace::Rows(r#"SELECT group_concat("id" || ' ' || coalesce("language", '')) FROM "operator""#)
        }
        new => panic!("say where it can be seen that {new} was carried out"),
    }
}

/// What a group is, for the reader of a transcript.
fn about(scene: Scene) -> &'static str {
    match scene {
        Scene::InPrivate => "no group",
        Scene::AmongStaff => "a group of the staff",
        Scene::InUnknownGroup => "a group of which nobody said what it is",
    }
}

fn place_of(person: &Person) -> Place {
    Place {
        platform: bote_telegram::platform(),
        chat: person.id().to_string(),
        thread: String::new(),
        account: person.id().to_string(),
        class: ChannelClass::Private,
    }
}

/// Somebody does something.
fn does(script: &mut Script, person: &Person, place: &Chat, act: &Act, known: &[String], story: &str) {
    let real = |words: &str| words.replace(PROTOCOL, known.first().map_or(PROTOCOL, String::as_str));
    let newest = |wanted: &dyn Fn(&Message) -> bool| {
        let found = place.messages().into_iter().rfind(wanted);
        found.unwrap_or_else(|| panic!("{story}: {:?} cannot be done:\n{}", act.deed, place.transcript()))
    };
    let from_bot = |message: &Message| message.from_bot && !message.service;
    match act.deed {
        Deed::Says(words) => {
            person.says(place, &real(words));
        }
        Deed::Answers(words) => {
            person.replies(place, newest(&from_bot).id, &real(words));
        }
        Deed::Presses(beginning) => {
            let beginning = real(beginning);
            let fits = |label: &&String| label.starts_with(&beginning);
            let message = newest(&|message| message.keyboard.iter().flatten().any(|label| fits(&label)));
            let label = message.keyboard.iter().flatten().find(fits).expect("it has one").clone();
            person.presses_on(place, message.id, &label);
            script.pressed(act.who.name(), place, &message, &label);
        }
        Deed::Sends(1, caption) => {
            person.sends(place, &picture(), caption);
        }
        Deed::Sends(count, caption) => {
            person.sends_album(place, &pictures(count), caption);
        }
        Deed::AnswersWithPicture(caption) => {
            person.replies_with(place, newest(&from_bot).id, &picture(), caption);
        }
        Deed::Changes(beginning, words) => {
            let own = |message: &Message| !message.from_bot && message.text.starts_with(beginning);
            person.edits(place, newest(&own).id, words);
        }
    }
}

fn picture() -> Attachment {
    Attachment::photo(&crate::flow::picture())
}
