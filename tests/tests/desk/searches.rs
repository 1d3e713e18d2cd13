//! Searches that are answered while they are typed: who finds what, what may be read of it, and what is written where all can
//! read.

use bote_sdk::dialog::Language;
use bote_sdk::event::{Event, Place};
use bote_sdk::permissions::Permission;
use bote_sdk::records::Person;
use bote_sdk::rendering::{ButtonKind, PAYLOAD_BYTES};
use bote_sdk::search::{Found, TypedSearch};
use bote_sdk::traits::{AccessObject, Desk as _, Store as _};
use bote_tests::sample::*;
use bote_tests::world::{WORKS, World, group, private};

use crate::only;

async fn search_after(world: &World, place: &Place, text: &str, after: Option<String>) -> Found {
    let typed =
        TypedSearch { account: place.of_account(), language: Some("en-US".into()), text: text.to_owned(), after };
    world.desk.search(&typed).await.expect(WORKS)
}

async fn search(world: &World, place: &Place, text: &str) -> Found {
    search_after(world, place, text, None).await
}

/// What would be written into the chat, one for each that was found.
async fn written(world: &World, place: &Place, text: &str) -> Vec<String> {
    search(world, place, text).await.finds.into_iter().map(|find| find.writes).collect()
}

/// All that may be searched for: nothing yet, words, a code, documents, a protocol, and what means nothing.
async fn searches(world: &World, ticket: bote_sdk::id::TicketId) -> Vec<String> {
    let protocol = world.protocol(ticket).await;
    let fixed = ["", " ", "s", "si", "jose", "silveira", "1001", "1002", "111.222.333-44", "!?", "\0", "201810.99"];
    fixed.into_iter().map(ToOwned::to_owned).chain([protocol, ticket.to_string(), "é".repeat(256)]).collect()
}

#[tokio::test]
async fn r_194_an_account_without_operator_or_of_one_who_left_is_led_to_be_bound_and_finds_nothing() {
    let world = World::new().await;
    let ticket = world.started(1, Some(ANA)).await;
    let before = world.store.batches().len();
    for place in [place("stranger"), private(ELISA)] {
        for text in searches(&world, ticket).await {
            let found = search(&world, &place, &text).await;
            assert_eq!(found, Found { bind: Some("Link your account to search".into()), ..Found::default() }, "{text}");
        }
    }
    let typed =
        TypedSearch { account: place("stranger").of_account(), language: None, text: "jose".into(), after: None };
    let found = world.desk.search(&typed).await.expect(WORKS);
    assert_eq!(found.bind.as_deref(), Some("Vincule sua conta para buscar"), "the installation's language");
    assert_eq!(world.store.batches().len(), before, "and nothing is written");
    world.end().await;
}

#[tokio::test]
async fn each_finds_what_their_company_and_their_permissions_let_them_see() {
    let world = World::new().await;
    let ticket = world.started(1, Some(BRUNO)).await;
    let protocol = world.protocol(ticket).await;
    let of = |codes: &[bote_sdk::id::PersonCode]| codes.iter().map(ToString::to_string).collect::<Vec<_>>();
    let none = Vec::new;
    for (text, ana, bruno, clara) in [
        ("si", of(&[JOSE, MARIA, ANGELA]), of(&[JOSE, MARIA, ANGELA]), of(&[JOSE, ANGELA])),
        ("silveira", of(&[MARIA]), of(&[MARIA]), none()),
        ("1002", of(&[MARIA]), of(&[MARIA]), none()),
        ("12.345.678/0001-90", of(&[MARIA]), of(&[MARIA]), none()),
        ("jose con", of(&[JOSE]), of(&[JOSE]), of(&[JOSE])),
        ("ninguem", none(), none(), none()),
        (&protocol, vec![protocol.clone()], vec![protocol.clone()], none()),
        ("201810.99", none(), none(), none()),
        ("", none(), vec![protocol.clone()], none()),
    ] {
        for (operator, expected) in [(ANA, ana), (BRUNO, bruno), (CLARA, clara), (DAVI, none())] {
            assert_eq!(written(&world, &private(operator), text).await, expected, "{operator} types {text:?}");
        }
    }
    world.end().await;
}

#[tokio::test]
async fn customers_want_one_permission_and_tickets_the_other() {
    for (permission, customers, tickets) in
        [(Permission::CustomerRead, 1, 0), (Permission::TicketRead, 0, 1), (Permission::TicketOpen, 0, 0)]
    {
        let world = World::where_may(DAVI, [permission].into_iter().collect()).await;
        let ticket = world.started(1, Some(DAVI)).await;
        let protocol = world.protocol(ticket).await;
        for (text, count) in [("jose", customers), (&*protocol, tickets), ("", tickets)] {
            assert_eq!(written(&world, &private(DAVI), text).await.len(), count, "{permission:?}, {text:?}");
        }
        world.end().await;
    }
}

#[tokio::test]
async fn what_is_written_names_what_was_found_and_nobody() {
    let world = World::new().await;
    let ticket = world.started(1, Some(ANA)).await;
    let protocol = world.protocol(ticket).await;
    let mut seen = 0;
    for text in searches(&world, ticket).await {
        for find in search(&world, &private(ANA), &text).await.finds {
            assert!(find.writes.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.'), "{find:?}");
            seen += 1;
            let read = format!("{} {}", find.title, find.detail);
            assert!(!read.contains("11122233344") && !read.contains("35999990001"), "{read}");
        }
    }
    assert!(seen > 8, "{seen}");
    let found = search(&world, &private(ANA), "jose").await;
    assert_eq!(found.finds[0].title, "José da Silva Conceição · 1001");
    assert_eq!(found.finds[0].detail, "***.222.333-** · Rua das Flores, 12, Centro, Lavras/MG");
    let found = search(&world, &private(ANA), "").await;
    assert_eq!(found.finds[0].title, format!("{protocol} · José da Silva Conceição"));
    assert!(found.finds[0].detail.starts_with("Sem conexão · vence "), "{found:?}");
    assert_eq!(search(&world, &private(ANA), &protocol).await, found, "the same ticket, by its number");
    world.end().await;
}

#[tokio::test]
async fn what_was_chosen_answers_the_question_and_shows_the_ticket() {
    let world = World::new().await;
    let ticket = world.started(1, Some(ANA)).await;
    let protocol = &written(&world, &private(ANA), "").await[0];
    assert!(only(&world.say(ANA, protocol).await).contains("🎫 201810.1"));
    let code = &written(&world, &private(ANA), "jose").await[0];
    assert!(only(&world.say(ANA, code).await).contains("Se esse é o código de um cliente"), "nothing was asked");
    world.say(ANA, "abrir").await;
    let read = world.say(ANA, code).await;
    assert!(only(&read).contains("José") && only(&read).contains("Qual conexão?"), "{read:?}");
    world.say(ANA, "cancelar").await;
    world.say(ANA, "resgatar").await;
    world.say(ANA, "cancelar").await;
    assert_eq!(world.ticket(ticket).await.holder(), Some(ANA));
    world.end().await;
}

#[tokio::test]
async fn the_first_question_leads_to_the_search_where_one_may_look_at_customers() {
    let searches = async |world: &World, place: &Place| {
        world.say_at(place, "abrir").await;
        let sent = world.chats.sent().pop().expect("a question");
        sent.rendering.flat_buttons().filter(|button| button.kind == ButtonKind::Search).count()
    };
    let world = World::new().await;
    assert_eq!(searches(&world, &private(ANA)).await, 1);
    assert_eq!(searches(&world, &group(BRUNO)).await, 1);
    world.end().await;
    let world = World::where_may(ANA, [Permission::TicketOpen].into_iter().collect()).await;
    assert_eq!(searches(&world, &private(ANA)).await, 0);
    world.end().await;
}

/// All pages of a search.
async fn pages(world: &World, text: &str) -> Vec<Vec<String>> {
    let (mut pages, mut after) = (Vec::new(), None);
    loop {
        let found = search_after(world, &private(ANA), text, after).await;
        pages.push(found.finds.into_iter().map(|find| find.writes).collect());
        let Some(next) = found.next else { return pages };
        assert!(next.len() <= PAYLOAD_BYTES, "{next}");
        after = Some(next);
    }
}

#[tokio::test]
async fn long_lists_come_page_by_page_each_find_once() {
    let mut registry = registry();
    for number in 0..17 {
        let code = bote_sdk::id::PersonCode(2000 + number);
        let jose = registry.people[0].clone();
        registry.people.push(Person { code, ..jose });
    }
    let world = World::of(registry).await;
    for number in 1..=11 {
        world.started(number, Some(ANA)).await;
    }
    for (text, all) in [("", 11), ("conceicao", 18)] {
        let pages = pages(&world, text).await;
        assert_eq!(pages.len(), usize::div_ceil(all, bote_sdk::query::PAGE), "{pages:?}");
        let mut finds = pages.concat();
        finds.sort();
        finds.dedup();
        assert_eq!(finds.len(), all, "{pages:?}");
    }
    for after in ["", "1|mp|x", "1|ml|u|z|00000000000000000000000000000001", "1|b", "x"] {
        assert_eq!(search_after(&world, &private(ANA), "jose", Some(after.into())).await, Found::default(), "{after}");
    }
    world.end().await;
}

#[tokio::test]
async fn r_202_what_a_search_showed_is_in_the_access_record_and_what_was_typed_is_nowhere() {
    let world = World::new().await;
    let ticket = world.started(1, Some(ANA)).await;
    let protocol = world.protocol(ticket).await;
    let all = [AccessObject::Person(JOSE), AccessObject::Person(MARIA), AccessObject::Person(ANGELA)];
    let it = [AccessObject::Ticket(ticket)];
    for (text, objects) in [("si", &all[..]), ("", &it), (&protocol, &it), ("ninguem", &[]), ("201810.99", &[])] {
        let since = world.memory.accesses().len();
        let batches = world.store.batches().len();
        search(&world, &private(ANA), text).await;
        let accesses = world.memory.accesses().split_off(since);
        assert_eq!(accesses.iter().map(|access| access.object).collect::<Vec<_>>(), objects, "{text:?}");
        for access in accesses {
            assert_eq!((access.operator, access.channel.as_str()), (ANA, "terminal///account-1"));
        }
        assert_eq!(world.store.batches().len() - batches, usize::from(!objects.is_empty()), "{text:?}");
    }
    assert!(!format!("{:?}", world.memory).contains("ninguem"));
    let typed = TypedSearch { account: private(ANA).of_account(), language: None, text: "jose".into(), after: None };
    assert!(!format!("{typed:?}").contains("jose"), "nor in a log");
    world.end().await;
}

#[tokio::test]
async fn a_search_speaks_the_language_of_its_person_and_moves_nothing_of_their_conversation() {
    let world = World::new().await;
    world.started(1, Some(ANA)).await;
    let session = async || world.store.session(&private(ANA)).await.expect(WORKS).map(|stored| stored.bytes);
    world.say(ANA, "abrir").await;
    let (before, sent) = (session().await, world.chats.sent().len());
    let found = search(&world, &private(ANA), "").await;
    assert!(found.finds[0].detail.contains("vence"), "her own, whatever her client says: {found:?}");
    assert_eq!((session().await, world.chats.sent().len()), (before, sent));
    world.say(ANA, "cancelar").await;
    world.say(ANA, "idioma").await;
    world.press("English").await;
    let found = search(&world, &private(ANA), "").await;
    assert!(found.finds[0].detail.contains("due "), "{found:?}");
    assert_eq!(Language::of_tag("en-US"), Some(Language::English));
    world.end().await;
}

#[tokio::test]
async fn a_right_that_is_taken_away_is_gone_with_the_next_letter() {
    let world = World::new().await;
    assert_eq!(written(&world, &private(ANA), "jose").await.len(), 1);
    let ana = world.store.operator(ANA).await.expect(WORKS).expect("she is registered");
    world.store.change(bote_sdk::records::Operator { active: false, ..ana });
    assert!(search(&world, &private(ANA), "jose").await.bind.is_some());
    let event: Event = world.event(&private(ANA), bote_sdk::event::What::Notice("inline_query".into()));
    world.handle(&event).await;
    assert!(world.chats.sent().is_empty(), "nothing follows what was typed");
    world.end().await;
}
