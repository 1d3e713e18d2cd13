//! Who is bound to an account, what operators chose for themselves, and the sessions of their
//! conversations.

use std::sync::Arc;

use bote_sdk::actor::{ChannelClass, Scope};
use bote_sdk::event::{Place, Platform};
use bote_sdk::id::*;
use bote_sdk::traits::{Batch, Commit, Preference, SessionWrite, StoredSession};
use bote_tests::sample::*;
use tokio::sync::Barrier;

use crate::{ANSWERS, Shared, done};

pub(crate) async fn a_bound_account_is_its_operator_in_every_chat(store: Shared) {
    store.bind(&place("4711"), ANA).await.expect(ANSWERS);
    assert_eq!(operator_of(&store, &place("4711")).await, Some(ANA));
    let group = Place { chat: "-100".into(), thread: "7".into(), class: ChannelClass::StaffGroup, ..place("4711") };
    assert_eq!(operator_of(&store, &group).await, Some(ANA));
}

pub(crate) async fn an_account_that_nobody_bound_is_nobody(store: Shared) {
    store.bind(&place("4711"), ANA).await.expect(ANSWERS);
    assert_eq!(operator_of(&store, &place("4712")).await, None);
    let elsewhere = Place { platform: Platform("other".into()), ..place("4711") };
    assert_eq!(operator_of(&store, &elsewhere).await, None, "the same number on another platform is somebody else");
    let chat = Place { account: "4712".into(), ..place("4711") };
    assert_eq!(operator_of(&store, &chat).await, None, "the account counts, not the chat");
}

pub(crate) async fn binding_an_account_again_moves_it(store: Shared) {
    for operator in [ANA, ANA, BRUNO] {
        store.bind(&place("4711"), operator).await.expect(ANSWERS);
        assert_eq!(operator_of(&store, &place("4711")).await, Some(operator));
    }
    store.bind(&place("4712"), BRUNO).await.expect("an operator may have several accounts");
    assert_eq!(operator_of(&store, &place("4711")).await, Some(BRUNO));
}

pub(crate) async fn r_011_the_scope_an_operator_chose_is_that_of_the_account(store: Shared) {
    store.bind(&place("ana"), ANA).await.expect(ANSWERS);
    for scope in [Scope::Company(MARES), Scope::All, Scope::Company(ONDAS)] {
        prefer(&store, Preference::Scope(ANA, scope)).await;
        let ana = store.operator_of(&place("ana")).await.expect(ANSWERS).expect("she is bound");
        assert_eq!((ana.chosen_scope, ana.language.as_deref()), (Some(scope), Some("pt-BR")));
    }
    let bruno = store.operator(BRUNO).await.expect(ANSWERS).expect("he was imported");
    assert_eq!(bruno.chosen_scope, Some(Scope::All), "it is hers alone");
}

pub(crate) async fn r_001_the_language_an_operator_chose_is_that_of_the_account(store: Shared) {
    store.bind(&place("bruno"), BRUNO).await.expect(ANSWERS);
    for language in ["en", "pt-BR"] {
        prefer(&store, Preference::Language(BRUNO, language.into())).await;
        let bruno = store.operator_of(&place("bruno")).await.expect(ANSWERS).expect("he is bound");
        assert_eq!((bruno.language.as_deref(), bruno.chosen_scope), (Some(language), Some(Scope::All)));
    }
}

pub(crate) async fn notices_go_to_the_private_places_where_an_operator_spoke(store: Shared) {
    let private = place("ana");
    let group = Place { chat: "equipe".into(), class: ChannelClass::StaffGroup, ..place("ana") };
    let customer = Place { chat: "cliente".into(), class: ChannelClass::Customer, ..place("ana") };
    for place in [&private, &group, &customer, &place("bruno")] {
        done(&store, session(place, b"x", 0)).await;
    }
    assert_eq!(store.private_places(ANA).await.expect(ANSWERS), [], "nobody is bound yet");
    store.bind(&private, ANA).await.expect(ANSWERS);
    store.bind(&place("bruno"), BRUNO).await.expect(ANSWERS);
    store.bind(&place("clara"), CLARA).await.expect(ANSWERS);
    assert_eq!(store.private_places(ANA).await.expect(ANSWERS), [private]);
    assert_eq!(store.private_places(BRUNO).await.expect(ANSWERS), [place("bruno")]);
    assert_eq!(store.private_places(CLARA).await.expect(ANSWERS), [], "she never spoke");
}

pub(crate) async fn notices_leave_a_place_that_is_not_private_any_more(store: Shared) {
    store.bind(&place("ana"), ANA).await.expect(ANSWERS);
    done(&store, session(&place("ana"), b"x", 0)).await;
    let opened_up = Place { class: ChannelClass::StaffGroup, ..place("ana") };
    done(&store, session(&opened_up, b"x", 1)).await;
    assert_eq!(store.private_places(ANA).await.expect(ANSWERS), [], "R-195: others read there now");
}

pub(crate) async fn sessions_read_back_with_the_count_of_their_writes(store: Shared) {
    let here = place("ana");
    assert_eq!(store.session(&here).await.expect(ANSWERS), None);
    let every_byte: Vec<u8> = (0..=255).collect();
    let writes: [&[u8]; 4] = [b"um", &every_byte, b"", &[0xff; 100_000]];
    for (seen, bytes) in (0..).zip(writes) {
        done(&store, session(&here, bytes, seen)).await;
        let expected = StoredSession { bytes: bytes.to_vec(), revision: seen + 1 };
        assert_eq!(store.session(&here).await.expect(ANSWERS), Some(expected));
    }
}

pub(crate) async fn sessions_of_other_places_are_other_sessions(store: Shared) {
    let here = place("ana");
    let others = [
        Place { thread: "7".into(), ..here.clone() },
        Place { chat: "equipe".into(), ..here.clone() },
        Place { account: "bruno".into(), ..here.clone() },
        Place { platform: Platform("other".into()), ..here.clone() },
    ];
    done(&store, session(&here, b"ana", 0)).await;
    for (number, other) in (0..).zip(&others) {
        assert_eq!(store.session(other).await.expect(ANSWERS), None);
        done(&store, session(other, &[number], 0)).await;
    }
    for (number, other) in (0..).zip(&others) {
        let stored = store.session(other).await.expect(ANSWERS).map(|s| s.bytes);
        assert_eq!(stored, Some(vec![number]));
    }
    assert_eq!(store.session(&here).await.expect(ANSWERS).map(|s| s.bytes), Some(b"ana".to_vec()));
}

pub(crate) async fn a_session_that_changed_meanwhile_is_a_conflict(store: Shared) {
    let here = place("ana");
    let none_yet = store.commit(session(&here, b"x", 1)).await.expect(ANSWERS);
    assert_eq!(none_yet, Commit::Conflict, "there is no session to be seen at 1");
    done(&store, session(&here, b"um", 0)).await;
    done(&store, session(&here, b"dois", 1)).await;
    for seen in [0, 1, 3] {
        assert_eq!(store.commit(session(&here, b"x", seen)).await.expect(ANSWERS), Commit::Conflict, "seen at {seen}");
    }
    let kept = StoredSession { bytes: b"dois".to_vec(), revision: 2 };
    assert_eq!(store.session(&here).await.expect(ANSWERS), Some(kept));
}

pub(crate) async fn of_two_writes_of_a_session_at_once_one_is_a_conflict(store: Shared) {
    let here = place("ana");
    // The first race is for a session that is not there yet, the others are for one that is.
    for seen in 0..8 {
        let start = Arc::new(Barrier::new(2));
        let race = |bytes: &'static [u8]| {
            let (store, start, batch) = (Arc::clone(&store), Arc::clone(&start), session(&here, bytes, seen));
            tokio::spawn(async move {
                start.wait().await;
                (bytes, store.commit(batch).await.expect(ANSWERS))
            })
        };
        let (a, b) = tokio::join!(race(b"a"), race(b"b"));
        let ends = [a.expect("a task that ends"), b.expect("a task that ends")];
        let written: Vec<_> = ends.iter().filter(|(_, end)| matches!(end, Commit::Done(_))).collect();
        assert_eq!(written.len(), 1, "{ends:?}");
        assert_eq!(ends.iter().filter(|(_, end)| *end == Commit::Conflict).count(), 1, "{ends:?}");
        let kept = StoredSession { bytes: written[0].0.to_vec(), revision: seen + 1 };
        assert_eq!(store.session(&here).await.expect(ANSWERS), Some(kept));
    }
}

on_every_store!(
    a_bound_account_is_its_operator_in_every_chat,
    an_account_that_nobody_bound_is_nobody,
    binding_an_account_again_moves_it,
    r_011_the_scope_an_operator_chose_is_that_of_the_account,
    r_001_the_language_an_operator_chose_is_that_of_the_account,
    notices_go_to_the_private_places_where_an_operator_spoke,
    notices_leave_a_place_that_is_not_private_any_more,
    sessions_read_back_with_the_count_of_their_writes,
    sessions_of_other_places_are_other_sessions,
    a_session_that_changed_meanwhile_is_a_conflict,
    of_two_writes_of_a_session_at_once_one_is_a_conflict,
);

async fn operator_of(store: &Shared, place: &Place) -> Option<OperatorId> {
    store.operator_of(place).await.expect(ANSWERS).map(|operator| operator.id)
}

async fn prefer(store: &Shared, preference: Preference) {
    done(store, Batch { preference: Some(preference), at: at(24, 9, 0), ..Batch::default() }).await;
}

fn session(place: &Place, bytes: &[u8], seen: i32) -> Batch {
    let write = SessionWrite { place: place.clone(), bytes: bytes.to_vec(), seen };
    Batch { session: Some(write), at: at(24, 9, 0), ..Batch::default() }
}
