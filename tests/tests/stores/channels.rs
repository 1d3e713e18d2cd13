//! Channels: what each is, its moving to another id with all that is kept of it, and what its messages were
//! when they came.

use bote_sdk::actor::ChannelClass;
use bote_sdk::event::{Channel, Event, EventId, Origin, Place, Platform, What};
use bote_sdk::job::{Job, JobEnd, Served, TakenJob};
use bote_sdk::traits::{Batch, Preference, Said, SessionWrite, StoredSession};
use bote_tests::sample::*;

use crate::{ANSWERS, Shared, done, received};

pub(crate) async fn a_channel_is_nothing_until_somebody_says_what_it_is(store: Shared) {
    let other = Channel { platform: Platform("other".into()), ..channel("-100") };
    assert_eq!(class_of(&store, "-100").await, None);
    for class in [ChannelClass::StaffGroup, ChannelClass::Customer, ChannelClass::StaffGroup] {
        store.classify(&channel("-100"), class).await.expect(ANSWERS);
        assert_eq!(class_of(&store, "-100").await, Some(class), "the last word counts");
    }
    assert_eq!(class_of(&store, "-1001").await, None, "of a chat whose number begins alike");
    assert_eq!(store.class_of(&other).await.expect(ANSWERS), None, "of the same number on another platform");
}

pub(crate) async fn a_turn_says_what_a_channel_is(store: Shared) {
    for class in [ChannelClass::StaffGroup, ChannelClass::Customer] {
        let preference = Some(Preference::Class(channel("-100"), class));
        done(&store, Batch { preference, at: at(24, 9, 0), ..Batch::default() }).await;
        assert_eq!(class_of(&store, "-100").await, Some(class));
    }
}

pub(crate) async fn channels_are_read_page_by_page_in_order(store: Shared) {
    let mut all: Vec<_> = ["-1001", "-100", "-99", "5"].map(channel).into();
    all.push(Channel { platform: Platform("another".into()), chat: "-500".into() });
    for channel in &all {
        store.classify(channel, ChannelClass::StaffGroup).await.expect(ANSWERS);
    }
    all.sort();
    let (mut read, mut after) = (Vec::new(), None);
    loop {
        let page = store.channels(after.as_ref(), 2).await.expect(ANSWERS);
        assert!(page.len() <= 2, "no more than asked for");
        let Some((last, _)) = page.last() else { break };
        after = Some(last.clone());
        read.extend(page);
    }
    assert_eq!(read, all.into_iter().map(|channel| (channel, ChannelClass::StaffGroup)).collect::<Vec<_>>());
}

pub(crate) async fn all_that_is_kept_of_a_channel_moves_with_it_and_nothing_of_others(store: Shared) {
    let places = [here("-100", "", "ana"), here("-100", "7", "ana"), here("-100", "", "bruno")];
    let others = [here("-1001", "", "ana"), here("-10", "", "ana"), here("-100a", "", "ana"), here("5", "", "-100")];
    let elsewhere = Place { platform: Platform("other".into()), ..here("-100", "", "ana") };
    for place in places.iter().chain(&others).chain([&elsewhere]) {
        store.classify(&place.channel(), ChannelClass::StaffGroup).await.expect(ANSWERS);
        received(&store, &message(place, "pending", "1")).await;
        received(&store, &message(place, "done", "2")).await;
        let jobs = vec![say(place, "um"), say(place, "dois"), ring(place, "draft", at(25, 9, 0))];
        let events = vec![message(place, "done", "2").id];
        let session = Some(SessionWrite { place: place.clone(), bytes: place.key().into_bytes(), seen: 0 });
        done(&store, Batch { session, events, jobs, at: at(24, 9, 0), ..Batch::default() }).await;
    }
    let left = Seen::of(&store, &others, &elsewhere).await;

    store.move_channel(&channel("-100"), "-200").await.expect(ANSWERS);

    assert_eq!(Seen::of(&store, &others, &elsewhere).await, left);
    assert_eq!(class_of(&store, "-100").await, None);
    assert_eq!(class_of(&store, "-200").await, Some(ChannelClass::StaffGroup));
    for old in &places {
        let new = Place { chat: "-200".into(), ..old.clone() };
        assert_eq!(store.session(old).await.expect(ANSWERS), None);
        let session = store.session(&new).await.expect(ANSWERS).expect("it moved");
        assert_eq!(session, StoredSession { bytes: old.key().into_bytes(), revision: 1 });
        // An event is known by its id, whatever its chat is called now.
        let waiting = store.pending_event(&message(old, "pending", "1").id).await.expect(ANSWERS);
        assert_eq!(waiting.iter().map(|event| &event.place).collect::<Vec<_>>(), [&new]);
    }
    assert_eq!(store.pending_events(&served_chat("-100"), 100).await.expect(ANSWERS), []);
    assert_eq!(store.pending_events(&served_chat("-200"), 100).await.expect(ANSWERS).len(), places.len());

    assert_eq!(store.next_due(&served_chat("-100")).await.expect(ANSWERS), None);
    for text in ["um", "dois"] {
        let taken = take(&store, &served_chat("-200")).await;
        let of: Vec<_> = taken.iter().map(|job| (job.place.clone(), said_in(job))).collect();
        let new = places.iter().map(|old| (Place { chat: "-200".into(), ..old.clone() }, text.to_owned()));
        assert_eq!(of, new.collect::<Vec<_>>(), "one of each lane, and in order");
        for job in &taken {
            store.end_job(job, JobEnd::Done, vec![]).await.expect(ANSWERS);
        }
    }
    // A timer that is set again there is the one that moved.
    let new = here("-200", "", "ana");
    let again = Batch { jobs: vec![ring(&new, "draft", at(24, 9, 0))], at: at(24, 9, 0), ..Batch::default() };
    done(&store, again).await;
    assert_eq!(take(&store, &served_chat("-200")).await.len(), 1);
    store.release_jobs(&served()).await.expect(ANSWERS);
    let late = store.take_jobs(&served_chat("-200"), at(25, 9, 0), at(25, 9, 1), 100).await.expect(ANSWERS);
    assert_eq!(late.len(), places.len(), "it does not ring twice: {late:?}");
}

pub(crate) async fn moving_a_channel_to_where_it_is_changes_nothing(store: Shared) {
    let place = here("-200", "", "ana");
    store.classify(&channel("-200"), ChannelClass::StaffGroup).await.expect(ANSWERS);
    let session = Some(SessionWrite { place: place.clone(), bytes: b"draft".to_vec(), seen: 0 });
    let jobs = vec![say(&place, "um"), ring(&place, "draft", at(25, 9, 0))];
    done(&store, Batch { session, jobs, at: at(24, 9, 0), ..Batch::default() }).await;
    received(&store, &message(&place, "pending", "1")).await;

    // A turn that is taken again after it moved the channel moves it once more.
    store.move_channel(&channel("-200"), "-200").await.expect(ANSWERS);
    store.move_channel(&channel("-100"), "-200").await.expect("there is nothing any more to be moved");

    assert_eq!(class_of(&store, "-200").await, Some(ChannelClass::StaffGroup));
    assert!(store.session(&place).await.expect(ANSWERS).is_some());
    assert_eq!(take(&store, &served()).await.len(), 1);
    assert_eq!(store.pending_events(&served(), 10).await.expect(ANSWERS).len(), 1);
}

pub(crate) async fn what_was_done_in_the_new_chat_before_it_was_known_to_be_the_old_one_stays(store: Shared) {
    let (old, new) = (here("-100", "", "ana"), here("-200", "", "ana"));
    for (place, class, due) in
        [(&old, ChannelClass::StaffGroup, at(24, 9, 30)), (&new, ChannelClass::Customer, at(24, 9, 40))]
    {
        store.classify(&place.channel(), class).await.expect(ANSWERS);
        let session = Some(SessionWrite { place: place.clone(), bytes: place.key().into_bytes(), seen: 0 });
        let jobs = vec![ring(place, "draft", due)];
        done(&store, Batch { session, jobs, at: at(24, 9, 0), ..Batch::default() }).await;
    }
    store.move_channel(&channel("-100"), "-200").await.expect(ANSWERS);

    assert_eq!((class_of(&store, "-100").await, class_of(&store, "-200").await), (None, Some(ChannelClass::Customer)));
    assert_eq!(store.session(&old).await.expect(ANSWERS), None);
    let session = store.session(&new).await.expect(ANSWERS).expect("hers");
    assert_eq!(session.bytes, new.key().into_bytes(), "the newer");
    let rings = store.take_jobs(&served(), at(25, 9, 0), at(25, 9, 1), 10).await.expect(ANSWERS);
    assert_eq!(rings.iter().map(|job| (&job.place, job.due)).collect::<Vec<_>>(), [(&new, at(24, 9, 40))]);
    store.end_job(&rings[0], JobEnd::Done, vec![]).await.expect(ANSWERS);
    assert_eq!(store.next_due(&served()).await.expect(ANSWERS), None, "and it rings once");
}

pub(crate) async fn a_message_is_found_by_its_channel_and_number_whatever_became_of_its_event(store: Shared) {
    let (here, there) = (here("-100", "", "ana"), here("-1001", "", "ana"));
    let first = message(&here, "first", "7");
    for event in [&first, &message(&there, "second", "7"), &message(&here, "third", "8")] {
        received(&store, event).await;
    }
    let known = Some(Said { event: first.id.clone(), what: Some(first.what.clone()), changed: None });
    assert_eq!(said(&store, "-100", "7").await, known);
    assert_eq!(said(&store, "-1001", "7").await.map(|said| said.event.id), Some("-1001 second".to_owned()));
    for (chat, message) in [("-100", "9"), ("-10", "7"), ("-100", "")] {
        assert_eq!(said(&store, chat, message).await, None, "{chat} {message}");
    }
    done(&store, Batch { events: vec![first.id.clone()], at: at(24, 9, 1), ..Batch::default() }).await;
    assert_eq!(said(&store, "-100", "7").await, known, "after its turn");
    store.move_channel(&channel("-100"), "-200").await.expect(ANSWERS);
    assert_eq!(said(&store, "-100", "7").await, known, "it stays where it was said");
    assert_eq!(said(&store, "-200", "7").await, None, "numbers begin anew there");
}

pub(crate) async fn a_message_says_what_it_was_changed_to_before_an_event(store: Shared) {
    let here = here("-100", "", "ana");
    let change = |id: &str, number: &str, text: &str| {
        let what = What::Edited { message: number.into(), text: text.into() };
        Event { what, ..message(&here, id, number) }
    };
    let first = message(&here, "first", "7");
    let [two, three] = [change("two", "7", "dois"), change("three", "7", "três")];
    let taken_away = Event { what: What::Notice("edited_message".into()), ..message(&here, "four", "7") };
    for event in [&first, &two, &change("other", "8", "outra"), &three, &taken_away] {
        received(&store, event).await;
    }
    let before = async |event: &Event| {
        let said = store.said(&channel("-100"), "7", &event.id).await.expect(ANSWERS).expect("it came");
        assert!(
            said.event == first.id && said.what.as_ref() == Some(&first.what),
            "the first is the message: {said:?}"
        );
        said.changed
    };
    assert_eq!(before(&first).await, None);
    assert_eq!(before(&two).await, None, "not to what it is about to be changed to");
    assert_eq!(before(&three).await.as_deref(), Some("dois"));
    assert_eq!(before(&taken_away).await.as_deref(), Some("três"));
    assert_eq!(said(&store, "-100", "7").await.and_then(|said| said.changed).as_deref(), Some("três"), "by now");
    let events = vec![three.id.clone()];
    done(&store, Batch { events, erase_events: true, at: at(24, 9, 1), ..Batch::default() }).await;
    assert_eq!(before(&taken_away).await.as_deref(), Some("dois"), "what was erased is not known");
}

pub(crate) async fn of_a_message_that_was_erased_only_is_known_that_it_came(store: Shared) {
    let here = here("-100", "", "ana");
    let (used, parked) = (message(&here, "used", "7"), message(&here, "parked", "8"));
    for event in [&used, &parked] {
        received(&store, event).await;
    }
    done(&store, Batch { events: vec![used.id.clone()], erase_events: true, at: at(24, 9, 1), ..Batch::default() })
        .await;
    assert!(store.turn_failed(std::slice::from_ref(&parked.id), 1, true).await.expect(ANSWERS));
    for (number, event) in [("7", &used), ("8", &parked)] {
        assert_eq!(
            said(&store, "-100", number).await,
            Some(Said { event: event.id.clone(), what: None, changed: None })
        );
    }
    store.move_channel(&channel("-100"), "-200").await.expect(ANSWERS);
    assert_eq!(said(&store, "-200", "7").await, None);
}

on_every_store!(
    a_channel_is_nothing_until_somebody_says_what_it_is,
    a_turn_says_what_a_channel_is,
    channels_are_read_page_by_page_in_order,
    all_that_is_kept_of_a_channel_moves_with_it_and_nothing_of_others,
    moving_a_channel_to_where_it_is_changes_nothing,
    what_was_done_in_the_new_chat_before_it_was_known_to_be_the_old_one_stays,
    a_message_is_found_by_its_channel_and_number_whatever_became_of_its_event,
    a_message_says_what_it_was_changed_to_before_an_event,
    of_a_message_that_was_erased_only_is_known_that_it_came,
);

/// What is kept of chats that do not move.
#[derive(Debug, PartialEq)]
struct Seen {
    classes: Vec<Option<ChannelClass>>,
    sessions: Vec<Option<StoredSession>>,
    events: Vec<Vec<Event>>,
    messages: Vec<Option<Said>>,
    jobs: Vec<(Place, Job)>,
}

impl Seen {
    async fn of(store: &Shared, places: &[Place], elsewhere: &Place) -> Self {
        let mut seen = Self { classes: vec![], sessions: vec![], events: vec![], messages: vec![], jobs: vec![] };
        for place in places.iter().chain([elsewhere]) {
            let served = Served { platform: place.platform.clone(), ..served_chat(&place.chat) };
            seen.classes.push(store.class_of(&place.channel()).await.expect(ANSWERS));
            seen.sessions.push(store.session(place).await.expect(ANSWERS));
            seen.events.push(store.pending_events(&served, 100).await.expect(ANSWERS));
            seen.messages.push(store.said(&place.channel(), "2", &nothing()).await.expect(ANSWERS));
            seen.jobs.extend(take(store, &served).await.into_iter().map(|job| (job.place, job.job)));
            store.release_jobs(&served).await.expect(ANSWERS);
        }
        seen
    }
}

fn channel(chat: &str) -> Channel {
    here(chat, "", "").channel()
}

/// A place of a group.
fn here(chat: &str, thread: &str, account: &str) -> Place {
    Place { chat: chat.into(), thread: thread.into(), class: ChannelClass::Customer, ..place(account) }
}

/// A message with its number in its chat.
fn message(place: &Place, id: &str, number: &str) -> Event {
    let id = format!("{}{}{} {id}", place.chat, place.thread, if place.account == "bruno" { "b" } else { "" });
    let mut event = event(place, &id, What::Text(id.clone()));
    event.origin = Some(Origin { message: number.into(), album: None, language: None, raw: "{}".into() });
    event
}

async fn class_of(store: &Shared, chat: &str) -> Option<ChannelClass> {
    store.class_of(&channel(chat)).await.expect(ANSWERS)
}

async fn said(store: &Shared, chat: &str, message: &str) -> Option<Said> {
    store.said(&channel(chat), message, &nothing()).await.expect(ANSWERS)
}

/// An event that never came, so that all did that came before it.
fn nothing() -> EventId {
    EventId { platform: place("").platform, id: "nothing".into() }
}

async fn take(store: &Shared, served: &Served) -> Vec<TakenJob> {
    store.take_jobs(served, at(24, 9, 0), at(24, 10, 0), 100).await.expect(ANSWERS)
}

fn said_in(job: &TakenJob) -> String {
    match &job.job {
        Job::Say { body, .. } => body.0.clone(),
        other => panic!("not a message: {other:?}"),
    }
}
