//! What an administrator reads of plug-ins, and that nobody else reads any of it.

use bote_sdk::operation::Risk;
use bote_sdk::permissions::Permission;
use bote_sdk::plugins::{LogRecord, Offered, PluginState, PluginView};
use bote_sdk::records::Operator;
use bote_sdk::rendering::PAYLOAD_BYTES;
use bote_sdk::traits::Store as _;
use bote_tests::fakes::{localized, plugin};
use bote_tests::sample::*;
use bote_tests::world::{WORKS, World, private};

use crate::forms::buttons;
use crate::plugins::half_granted;
use crate::{all_but, only};

fn lines(count: i64) -> Vec<LogRecord> {
    let line = |number| LogRecord { at: at(24, 9, 0), level: "info", line: format!("line {number}") };
    (1..=count).rev().map(line).collect()
}

/// A plug-in whose names are as long as nobody would make them.
fn long() -> PluginView {
    let id = format!("isp.{}", "x".repeat(200));
    let wanted = ["clock", "device-http", "log", "sessions", "store", "tickets", "usage"];
    let wanted = wanted.map(|name| (name, name == "log"));
    PluginView { version: "1".repeat(100), log: lines(200), ..plugin(&id, &wanted) }
}

/// What every button sends that Ana was shown of this plug-in.
async fn all_payloads(world: &World, view: PluginView) -> Vec<String> {
    world.tools.plug_in(vec![view]);
    world.say(ANA, "plugins").await;
    world.press("isp.").await;
    world.press("📜 Registro").await;
    for page in 1..20 {
        let read = world.press("Mais ▶").await;
        assert!(only(&read).contains(&format!("line {}\n", 200 - 10 * page)), "page {page}: {read:?}");
    }
    assert!(buttons(world).is_empty(), "nothing is behind the last page");
    let sent = world.chats.sent();
    sent.iter().flat_map(|sent| sent.rendering.flat_buttons().map(|button| button.payload.clone())).collect()
}

#[tokio::test]
async fn every_button_fits_whatever_the_names_are() {
    let world = World::new().await;
    let payloads = all_payloads(&world, long()).await;
    assert_eq!(payloads.len(), 1 + 3 + 19);
    for payload in payloads {
        assert!(payload.len() <= PAYLOAD_BYTES, "{payload}");
    }
    world.end().await;
}

#[tokio::test]
async fn who_lost_the_right_is_refused_by_the_word_and_by_every_button() {
    let world = World::new().await;
    let payloads = all_payloads(&world, long()).await;
    let ana = world.store.operator(ANA).await.expect(WORKS).expect("she is registered");
    world.store.change(Operator { permissions: all_but(&[Permission::Admin]), ..ana });
    let mut answers = vec![world.say(ANA, "plugins").await, world.say(ANA, "/plugin").await];
    for payload in payloads {
        answers.push(world.press_payload(&payload).await);
    }
    for read in answers {
        assert_eq!(only(&read), "Você não tem a permissão admin. Fale com o administrador.\n");
    }
    assert!(world.tools.grants().is_empty());
    world.end().await;
}

/// Between the answer and its delivery an administrator may have ceased to be one.
#[tokio::test]
async fn a_page_that_was_not_delivered_yet_is_not_shown_to_one_who_lost_the_right() {
    let world = half_granted().await;
    let said = world.event(&private(ANA), bote_sdk::event::What::Text("plugins".into()));
    bote_sdk::traits::Desk::receive(&*world.desk, &said).await.expect(WORKS);
    bote_sdk::traits::Desk::turn(&*world.desk, &said).await.expect(WORKS);
    let ana = world.store.operator(ANA).await.expect(WORKS).expect("she is registered");
    world.store.change(Operator { permissions: all_but(&[Permission::Admin]), ..ana });
    let read = world.later(chrono::TimeDelta::zero()).await;
    assert!(!only(&read).contains("isp.meter"), "{read:?}");
    world.end().await;
}

#[tokio::test]
async fn a_reader_of_english_reads_the_reasons_in_english() {
    let world = half_granted().await;
    world.say(ANA, "idioma").await;
    world.press("English").await;
    let list = world.say(ANA, "plugins").await;
    assert_eq!(only(&list), "Plug-ins of this installation:\nisp.meter 0.1.0 · not loaded\n");
    let one = world.press("isp.meter").await;
    let shown = "isp.meter 0.1.0 · not loaded\n✗ usage: Measures the connection\n✓ log: Measures the connection\n\
        🔧 Measure: only reads, as the plug-in says\n";
    assert_eq!(only(&one), shown);
    assert_eq!(buttons(&world), ["✓ Grant what it asks", "✗ Take back", "📜 Log"]);
    let log = world.press("📜 Log").await;
    assert_eq!(only(&log), "Log of isp.meter, newest first:\nNothing was written since the program started.\n");
    world.end().await;
}

/// A grant is decided with what each tool does in view; the words are the same whatever the title is.
#[tokio::test]
async fn what_each_tool_touches_stands_beside_what_is_asked() {
    let offered = |risk| Offered { title: localized("Ler \u{1b}[31mestado", "Read"), risk };
    let tools = [Risk::Read, Risk::Write, Risk::Network].map(offered).to_vec();
    let world = World::new().await;
    world.tools.plug_in(vec![PluginView { tools, ..plugin("isp.meter", &[("device-http", false)]) }]);
    world.say(ANA, "plugins").await;
    let one = world.press("isp.meter").await;
    let shown = "isp.meter 0.1.0 · não carregado\n✗ device-http: Mede a conexão\n\
        🔧 Ler [31mestado: só lê, segundo o plug-in\n\
        🔧 Ler [31mestado: escreve no atendimento; só para quem o tem\n\
        🔧 Ler [31mestado: mexe no serviço; só para quem tem o atendimento, e pergunta de novo\n";
    assert_eq!(only(&one), shown);
    world.end().await;
}

#[tokio::test]
async fn each_state_has_its_words_and_only_what_can_be_done_is_offered() {
    for (state, words, wanted, offered) in [
        (PluginState::Runs, "em uso", true, vec!["✗ Retirar", "📜 Registro"]),
        (
            PluginState::FormerRuns,
            "a versão nova espera; a anterior segue em uso",
            false,
            vec!["✓ Conceder o que pede", "📜 Registro"],
        ),
        (PluginState::Refused, "não carregado", false, vec!["✓ Conceder o que pede", "📜 Registro"]),
    ] {
        let world = World::new().await;
        world.tools.plug_in(vec![PluginView { state, ..plugin("isp.meter", &[("usage", wanted)]) }]);
        let list = world.say(ANA, "plugins").await;
        assert!(only(&list).contains(&format!("isp.meter 0.1.0 · {words}")), "{list:?}");
        world.press("isp.meter").await;
        assert_eq!(buttons(&world), offered);
        world.end().await;
    }
}

#[tokio::test]
async fn why_a_plug_in_was_refused_is_shown_without_what_terminals_act_on() {
    let world = World::new().await;
    let why = vec!["it asks for `usage`, which is not granted\u{1b}[2J".to_owned(), "it is too large".to_owned()];
    let other = plugin("isp.other", &[]);
    world.tools.plug_in(vec![PluginView { why, ..plugin("isp.meter", &[("usage", false)]) }, other]);
    world.say(ANA, "plugins").await;
    assert_eq!(buttons(&world), ["isp.meter", "isp.other"], "a button for each");
    let one = world.press("isp.meter").await;
    let shown = "isp.meter 0.1.0 · não carregado\n✗ usage: Mede a conexão\n\
        🔧 Medir: só lê, segundo o plug-in\nit asks for `usage`, which is not granted[2J\nit is too large\n";
    assert_eq!(only(&one), shown);
    world.end().await;
}

#[tokio::test]
async fn where_there_is_no_plug_in_it_says_so_and_what_went_away_is_stale() {
    let world = half_granted().await;
    world.say(ANA, "plugins").await;
    world.press("isp.meter").await;
    world.tools.plug_in(vec![]);
    for label in ["isp.meter", "📜 Registro"] {
        let read = world.press(label).await;
        assert!(only(&read).contains("pergunta anterior"), "{label}: {read:?}");
    }
    let read = world.say(ANA, "plugins").await;
    assert!(only(&read).contains("Não há plug-ins na pasta desta instalação."), "{read:?}");
    world.end().await;
}
