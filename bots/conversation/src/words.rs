//! Words from the catalogues in `locales/`, one file a language, both complete (a test compares them).

use bote_sdk::dialog::Language;
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use std::sync::LazyLock;
use unic_langid::LanguageIdentifier;

type Bundle = FluentBundle<FluentResource>;

static PORTUGUESE: LazyLock<Bundle> =
    LazyLock::new(|| bundle(Language::Portuguese, include_str!("../locales/pt-BR/bote.ftl")));
static ENGLISH: LazyLock<Bundle> = LazyLock::new(|| bundle(Language::English, include_str!("../locales/en/bote.ftl")));

/// The catalogues are part of the program and checked by a test; a broken entry is left out, and its key shows instead.
fn bundle(language: Language, text: &str) -> Bundle {
    let language: LanguageIdentifier = language.tag().parse().unwrap_or_default();
    let mut bundle = FluentBundle::new_concurrent(vec![language]);
    bundle.set_use_isolating(false);
    let resource = FluentResource::try_new(text.to_owned()).unwrap_or_else(|(partial, _)| partial);
    bundle.add_resource_overriding(resource);
    bundle
}

/// The words of one language.
#[derive(Clone, Copy)]
pub(crate) struct Words(&'static Bundle);

impl Words {
    pub(crate) fn of(language: Language) -> Self {
        match language {
            Language::Portuguese => Self(&PORTUGUESE),
            Language::English => Self(&ENGLISH),
        }
    }

    /// The text of a key.
    pub(crate) fn get(self, key: &str) -> String {
        self.with(key, &[])
    }

    /// The text of a key with its variables. A key without text is shown as it is: better a word than a hole.
    pub(crate) fn with(self, key: &str, variables: &[(&str, Value)]) -> String {
        let Some(pattern) = self.0.get_message(key).and_then(|message| message.value()) else {
            return key.to_owned();
        };
        let mut args = FluentArgs::new();
        for (name, value) in variables {
            match value {
                Value::Text(text) => args.set(*name, text.as_str()),
                Value::Number(number) => args.set(*name, FluentValue::from(*number)),
            }
        }
        let mut errors = Vec::new();
        self.0.format_pattern(pattern, Some(&args), &mut errors).into_owned()
    }
}

/// A variable: text as it stands, or a number that chooses a plural.
#[derive(Clone, Debug)]
pub(crate) enum Value {
    Text(String),
    Number(i64),
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_catalogues_are_read_without_errors() {
        for text in [include_str!("../locales/pt-BR/bote.ftl"), include_str!("../locales/en/bote.ftl")] {
            if let Err((_, errors)) = FluentResource::try_new(text.to_owned()) {
                panic!("{errors:?}");
            }
        }
    }

    #[test]
    fn plurals_follow_the_number() {
        let words = Words::of(Language::Portuguese);
        assert_eq!(words.with("files", &[("count", 1.into())]), "1 arquivo");
        assert_eq!(words.with("files", &[("count", 3.into())]), "3 arquivos");
    }
}
