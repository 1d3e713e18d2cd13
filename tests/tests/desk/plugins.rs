//! Plug-ins in the chat: for administrators alone; a grant is of what was shown, a job, and done once.

use bote_sdk::id::IdempotencyKey;
use bote_sdk::operation::Operation;
use bote_sdk::permissions::Permission;
use bote_sdk::plugins::{LogRecord, PluginView};
use bote_sdk::refusal::{Field, Problem, Refusal};
use bote_sdk::traits::Desk as _;
use bote_tests::fakes::plugin;
use bote_tests::sample::*;
use bote_tests::world::World;

use crate::forms::buttons;
use crate::{all_but, only};

pub(crate) fn grant(plugin: &str, capability: &str) -> Operation {
    Operation::GrantPlugin { plugin: plugin.into(), capabilities: vec![capability.into()], grant: true }
}

/// A world with one plug-in that wants two things and has one of them.
pub(crate) async fn half_granted() -> World {
    let world = World::new().await;
    world.tools.plug_in(vec![plugin("isp.meter", &[("usage", false), ("log", true)])]);
    world
}

#[tokio::test]
async fn an_administrator_sees_a_plug_in_and_grants_what_it_asks() {
    let world = half_granted().await;
    let list = world.say(ANA, "plugins").await;
    assert!(only(&list).contains("isp.meter 0.1.0 · não carregado"), "{list:?}");
    let one = world.press("isp.meter").await;
    assert!(only(&one).contains("✗ usage: Mede a conexão") && only(&one).contains("✓ log"), "{one:?}");
    assert_eq!(buttons(&world), ["✓ Conceder o que pede", "✗ Retirar", "📜 Registro"]);
    let said = world.press("✓ Conceder o que pede").await;
    assert!(only(&said).contains("isp.meter recebe usage."), "{said:?}");
    assert_eq!(world.tools.grants(), [("isp.meter".to_owned(), vec!["usage".to_owned()], true)]);
    world.end().await;
}

#[tokio::test]
async fn what_was_granted_can_be_taken_back() {
    let world = half_granted().await;
    world.say(ANA, "plugins").await;
    world.press("isp.meter").await;
    let said = world.press("✗ Retirar").await;
    assert!(only(&said).contains("isp.meter perde log."), "{said:?}");
    assert_eq!(world.tools.grants(), [("isp.meter".to_owned(), vec!["log".to_owned()], false)]);
    world.end().await;
}

#[tokio::test]
async fn what_the_configuration_grants_is_not_offered_to_be_taken_back() {
    let world = World::new().await;
    let mut view = plugin("isp.meter", &[("usage", true), ("log", true)]);
    view.wanted[0].fixed = true;
    world.tools.plug_in(vec![view.clone()]);
    world.say(ANA, "plugins").await;
    world.press("isp.meter").await;
    let said = world.press("✗ Retirar").await;
    assert!(only(&said).contains("isp.meter perde log."), "{said:?}");
    assert_eq!(world.tools.grants(), [("isp.meter".to_owned(), vec!["log".to_owned()], false)]);

    view.wanted[1].fixed = true;
    world.tools.plug_in(vec![view]);
    world.say(ANA, "plugins").await;
    world.press("isp.meter").await;
    assert_eq!(buttons(&world), ["📜 Registro"]);
    world.end().await;
}

#[tokio::test]
async fn without_the_right_neither_word_nor_button_says_or_does_anything() {
    let world = World::where_may(ANA, all_but(&[Permission::Admin])).await;
    world.tools.plug_in(vec![plugin("isp.meter", &[("usage", false)])]);
    let said = world.say(ANA, "plugins").await;
    assert!(only(&said).contains("admin") && !only(&said).contains("isp.meter"), "{said:?}");
    let other = half_granted().await;
    other.say(ANA, "plugins").await;
    other.press("isp.meter").await;
    for label in ["✓ Conceder o que pede", "✗ Retirar", "📜 Registro"] {
        let payload = other.payload(&bote_tests::world::private(ANA), label);
        let said = world.press_payload(&payload).await;
        assert!(only(&said).contains("admin"), "{label}: {said:?}");
    }
    assert!(world.tools.grants().is_empty());
    other.end().await;
    world.end().await;
}

#[tokio::test]
async fn a_grant_is_of_what_was_shown_and_of_nothing_later() {
    let shown = || plugin("isp.meter", &[("usage", false), ("log", true)]);
    let later: [PluginView; 4] = [
        PluginView { version: "0.2.0".into(), ..shown() },
        plugin("isp.meter", &[("usage", false), ("log", true), ("device-http", false)]),
        plugin("isp.meter", &[("usage", true), ("log", true)]),
        plugin("isp.other", &[("usage", false), ("log", true)]),
    ];
    for view in later {
        let world = half_granted().await;
        world.say(ANA, "plugins").await;
        world.press("isp.meter").await;
        world.tools.plug_in(vec![view]);
        let said = world.press("✓ Conceder o que pede").await;
        assert!(only(&said).contains("Esse botão é de uma pergunta anterior"), "{said:?}");
        assert!(world.tools.grants().is_empty());
        world.end().await;
    }
}

#[tokio::test]
async fn the_log_is_paged_newest_first() {
    let world = World::new().await;
    let line = |number: i64| LogRecord { at: at(24, 9, 0), level: "warn", line: format!("linha {number}\u{1b}[2J") };
    let log = (1..=23).rev().map(line).collect();
    world.tools.plug_in(vec![PluginView { log, ..plugin("isp.meter", &[]) }]);
    world.say(ANA, "plugins").await;
    world.press("isp.meter").await;
    let first = world.press("📜 Registro").await;
    assert!(only(&first).contains("linha 23") && only(&first).contains("linha 14"), "{first:?}");
    assert!(!only(&first).contains("linha 13") && !only(&first).contains('\u{1b}'), "{first:?}");
    let second = world.press("Mais ▶").await;
    assert!(only(&second).contains("linha 13") && !only(&second).contains("linha 14"), "{second:?}");
    let third = world.press("Mais ▶").await;
    assert!(only(&third).contains("linha 1") && !only(&third).contains("linha 4"), "{third:?}");
    assert!(buttons(&world).iter().all(|label| label != "Mais ▶"), "nothing behind it");
    world.end().await;
}

#[tokio::test]
async fn a_grant_of_a_program_is_checked_alike_and_the_same_when_repeated() {
    let world = half_granted().await;
    let unknown = world.order(&actor(ANA), grant("isp.nobody", "usage")).await;
    assert_eq!(unknown, Err(Refusal::NotFound));
    let not_asked = world.order(&actor(ANA), grant("isp.meter", "device-http")).await;
    assert_eq!(not_asked, Err(Refusal::invalid(Field::Capability, Problem::NotAChoice)));
    let key = || IdempotencyKey("k".into());
    for _ in 0..2 {
        let order = grant("isp.meter", "usage").into();
        world.desk.perform(key(), order, &actor(ANA)).await.expect("no fault").expect("granted");
    }
    let mut grants = world.tools.grants();
    grants.dedup();
    assert_eq!(grants, [("isp.meter".to_owned(), vec!["usage".to_owned()], true)]);
    world.end().await;
}

#[tokio::test]
async fn a_button_of_a_plug_in_in_the_middle_of_an_opening_loses_no_draft() {
    let world = half_granted().await;
    world.say(ANA, "plugins").await;
    world.press("isp.meter").await;
    let payload = world.payload(&bote_tests::world::private(ANA), "✓ Conceder o que pede");
    world.say(ANA, "abrir").await;
    world.press_payload(&payload).await;
    assert_eq!(world.tools.grants().len(), 1);
    let read = world.say(ANA, "continuar").await;
    assert!(only(&read).contains("Qual é o cliente?"), "{read:?}");
    world.end().await;
}
