//! Answers to what people type behind the bot's name. They go at once and by no outbox: whoever types on wants no older one.
//! Each person has one at work and one that waits, which is the newest.

use crate::Telegram;
use crate::update::FROM_SEARCH;
use bote_sdk::search::{Find, Found, TypedSearch};
use bote_sdk::traits::Desk;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::Semaphore;

/// Searches at work at once: enough for a provider, and few beside what turns ask of the database.
const AT_ONCE: usize = 8;
/// People who may search at once. Anybody can type a bot's name; who comes on top gets no answer, and types on.
const PEOPLE: usize = 256;

/// A search, and the id that its answer wants.
type Asked = (String, TypedSearch);

/// The searches of one bot on this host.
pub(crate) struct Searches {
    telegram: Arc<Telegram>,
    desk: Arc<dyn Desk>,
    newest: Mutex<Newest>,
    places: Semaphore,
}

/// Those who search, by account, with what they typed last and nobody works on yet.
#[derive(Default)]
struct Newest(HashMap<String, Option<Asked>>);

impl Newest {
    /// Keeps a search in place of the one before; whether work is to begin for its person.
    fn put(&mut self, asked: Asked) -> bool {
        let account = asked.1.account.account.clone();
        if let Some(before) = self.0.get_mut(&account) {
            *before = Some(asked);
            return false;
        }
        if self.0.len() >= PEOPLE {
            tracing::warn!(people = PEOPLE, "a search is not answered: too many people search at once");
            return false;
        }
        self.0.insert(account, Some(asked));
        true
    }

    /// What a person typed last; without anything new they search no more.
    fn take(&mut self, account: &str) -> Option<Asked> {
        let asked = self.0.get_mut(account).and_then(Option::take);
        if asked.is_none() {
            self.0.remove(account);
        }
        asked
    }
}

impl Searches {
    pub(crate) fn new(telegram: Arc<Telegram>, desk: Arc<dyn Desk>) -> Arc<Self> {
        Arc::new(Self { telegram, desk, newest: Mutex::default(), places: Semaphore::new(AT_ONCE) })
    }

    /// Answers a search soon, unless its person types on before.
    pub(crate) fn push(self: &Arc<Self>, query: &str, typed: TypedSearch) {
        let account = typed.account.account.clone();
        if self.newest().put((query.to_owned(), typed)) {
            let searches = Arc::clone(self);
            tokio::spawn(async move { searches.work(&account).await });
        }
    }

    fn newest(&self) -> MutexGuard<'_, Newest> {
        self.newest.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn work(&self, account: &str) {
        while let Ok(_place) = self.places.acquire().await {
            let Some((query, typed)) = self.newest().take(account) else { return };
            self.answer(&query, &typed).await;
        }
    }

    async fn answer(&self, query: &str, typed: &TypedSearch) {
        let found = match self.desk.search(typed).await {
            Ok(found) => found,
            Err(fault) => {
                tracing::warn!(error = &fault as &dyn std::error::Error, "a search failed");
                return;
            }
        };
        if let Err(error) = self.telegram.api.answer_search(&answer(query, found)).await {
            tracing::warn!(%error, "a search could not be answered any more");
        }
    }
}

/// What was found as Telegram wants it. Nothing is kept there: what somebody may see holds for this moment and for them.
fn answer(query: &str, found: Found) -> Value {
    let article = |find: Find| {
        json!({
            "type": "article", "id": find.writes, "title": find.title, "description": find.detail,
            "input_message_content": { "message_text": find.writes }
        })
    };
    let mut answer = json!({
        "inline_query_id": query,
        "results": found.finds.into_iter().map(article).collect::<Vec<_>>(),
        "next_offset": found.next.unwrap_or_default(),
        "cache_time": 0,
        "is_personal": true
    });
    if let Some(words) = found.bind {
        answer["button"] = json!({ "text": words, "start_parameter": FROM_SEARCH });
    }
    answer
}

#[cfg(test)]
mod tests {
    use super::*;
    use bote_sdk::binding::Account;

    fn asked(account: usize, text: &str) -> Asked {
        let account = Account { platform: crate::platform(), account: account.to_string() };
        (text.to_owned(), TypedSearch { account, language: None, text: text.to_owned(), after: None })
    }

    #[test]
    fn the_newest_of_a_person_waits_and_the_older_ones_are_gone() {
        let mut newest = Newest::default();
        let take = |newest: &mut Newest| newest.take("7").map(|(_, typed)| typed.text);
        assert!(newest.put(asked(7, "z")), "work begins");
        assert_eq!(take(&mut newest).as_deref(), Some("z"));
        for text in ["zi", "zil"] {
            assert!(!newest.put(asked(7, text)), "at work already");
        }
        assert!(newest.put(asked(8, "a")), "others are worked for beside");
        assert_eq!(take(&mut newest).as_deref(), Some("zil"));
        assert_eq!(take(&mut newest), None);
        assert!(newest.put(asked(7, "zilda")), "and begins anew");
    }

    #[test]
    fn more_people_than_can_be_served_are_not() {
        let mut newest = Newest::default();
        assert!((0..PEOPLE).all(|account| newest.put(asked(account, "z"))));
        assert!(!newest.put(asked(PEOPLE, "z")));
        assert!(newest.take(&PEOPLE.to_string()).is_none());
        newest.take("0");
        newest.take("0");
        assert!(newest.put(asked(PEOPLE, "z")), "there is room again");
    }

    #[test]
    fn an_answer_is_for_this_person_now_and_writes_what_names_it() {
        let find = Find { title: "Zilda Fictícia · 1001".into(), detail: "Centro".into(), writes: "1001".into() };
        let found = Found { finds: vec![find], next: Some("1|mp|1001".into()), bind: None };
        let expected = json!({
            "inline_query_id": "44", "cache_time": 0, "is_personal": true, "next_offset": "1|mp|1001",
            "results": [{ "type": "article", "id": "1001", "title": "Zilda Fictícia · 1001", "description": "Centro",
                "input_message_content": { "message_text": "1001" } }]
        });
        assert_eq!(answer("44", found), expected);
    }

    #[test]
    fn whoever_is_bound_to_nobody_is_led_to_the_bot() {
        let answer = answer("44", Found { bind: Some("Vincule sua conta".into()), ..Found::default() });
        assert_eq!(answer["results"], json!([]));
        assert_eq!(answer["button"], json!({ "text": "Vincule sua conta", "start_parameter": "search" }));
    }
}
