//! What `bote serve` runs, over the model of Telegram and by clocks that stand still: only a story moves them. So the same
//! story says the same to the letter, its numbers, times and charts as well.

use std::collections::HashMap;
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use bote::demo;
use bote::wiring::{self, Devices};
use bote_desk::code_hash;
use bote_sdk::dialog::Language;
use bote_sdk::id::OperatorId;
use bote_sdk::personal::Secret;
use bote_sdk::traits::{Clock as _, Messenger, Store as _};
use bote_store::SqlStore;
use bote_telegram::{Inbox, Marks, Telegram, TelegramOptions};
use bote_tests::plugins::plugins_folder;
use bote_tests::world::HandClock;
use bote_world::telegram::{Bot, Chat, Message, MessageId, Pace, Person, Pressed, Screen, World};
use chrono::{DateTime, TimeDelta};
use tempfile::TempDir;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::names;
use crate::served::TOKEN;

/// The provider's time, which the phones show: three hours behind UTC, all year.
const AHEAD: i64 = -3 * 3600;
/// How long people take for each deed: no button asks longer for its answer.
const DEED: Duration = Duration::from_secs(12);
/// How codes begin that bind accounts. Those of the program are random.
const CODE: &str = "k7mq2vxr9tbw4hdn";

/// The invented provider and its bot, at work.
pub(crate) struct Stage {
    pub(crate) world: World,
    pub(crate) bot: Bot,
    language: Language,
    store: Arc<SqlStore>,
    clock: Arc<HandClock>,
    tell: watch::Sender<bool>,
    served: JoinHandle<()>,
    _folder: TempDir,
}

impl Stage {
    /// The provider's people speak this language.
    pub(crate) async fn set(language: Language) -> Self {
        let world = World::start_at(Pace::still()).await;
        let bot = world.bot(TOKEN).named("bote", "bote_bot");
        let now = DateTime::from_timestamp(world.now(), 0).expect("the model's time is a time");
        let clock = Arc::new(HandClock::at(now));
        let folder = tempfile::Builder::new().prefix("bote-pictures-").tempdir().expect("a temporary folder");
        let mut config = demo::config(folder.path(), Some(&plugins(&folder))).expect("a configuration");
        config.plugins.signatures = "off".to_owned();
        config.provider.language = language.tag().to_owned();
        let store = wiring::store(&config).await.expect("a database");
        let mut provider = demo::registry(now);
        names::translate(&mut provider, language);
        for operator in &mut provider.operators {
            operator.language = Some(language.tag().to_owned());
        }
        store.import(&provider).await.expect("a provider");
        let options = TelegramOptions {
            token: Secret::new(TOKEN),
            api_url: Some(world.url()),
            menus: Vec::new(),
            webhook: None,
            paced: false,
        };
        let telegram = Arc::new(Telegram::new(&options, Marks::new(&[7; 32])).expect("a client"));
        let messenger: Arc<dyn Messenger> = Arc::clone(&telegram) as Arc<dyn Messenger>;
        let messengers = HashMap::from([(bote_telegram::platform(), messenger)]);
        let (tell, stop) = watch::channel(false);
        let desk = wiring::desk(&config, Arc::clone(&store), Devices::Real, messengers, clock.clone());
        let inbox = Inbox::new(telegram, desk.expect("a desk"), "pictures".to_owned());
        let served = tokio::spawn(bote_telegram::serve(inbox, stop));
        Self { world, bot, language, store, clock, tell, served, _folder: folder }
    }

    /// A person and their phone.
    pub(crate) fn person(&self, name: &str) -> Person {
        self.world.person(name, self.language.tag())
    }

    /// A code that binds an account to an operator.
    pub(crate) async fn code(&self, operator: i64) -> String {
        let code = format!("{CODE}{operator}");
        let until = self.clock.now() + TimeDelta::minutes(10);
        self.store.issue_code(&code_hash(&code), OperatorId(operator), until).await.expect("the store works");
        code
    }

    /// Somebody with a phone, bound to an operator.
    pub(crate) async fn bound(&self, operator: i64, name: &str) -> Person {
        let person = self.person(name);
        let mut there = Scene::at(self, &person.chat(&self.bot), &person);
        there.says(&person, &format!("/start {}", self.code(operator).await), "bote").await;
        person
    }

    /// Time goes by, for all.
    fn passes(&self, time: Duration) {
        self.world.forward(time);
        self.clock.forward(TimeDelta::from_std(time).expect("a short time"));
    }

    /// The program is told to stop, and does.
    pub(crate) async fn ends(self) {
        self.bot.caught_up().await;
        _ = self.tell.send(true);
        self.served.await.expect("it ends well");
        self.world.assert_fits();
    }
}

/// The plug-ins that ship, and none of those for tests. Copies: a tool whose file is built anew meanwhile moves to the end of
/// its list.
fn plugins(folder: &TempDir) -> PathBuf {
    let plugins = folder.path().join("shipped");
    fs::create_dir(&plugins).expect("the folder can be written to");
    for name in ["consumption.wasm", "device-http.wasm", "online.wasm"] {
        fs::copy(plugins_folder().join(name), plugins.join(name)).expect("it is built");
    }
    plugins
}

/// A chat, and what was seen and done there since the scene began.
pub(crate) struct Scene<'a> {
    stage: &'a Stage,
    chat: Chat,
    owner: Person,
    /// The first message that is seen.
    from: MessageId,
    pressed: Vec<Pressed>,
}

impl<'a> Scene<'a> {
    /// On the phone of somebody.
    pub(crate) fn at(stage: &'a Stage, chat: &Chat, owner: &Person) -> Self {
        let mut scene =
            Self { stage, chat: chat.clone(), owner: owner.clone(), from: MessageId(0), pressed: Vec::new() };
        scene.begins();
        scene
    }

    /// From here on.
    pub(crate) fn begins(&mut self) {
        self.from = MessageId(self.chat.messages().last().map_or(0, |last| last.id.0) + 1);
        self.pressed.clear();
    }

    /// From here on; the last message so far is seen as well.
    pub(crate) fn begins_with_the_last(&mut self) {
        self.from = self.chat.last().id;
        self.pressed.clear();
    }

    /// Waits until the bot has taken away what somebody wrote.
    pub(crate) async fn loses(&self, words: &str) {
        let is_gone = |messages: &[Message]| !messages.iter().any(|message| message.text.contains(words));
        self.chat.wait_for(is_gone).await;
    }

    /// Somebody writes; the answer with these words.
    pub(crate) async fn says(&mut self, who: &Person, words: &str, answer: &str) -> Message {
        self.happens(answer, |chat| _ = who.says(chat, words)).await
    }

    /// Something happens; the answer with these words.
    pub(crate) async fn happens(&mut self, answer: &str, deed: impl FnOnce(&Chat)) -> Message {
        self.stage.passes(DEED);
        let before = self.chat.messages();
        deed(&self.chat);
        // An answer may be a message that was there and is changed.
        let is_answer =
            |message: &&Message| message.from_bot && message.text.contains(answer) && !before.contains(message);
        let messages = self.chat.wait_for(|messages| messages.iter().any(|message| is_answer(&message))).await;
        messages.iter().rfind(is_answer).cloned().expect("it came")
    }

    /// Somebody presses the newest button of this label; the answer with these words.
    pub(crate) async fn presses(&mut self, who: &Person, label: &str, answer: &str) -> Message {
        let messages = self.chat.messages();
        let found = messages.iter().rfind(|message| message.has_button(label));
        let Some(message) = found else { panic!("there is no button {label:?}:\n{}", self.chat.transcript()) };
        self.presses_on(who, message.id, label, answer).await
    }

    /// Somebody presses a button of a certain message; the answer with these words.
    pub(crate) async fn presses_on(&mut self, who: &Person, message: MessageId, label: &str, answer: &str) -> Message {
        let pressed = Pressed { message, label: label.to_owned(), by: who.name() };
        if !self.pressed.contains(&pressed) {
            self.pressed.push(pressed);
        }
        self.happens(answer, |chat| who.presses_on(chat, message, label)).await
    }

    /// The newest button of this label is seen as pressed by somebody; its message.
    pub(crate) fn marks(&mut self, who: &Person, label: &str) -> MessageId {
        let messages = self.chat.messages();
        let found = messages.iter().rfind(|message| message.has_button(label));
        let Some(message) = found else { panic!("there is no button {label:?}:\n{}", self.chat.transcript()) };
        self.pressed.push(Pressed { message: message.id, label: label.to_owned(), by: who.name() });
        message.id
    }

    /// What the phone shows now of this scene.
    pub(crate) fn screen(&self) -> Screen {
        let mut screen = self.chat.screen(&self.owner, AHEAD);
        screen.messages.retain(|message| message.id >= self.from);
        screen.pressed.clone_from(&self.pressed);
        screen
    }
}
