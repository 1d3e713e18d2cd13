//! What people see of every operation of the catalogue on Telegram: in private, in a group of the staff, and in a group of
//! which nobody said what it is. A story is what people do, one deed after the other. What its chats look like to those who
//! are in them is its transcript, which is kept and reviewed in `stories/transcripts`, and written anew by `INSTA_UPDATE=always`.
//!
//! A story says what it carries out and what is refused in it, and the database has the last word on both. So an operation
//! without stories, and a story that only claims to be one, fail a test.

mod cast;
mod finishing;
mod opening;
mod script;
mod settings;
mod settled;
mod stage;
mod timeline;
mod tools;
mod working;

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use bote_sdk::operation::OPERATIONS;

use cast::{Act, Scene};
use stage::Stage;

/// One story.
#[derive(Debug)]
pub(crate) struct Story {
    /// The name of its transcript.
    pub(crate) name: &'static str,
    /// Where it is told.
    pub(crate) scene: Scene,
    /// The ticket there is before, which deeds call [`cast::PROTOCOL`].
    pub(crate) given: Given,
    /// The operations it carries out, by name, and no others.
    pub(crate) does: &'static [&'static str],
    /// The operations it is told in it that they are not for here.
    pub(crate) refused: &'static [&'static str],
    /// What people do.
    pub(crate) acts: &'static [Act],
}

/// The ticket there is before a story, of the customer of this code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Given {
    Nothing,
    /// In progress, and nobody's.
    Waiting(i64),
    /// In progress, and Téo's.
    HeldByTeo(i64),
}

/// All stories, in the order in which they are told.
fn stories() -> impl Iterator<Item = &'static Story> {
    [opening::STORIES, working::STORIES, timeline::STORIES, finishing::STORIES, tools::STORIES, settings::STORIES]
        .into_iter()
        .flatten()
}

/// Why an operation has no story here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Untold {
    /// It has rules and tests, but the conversation makes no order of it: no word and no button leads to it.
    NothingAsksForIt,
}

/// The operations without stories. As soon as the conversation orders one of them, it does not belong here any more.
const UNTOLD: &[(&str, Untold)] = &[
    ("edit_draft", Untold::NothingAsksForIt),
    ("describe_file", Untold::NothingAsksForIt),
    ("rotate_file", Untold::NothingAsksForIt),
    ("delete_file", Untold::NothingAsksForIt),
];

/// How it is said that something is not for a place or a person.
const REFUSALS: [&str; 3] = ["conversa privada", "conversa particular", "Você não tem a permissão"];

/// Where the conversation stands in the tree.
const CONVERSATION: &str = "../bots/conversation/src";

fn untold(operation: &str) -> Option<Untold> {
    UNTOLD.iter().find(|(name, _)| *name == operation).map(|(_, why)| *why)
}

#[tokio::test(flavor = "multi_thread")]
async fn each_story_shows_what_its_transcript_says_and_does_what_it_claims() {
    let mut stage = Stage::set_up().await;
    let mut wrong = Vec::new();
    for story in stories() {
        let told = stage.tell(story).await;
        let claimed: BTreeSet<_> = story.does.iter().copied().collect();
        if told.done != claimed {
            wrong.push(format!("{}: it claims {claimed:?} and did {:?}", story.name, told.done));
        }
        let refused = REFUSALS.iter().any(|words| told.transcript.contains(words));
        if !story.refused.is_empty() && !refused {
            wrong.push(format!("{}: nothing is refused in it", story.name));
        }
        wrong.extend(told.leaks.into_iter().map(|leak| format!("{}: {leak}", story.name)));
        let mut settings = insta::Settings::clone_current();
        settings.set_snapshot_path("stories/transcripts");
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        // All that differ are shown, and not the first alone.
        let same = AssertUnwindSafe(|| settings.bind(|| insta::assert_snapshot!(story.name, told.transcript)));
        if catch_unwind(same).is_err() {
            wrong.push(format!("{}: its transcript is another", story.name));
        }
    }
    stage.end().await;
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_operation_has_a_story_in_each_kind_of_chat() {
    let mut missing = Vec::new();
    for name in OPERATIONS.iter().map(|spec| spec.name) {
        let told: Vec<_> =
            stories().filter(|story| story.does.contains(&name) || story.refused.contains(&name)).collect();
        match untold(name) {
            Some(why) if !told.is_empty() => missing.push(format!("{name} has a story, and not {why:?}")),
            Some(Untold::NothingAsksForIt) => {}
            None => {
                let without = Scene::ALL.into_iter().filter(|scene| told.iter().all(|story| story.scene != *scene));
                missing.extend(without.map(|scene| format!("{name} has no story {scene:?}")));
                if told.iter().all(|story| !story.does.contains(&name)) {
                    missing.push(format!("{name} is carried out in no story"));
                }
            }
        }
    }
    assert!(missing.is_empty(), "tell them below tests/tests/telegram/stories:\n{}", missing.join("\n"));
}

#[test]
fn stories_tell_of_operations_that_exist_and_have_names_of_their_own() {
    let known: BTreeSet<_> = OPERATIONS.iter().map(|spec| spec.name).collect();
    let told = stories().flat_map(|story| story.does.iter().chain(story.refused));
    let listed = told.copied().chain(UNTOLD.iter().map(|(name, _)| *name));
    let unknown: Vec<_> = listed.filter(|name| !known.contains(name)).collect();
    assert!(unknown.is_empty(), "{unknown:?}");
    let names: BTreeSet<_> = stories().map(|story| story.name).collect();
    assert_eq!(names.len(), stories().count(), "two stories share a name");
}

/// Operations are ordered by the conversation alone (a front end sees the desk through its traits), and in its own words.
#[test]
fn the_conversation_orders_every_operation_with_stories_and_no_other() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(CONVERSATION);
    let walk = walkdir::WalkDir::new(folder).into_iter().map(|entry| entry.expect("the sources can be read"));
    let sources = walk.filter(|entry| entry.path().extension().is_some_and(|extension| extension == "rs"));
    let text: String =
        sources.map(|file| std::fs::read_to_string(file.path()).expect("the sources can be read")).collect();
    for name in OPERATIONS.iter().map(|spec| spec.name) {
        let written = format!("Operation::{}", variant(name));
        let ordered = text.split(&written).skip(1).any(|rest| !rest.starts_with(char::is_alphanumeric));
        assert_eq!(ordered, untold(name).is_none(), "{written} in {CONVERSATION}");
    }
}

/// `claim_ticket` as code writes it: `ClaimTicket`.
fn variant(name: &str) -> String {
    let capital = |word: &str| word[..1].to_uppercase() + &word[1..];
    name.split('_').map(capital).collect()
}

#[test]
fn no_transcript_is_left_of_a_story_that_is_gone() {
    let names: BTreeSet<_> = stories().map(|story| format!("{}.snap", story.name)).collect();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/telegram/stories/transcripts");
    let kept = std::fs::read_dir(folder).expect("the transcripts are there");
    let kept: BTreeSet<_> = kept.map(|file| file.expect("a file").file_name().to_string_lossy().into_owned()).collect();
    assert_eq!(kept, names);
}
