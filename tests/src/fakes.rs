//! What stands around the desk of a [`World`](crate::world::World): tools that do as they are told, a network that says
//! what it was told, files in memory, and a seal that anybody can open.

use std::collections::HashMap;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use bote_sdk::Instant;
use bote_sdk::form::{Choice, Offer, Param, ParamKind};
use bote_sdk::id::*;
use bote_sdk::operation::Risk;
use bote_sdk::personal::{Sealed, Secret};
use bote_sdk::plugins::{Offered, PluginGrant, PluginState, PluginView, Wanted};
use bote_sdk::records::{NetworkSession, UsageSample};
use bote_sdk::tool::{Block, Localized, Outcome, ToolCall, ToolEnd, ToolSpec};
use bote_sdk::traits::*;

use crate::sample;

pub(crate) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What a tool does when it is called.
type Deed = Arc<dyn Fn(ToolCall) -> Pin<Box<dyn Future<Output = ToolEnd> + Send>> + Send + Sync>;

/// Tools that end as they are told.
pub struct Tools {
    specs: Mutex<Vec<ToolSpec>>,
    deed: Mutex<Deed>,
    calls: Mutex<Vec<ToolCall>>,
    choices: Mutex<Result<Vec<Offer>, ToolEnd>>,
    asked: Mutex<Vec<(ToolCall, String)>>,
    plugins: Mutex<Vec<PluginView>>,
    grants: Mutex<Vec<Grant>>,
    refusing: Mutex<u32>,
}

/// A grant to a plug-in, or that it was taken back: which, what, and whether.
pub type Grant = (String, Vec<String>, bool);

impl Default for Tools {
    /// One tool, which answers a text.
    fn default() -> Self {
        Self {
            specs: Mutex::new(vec![consumption()]),
            deed: Mutex::new(deed_of(done(vec![Block::Text("1,5 GB".into())]))),
            calls: Mutex::default(),
            choices: Mutex::new(Ok(Vec::new())),
            asked: Mutex::default(),
            plugins: Mutex::new(vec![plugin("test", &[("usage", false)])]),
            grants: Mutex::default(),
            refusing: Mutex::default(),
        }
    }
}

fn deed_of(end: ToolEnd) -> Deed {
    Arc::new(move |_| Box::pin(std::future::ready(end.clone())))
}

impl Tools {
    /// Every later call ends so.
    pub fn end_with(&self, end: ToolEnd) {
        *locked(&self.deed) = deed_of(end);
    }

    /// Every later call does this.
    pub fn act<F>(&self, deed: impl Fn(ToolCall) -> F + Send + Sync + 'static)
    where
        F: Future<Output = ToolEnd> + Send + 'static,
    {
        *locked(&self.deed) = Arc::new(move |call| Box::pin(deed(call)));
    }

    /// The tools there are from now on.
    pub fn install(&self, specs: Vec<ToolSpec>) {
        *locked(&self.specs) = specs;
    }

    /// Every later question for choices is answered so.
    pub fn offer(&self, choices: Result<Vec<Offer>, ToolEnd>) {
        *locked(&self.choices) = choices;
    }

    /// The calls so far.
    pub fn calls(&self) -> Vec<ToolCall> {
        locked(&self.calls).clone()
    }

    /// The plug-ins there are from now on.
    pub fn plug_in(&self, views: Vec<PluginView>) {
        *locked(&self.plugins) = views;
    }

    /// The next grants cannot be written, so many.
    pub fn fail_grants(&self, count: u32) {
        *locked(&self.refusing) = count;
    }

    /// What was granted and taken back so far.
    pub fn grants(&self) -> Vec<Grant> {
        locked(&self.grants).clone()
    }

    /// The questions for choices so far, with the parameters they were about.
    pub fn asked(&self) -> Vec<(ToolCall, String)> {
        locked(&self.asked).clone()
    }
}

#[async_trait]
impl ToolBox for Tools {
    fn tools(&self) -> Vec<ToolSpec> {
        locked(&self.specs).clone()
    }

    async fn call(&self, call: ToolCall) -> ToolEnd {
        locked(&self.calls).push(call.clone());
        let deed = Arc::clone(&locked(&self.deed));
        deed(call).await
    }

    async fn choices(&self, call: ToolCall, parameter: &str) -> Result<Vec<Offer>, ToolEnd> {
        locked(&self.asked).push((call, parameter.to_owned()));
        locked(&self.choices).clone()
    }

    fn plugins(&self) -> Vec<PluginView> {
        locked(&self.plugins).clone()
    }

    async fn grant(&self, decided: &PluginGrant) -> Result<(), Fault> {
        let mut refusing = locked(&self.refusing);
        if let Some(left) = refusing.checked_sub(1) {
            *refusing = left;
            return Err(Fault::Unreachable { what: "the grants", source: "they were told not to be written".into() });
        }
        locked(&self.grants).push((decided.plugin.clone(), decided.capabilities.clone(), decided.grant));
        Ok(())
    }
}

/// No tools at all.
pub struct NoTools;

#[async_trait]
impl ToolBox for NoTools {
    fn tools(&self) -> Vec<ToolSpec> {
        Vec::new()
    }

    async fn call(&self, _: ToolCall) -> ToolEnd {
        ToolEnd::without_answer(Outcome::Unavailable)
    }

    async fn choices(&self, _: ToolCall, _: &str) -> Result<Vec<Offer>, ToolEnd> {
        Err(ToolEnd::without_answer(Outcome::Unavailable))
    }
}

/// The end of a call that went well.
pub fn done(blocks: Vec<Block>) -> ToolEnd {
    ToolEnd { blocks, ..ToolEnd::without_answer(Outcome::Done) }
}

/// A plug-in that asks for these capabilities, each granted or not.
pub fn plugin(id: &str, wanted: &[(&str, bool)]) -> PluginView {
    let wanted = wanted.iter().map(|(capability, granted)| Wanted {
        capability: (*capability).to_owned(),
        reason: localized("Mede a conexão", "Measures the connection"),
        granted: *granted,
        fixed: false,
    });
    let wanted: Vec<_> = wanted.collect();
    let all = wanted.iter().all(|wanted| wanted.granted);
    PluginView {
        id: id.to_owned(),
        version: "0.1.0".to_owned(),
        state: if all { PluginState::Runs } else { PluginState::Refused },
        wanted,
        tools: vec![Offered { title: localized("Medir", "Measure"), risk: Risk::Read }],
        why: Vec::new(),
        log: Vec::new(),
    }
}

/// A text in both languages.
pub fn localized(portuguese: &str, en: &str) -> Localized {
    Localized { portuguese: portuguese.into(), en: en.into() }
}

/// A question that must be answered.
pub fn param(name: &str, kind: ParamKind, label: Localized) -> Param {
    Param { name: name.into(), label, help: None, required: true, default: None, kind }
}

/// A value of a choice.
pub fn choice(value: &str, label: Localized) -> Choice {
    Choice { value: value.into(), label }
}

/// A choice that was made for one question.
pub fn offer(value: &str, label: &str) -> Offer {
    Offer { value: value.into(), label: label.into() }
}

/// A tool with one question, on the ticket's connection.
pub fn consumption() -> ToolSpec {
    let periods = vec![choice("day", localized("Dia", "Day")), choice("week", localized("Semana", "Week"))];
    ToolSpec {
        id: ToolId("test/consumption".into()),
        title: localized("Consumo", "Usage"),
        description: localized("O que a conexão usou.", "What the connection used."),
        needs_connection: true,
        risk: Risk::Read,
        permissions: vec![],
        params: vec![param("period", ParamKind::Choice(periods), localized("Qual período?", "Which period?"))],
    }
}

/// A network that moved what the sample says and knows the sessions it was told.
#[derive(Default)]
pub struct Lines {
    sessions: Mutex<Vec<NetworkSession>>,
    down: AtomicBool,
}

impl Lines {
    /// The sessions there are from now on.
    pub fn online(&self, sessions: Vec<NetworkSession>) {
        *locked(&self.sessions) = sessions;
    }

    /// From now on nobody knows of any session.
    pub fn fail(&self, down: bool) {
        self.down.store(down, Ordering::SeqCst);
    }
}

#[async_trait]
impl Network for Lines {
    async fn usage(&self, _: ConnectionCode, _: Instant, _: Instant) -> Result<Vec<UsageSample>, Fault> {
        Ok(sample::usage())
    }

    async fn sessions(
        &self,
        connection: ConnectionCode,
        from: Instant,
        to: Instant,
    ) -> Result<Vec<NetworkSession>, Fault> {
        if self.down.load(Ordering::SeqCst) {
            return Err(Fault::Unreachable { what: "the network", source: "it was told not to answer".into() });
        }
        let touches = |s: &&NetworkSession| s.started_at < to && s.stopped_at.is_none_or(|stopped| stopped > from);
        let all = locked(&self.sessions);
        Ok(all.iter().filter(|s| s.connection == connection).filter(touches).cloned().collect())
    }
}

/// Content of files in memory.
#[derive(Default)]
pub struct Shelf(Mutex<HashMap<ContentHash, Vec<u8>>>);

#[async_trait]
impl Files for Shelf {
    async fn put(&self, hash: &ContentHash, bytes: Vec<u8>) -> Result<(), Fault> {
        locked(&self.0).insert(hash.clone(), bytes);
        Ok(())
    }

    async fn get(&self, hash: &ContentHash) -> Result<Option<Vec<u8>>, Fault> {
        Ok(locked(&self.0).get(hash).cloned())
    }
}

/// A seal that anybody can open; what it did not seal it does not open.
pub struct Wax;

const WAX: &[u8] = b"wax:";

impl Seal for Wax {
    fn seal(&self, secret: &Secret) -> Sealed {
        Sealed([WAX, secret.expose().as_bytes()].concat())
    }

    fn open(&self, sealed: &Sealed) -> Option<Secret> {
        let opened = sealed.0.strip_prefix(WAX)?;
        String::from_utf8(opened.to_vec()).ok().map(Secret::new)
    }
}

/// A ticket that a call may do nothing with.
pub struct NoWork;

impl TicketWork for NoWork {}
