//! A storm: technicians report all at once while the program is killed again and again, Telegram asks for pauses, fails and
//! repeats itself. Every report is one comment, and everybody gets every answer.
//!
//! `BOTE_STORM=100,50,200 cargo test --workspace --test telegram storm` is a larger one: people, reports of each, kills.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bote_sdk::actor::Scope;
use bote_sdk::id::OperatorId;
use bote_sdk::query::TicketList;
use bote_sdk::timeline::EntryKind;
use bote_sdk::traits::Store as _;
use bote_store::{SqlStore, StoreOptions};
use bote_tests::sample::place;
use bote_world::telegram::{Chat, Effect, Failure, Person};
use tokio::task::JoinSet;

use crate::flow::UNTIL_CLAIMED;
use crate::served::{Deed, Served, plays};

/// People, reports of each, kills.
fn size() -> [u32; 3] {
    #[allow(clippy::disallowed_methods, reason = "the size of a storm is the tester's")]
    let wanted = std::env::var("BOTE_STORM").unwrap_or_else(|_| "6,8,12".to_owned());
    let numbers: Vec<u32> = wanted.split(',').map(|number| number.trim().parse().expect("a number")).collect();
    numbers.try_into().expect("three numbers: people, reports, kills")
}

/// The number of the first operator of the storm; those of the demo are below.
const FIRST: i64 = 1_000;

async fn store(served: &Served) -> SqlStore {
    let url = served.database();
    let options = StoreOptions { url, reset: bote_sdk::protocol::Reset::Monthly, schema: None };
    SqlStore::open(&options).await.expect("the database is there")
}

/// One technician: a ticket of their own, then one report after the other.
async fn reports(person: Person, chat: Chat, count: u32) {
    for number in 0..count {
        let words = format!("comentar relato {number} de {}", person.id());
        plays(&person, &chat, &[(Deed::Says(&words), "Quem pode ler")]).await;
        plays(&person, &chat, &[(Deed::Presses("🔴 Privado"), "Comentário gravado")]).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_report_is_one_comment_and_is_answered_however_often_the_program_is_killed() {
    let [people, each, kills] = size();
    let mut served = Served::set_up().await;
    served.world.set_patience(Duration::from_secs(120));
    let mut technicians = Vec::new();
    for number in 0..people {
        let operator = FIRST + i64::from(number);
        served.run(&["operator", "add", &operator.to_string(), &format!("Técnico {number}"), "--may", "all"]);
        let person = served.world.person(&format!("Técnico {number}"), "pt-br");
        let chat = person.chat(&served.bot);
        technicians.push((OperatorId(operator), person, chat));
    }
    let database = store(&served).await;
    for (operator, person, _) in &technicians {
        let mut account = place(&person.id().to_string());
        account.platform = bote_telegram::platform();
        database.bind(&account, *operator).await.expect("it answers");
    }
    served.serve();
    let mut opening = JoinSet::new();
    for (_, person, chat) in technicians.clone() {
        opening.spawn(async move { plays(&person, &chat, UNTIL_CLAIMED).await });
    }
    opening.join_all().await;

    let over = Arc::new(AtomicBool::new(false));
    let mut storm = JoinSet::new();
    for (_, person, chat) in technicians.clone() {
        storm.spawn(reports(person, chat, each));
    }
    let (end, all) = (Arc::clone(&over), tokio::spawn(async move { storm.join_all().await }));
    let watched = tokio::spawn(async move {
        let ended = all.await;
        end.store(true, Ordering::SeqCst);
        ended
    });
    let mut killed = 0;
    while killed < kills && !over.load(Ordering::SeqCst) {
        // In the middle of whatever follows the next thing that is said in one of the chats.
        let (_, _, chat) = &technicians[(killed * 5 % people) as usize];
        let so_far = chat.messages().len() + usize::try_from(killed % 3).expect("small");
        chat.wait_for(|messages| messages.len() > so_far || over.load(Ordering::SeqCst)).await;
        served.kill();
        served.bot.delivers_again(3);
        match killed % 3 {
            0 => served.world.fail("sendMessage", 2, Failure::TooManyRequests(1), Effect::Undone),
            1 => served.world.fail("sendMessage", 1, Failure::Cut, Effect::Done),
            _ => served.world.fail("getUpdates", 1, Failure::Delay(Duration::from_millis(300)), Effect::Done),
        }
        served.serve();
        killed += 1;
    }
    watched.await.expect("nothing panics").expect("every report was answered");
    // The last start may still be under way; who is answered is served.
    let (_, person, chat) = &technicians[0];
    plays(person, chat, &[(Deed::Says("/ajuda"), "abrir")]).await;
    served.bot.caught_up().await;
    assert!(killed > 0 && served.stop(), "{}", served.logged());

    for (operator, person, _) in &technicians {
        let tickets = database.tickets(TicketList::Mine, *operator, Scope::All, None, 10).await.expect("it answers");
        assert_eq!(tickets.len(), 1, "no ticket twice: {}", person.id());
        let entries = database.entries(tickets[0].id, None, 10_000).await.expect("it answers");
        let mut comments: BTreeMap<String, u32> = BTreeMap::new();
        for entry in entries {
            if let EntryKind::Commented { comment, .. } = entry.kind {
                *comments.entry(comment.text().expose().to_owned()).or_default() += 1;
            }
        }
        for number in 0..each {
            let words = format!("relato {number} de {}", person.id());
            assert_eq!(comments.get(&words), Some(&1), "{words} after {killed} kills: {comments:?}");
        }
    }
}
