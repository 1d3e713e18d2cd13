//! Passwords that people type for one run: sealed with the time they were typed at before anything keeps them, and
//! worth nothing after a minute, wherever a copy may lie.

use crate::desk::TicketDesk;
use bote_sdk::Instant;
use bote_sdk::dialog::Heard;
use bote_sdk::event::{Event, Origin, What};
use bote_sdk::form::{self};
use bote_sdk::personal::{Sealed, Secret};
use bote_sdk::tool::{Run, ToolSpec};
use bote_sdk::traits::{Fault, StoredSession};
use chrono::TimeDelta;

/// How long a typed password lives.
const LIFE: TimeDelta = TimeDelta::seconds(60);

impl TicketDesk {
    /// The event as it may be kept: what is written while a password is asked for is sealed.
    pub(crate) async fn keepable(&self, event: Event) -> Result<Event, Fault> {
        if !matches!(event.what, What::Text(_) | What::Files { .. }) || !self.asks_secret(&event).await? {
            return Ok(event);
        }
        let what = match event.what {
            What::Text(typed) => What::Secret(self.seal_now(&typed)),
            // The words under a file may be the password all the same; nobody asked for a file there.
            What::Files { files, .. } => What::Files { files, caption: String::new() },
            other => other,
        };
        let origin = event.origin.map(|origin| Origin { raw: String::new(), ..origin });
        Ok(Event { what, origin, ..event })
    }

    /// Whether a password is asked for where this happened.
    async fn asks_secret(&self, event: &Event) -> Result<bool, Fault> {
        let session = self.parts.store.session(&event.place).await?;
        Ok(self.expects_secret(session.as_ref()))
    }

    fn expects_secret(&self, session: Option<&StoredSession>) -> bool {
        session.is_some_and(|session| self.parts.dialog.expects_secret(&session.bytes))
    }

    /// Whether what was written is a password, sealed already or not, or a code that binds an account.
    pub(crate) async fn is_secret(&self, event: &Event) -> Result<bool, Fault> {
        let session = self.parts.store.session(&event.place).await?;
        Ok(self.answers_secret(event, session.as_ref()))
    }

    /// The same, in this session.
    pub(crate) fn answers_secret(&self, event: &Event, session: Option<&StoredSession>) -> bool {
        match &event.what {
            What::Secret(_) | What::Code(_) => true,
            What::Text(_) => self.expects_secret(session),
            _ => false,
        }
    }

    /// What the conversation hears of a password.
    pub(crate) fn hear_secret(&self, sealed: &Sealed) -> Heard {
        match self.open_in_time(sealed) {
            Some((typed, until)) => Heard::Secret { typed, sealed: sealed.clone(), until },
            None => Heard::SecretGone,
        }
    }

    /// The argument of an order for a parameter that is a password, worth something for a minute: for programs that ask
    /// the person themselves.
    pub fn password_argument(&self, typed: &Secret) -> String {
        self.seal_now(typed.expose()).to_text()
    }

    /// Sealed, with the time.
    pub(crate) fn seal_now(&self, typed: &str) -> Sealed {
        self.parts.seal.seal(&Secret::new(format!("{}:{typed}", self.now().timestamp_millis())))
    }

    /// What was sealed, and until when, as long as it lives.
    fn open_in_time(&self, sealed: &Sealed) -> Option<(Secret, Instant)> {
        let opened = self.parts.seal.open(sealed)?;
        let (typed_ms, secret) = opened.expose().split_once(':')?;
        let typed_at = Instant::from_timestamp_millis(typed_ms.parse().ok()?)?;
        let until = typed_at + LIFE;
        (self.now() <= until).then(|| (Secret::new(secret), until))
    }

    /// The password of an argument, as long as it lives.
    pub(crate) fn password(&self, argument: &str) -> Option<Secret> {
        let (secret, _) = self.open_in_time(&Sealed::of_text(argument)?)?;
        form::check_password(&secret).is_ok().then_some(secret)
    }

    /// The arguments with passwords opened; `None` where one is gone.
    pub(crate) fn opened(&self, run: &Run, spec: &ToolSpec) -> Option<Vec<(String, String)>> {
        let open = |(name, value): &(String, String)| {
            let value = if spec.is_password(name) { self.password(value)?.expose().to_owned() } else { value.clone() };
            Some((name.clone(), value))
        };
        run.arguments.iter().map(open).collect()
    }
}

/// The run without its passwords, where it has any; of a tool that is gone, without any argument. An empty one stays in
/// their place: a run that was broken off by a crash is not called without them.
pub(crate) fn without_passwords(run: &Run, spec: Option<&ToolSpec>) -> Option<Run> {
    let mut erased = run.clone();
    for (name, value) in &mut erased.arguments {
        if spec.is_none_or(|spec| spec.is_password(name)) {
            value.clear();
        }
    }
    (erased.arguments != run.arguments).then_some(erased)
}
