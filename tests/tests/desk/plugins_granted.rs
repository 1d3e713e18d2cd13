//! A grant on its way: decided in a commit, kept as a job, carried out by whichever process comes to it, and once.

use bote_sdk::actor::{Actor, ChannelClass};
use bote_sdk::event::What;
use bote_sdk::id::IdempotencyKey;
use bote_sdk::job::Job;
use bote_sdk::operation::Operation;
use bote_sdk::plugins::{PluginGrant, PluginView};
use bote_sdk::query::Query;
use bote_sdk::refusal::{Field, Precondition, Problem, Refusal};
use bote_sdk::traits::{Clock as _, Desk as _};
use bote_tests::fakes::plugin;
use bote_tests::sample::*;
use bote_tests::world::{WORKS, World, group, private};
use chrono::TimeDelta;

use crate::drafts::at_the_report;
use crate::only;
use crate::plugins::{grant, half_granted};

const GRANT: &str = "✓ Conceder o que pede";
const REVOKE: &str = "✗ Retirar";
const STALE: &str = "pergunta anterior";

/// Ana looks at the plug-in and presses, and the process does no more than take the turn.
async fn decided(world: &World, label: &str) {
    world.say(ANA, "plugins").await;
    world.press("isp.meter").await;
    let payload = world.payload(&private(ANA), label);
    let press = world.event(&private(ANA), What::Button(payload));
    world.desk.receive(&press).await.expect(WORKS);
    world.desk.turn(&press).await.expect(WORKS);
}

/// The grants among the jobs that were ever written.
fn jobs(world: &World) -> Vec<PluginGrant> {
    let jobs = world.store.batches().into_iter().flat_map(|batch| batch.jobs).map(|new| new.job);
    let grant = |job| match job {
        Job::GrantPlugin(grant) => Some(grant),
        _ => None,
    };
    jobs.filter_map(grant).collect()
}

fn has(capability: &str, grant: bool) -> (String, Vec<String>, bool) {
    ("isp.meter".to_owned(), vec![capability.to_owned()], grant)
}

#[tokio::test]
async fn a_grant_and_its_revocation_are_jobs_that_outlive_the_process() {
    for (label, capability, grant) in [(GRANT, "usage", true), (REVOKE, "log", false)] {
        let mut world = half_granted().await;
        decided(&world, label).await;
        let capabilities = vec![capability.to_owned()];
        let (plugin, by, at) = ("isp.meter".to_owned(), Some(ANA), world.clock.now());
        assert_eq!(jobs(&world), [PluginGrant { plugin, capabilities, grant, by, at }]);
        assert!(world.tools.grants().is_empty(), "a turn grants nothing by itself");

        let told = world.chats.sent().len();
        for _ in 0..2 {
            world.restart().await;
            world.settle().await;
        }
        assert_eq!(world.tools.grants(), [has(capability, grant)]);
        let told: Vec<_> = world.chats.sent()[told..].iter().map(|sent| sent.rendering.plain()).collect();
        assert!(only(&told).contains("isp.meter") && only(&told).contains(capability), "{told:?}");
        world.end().await;
    }
}

#[tokio::test]
async fn a_grant_whose_turn_could_not_be_written_is_no_grant() {
    let world = half_granted().await;
    world.say(ANA, "plugins").await;
    world.press("isp.meter").await;
    let payload = world.payload(&private(ANA), GRANT);
    let press = world.event(&private(ANA), What::Button(payload));
    world.desk.receive(&press).await.expect(WORKS);
    world.store.fail_commits(1, bote_tests::watched::Broken::Unreachable);
    assert!(world.desk.turn(&press).await.is_err());
    world.settle().await;
    assert!(jobs(&world).is_empty() && world.tools.grants().is_empty());
    world.desk.turn(&press).await.expect(WORKS);
    world.settle().await;
    assert_eq!(world.tools.grants(), [has("usage", true)]);
    world.end().await;
}

#[tokio::test]
async fn a_grant_that_could_not_be_carried_out_is_tried_again() {
    let world = half_granted().await;
    world.tools.fail_grants(1);
    decided(&world, GRANT).await;
    world.settle().await;
    assert!(world.tools.grants().is_empty());
    world.later(TimeDelta::seconds(1)).await;
    assert_eq!(world.tools.grants(), [has("usage", true)]);
    world.end().await;
}

/// As a double tap does, and a chat that delivers twice.
#[tokio::test]
async fn a_second_tap_before_the_grant_was_carried_out_harms_nothing() {
    let world = half_granted().await;
    decided(&world, GRANT).await;
    world.press(GRANT).await;
    let mut grants = world.tools.grants();
    grants.dedup();
    assert_eq!(grants, [has("usage", true)]);

    // Once the plug-in has it, the old button is of something that is no more.
    world.tools.plug_in(vec![plugin("isp.meter", &[("usage", true), ("log", true)])]);
    let read = world.press(GRANT).await;
    assert!(only(&read).contains(STALE), "{read:?}");
    world.end().await;
}

/// The first answer stands, and what was done since stands too.
#[tokio::test]
async fn an_order_that_comes_again_does_not_grant_what_was_taken_back_meanwhile() {
    let world = half_granted().await;
    let ana = actor(ANA);
    let first = || world.desk.perform(IdempotencyKey("k".into()), grant("isp.meter", "usage").into(), &ana);
    first().await.expect(WORKS).expect("it is asked for");
    let capabilities = vec!["usage".to_owned()];
    let back = Operation::GrantPlugin { plugin: "isp.meter".into(), capabilities, grant: false };
    world.order(&ana, back).await.expect("it is asked for");
    first().await.expect(WORKS).expect("the first answer");
    assert_eq!(world.tools.grants(), [has("usage", true), has("usage", false)]);
    world.end().await;
}

/// What plug-ins write may speak of any customer.
#[tokio::test]
async fn plug_ins_are_for_private_channels() {
    let world = half_granted().await;
    world.say(ANA, "plugins").await;
    world.press("isp.meter").await;
    let labels = ["isp.meter", GRANT, REVOKE, "📜 Registro"];
    let payloads = labels.map(|label| world.payload(&private(ANA), label));
    let mut answers = vec![world.say_at(&group(ANA), "plugins").await];
    for payload in payloads {
        answers.push(world.happen(&group(ANA), What::Button(payload)).await);
    }
    for read in answers {
        assert!(only(&read).contains("conversa privada") && !only(&read).contains("isp.meter"), "{read:?}");
    }
    for class in [ChannelClass::StaffGroup, ChannelClass::Customer] {
        let there = Actor { class, ..actor(ANA) };
        let refused = world.order(&there, grant("isp.meter", "usage")).await;
        assert_eq!(refused, Err(Refusal::Precondition(Precondition::NotPrivate)), "{class:?}");
        assert!(world.ask(&there, &Query::Plugins).await.is_err(), "{class:?}");
    }
    assert!(world.tools.grants().is_empty());
    world.end().await;
}

#[tokio::test]
async fn an_order_of_nothing_and_one_that_asks_too_much_in_part_grant_nothing() {
    let world = half_granted().await;
    let not_a_choice = Err(Refusal::invalid(Field::Capability, Problem::NotAChoice));
    for capabilities in [vec![], vec!["usage", "device-http"], vec!["Usage"], vec![""]] {
        for grant in [true, false] {
            let capabilities = capabilities.iter().map(|name| (*name).to_owned()).collect();
            let order = Operation::GrantPlugin { plugin: "isp.meter".into(), capabilities, grant };
            assert_eq!(world.order(&actor(ANA), order.clone()).await, not_a_choice, "{order:?}");
        }
    }
    assert!(world.tools.grants().is_empty());
    world.end().await;
}

#[tokio::test]
async fn a_revocation_is_of_what_was_shown() {
    let shown = || plugin("isp.meter", &[("usage", false), ("log", true)]);
    let later: [Vec<PluginView>; 4] = [
        vec![PluginView { version: "0.2.0".into(), ..shown() }],
        vec![plugin("isp.meter", &[("usage", true), ("log", true)])],
        vec![plugin("isp.meter", &[("log", true), ("usage", false)])],
        vec![],
    ];
    for views in later {
        let world = half_granted().await;
        world.say(ANA, "plugins").await;
        world.press("isp.meter").await;
        world.tools.plug_in(views);
        let read = world.press(REVOKE).await;
        assert!(only(&read).contains(STALE), "{read:?}");
        assert!(jobs(&world).is_empty());
        world.end().await;
    }
}

#[tokio::test]
async fn a_grant_in_the_middle_of_an_opening_parks_the_draft_as_it_was() {
    for later_version in [false, true] {
        let world = half_granted().await;
        world.say(ANA, "plugins").await;
        world.press("isp.meter").await;
        let payload = world.payload(&private(ANA), GRANT);
        if later_version {
            world
                .tools
                .plug_in(vec![PluginView { version: "0.2.0".into(), ..plugin("isp.meter", &[("usage", false)]) }]);
        }
        at_the_report(&world).await;
        let read = world.press_payload(&payload).await;
        let answer = if later_version { STALE } else { "isp.meter recebe usage." };
        assert_eq!(read.len(), 2, "{read:?}");
        assert!(read[0].contains("Guardei o rascunho") && read[1].contains(answer), "{read:?}");
        assert_eq!(world.tools.grants().len(), usize::from(!later_version));
        let read = world.say(ANA, "continuar").await;
        assert!(only(&read).contains("relato"), "just where it stood: {read:?}");
        world.end().await;
    }
}

#[tokio::test]
async fn looking_at_a_plug_in_does_not_interrupt_what_is_under_way() {
    let world = half_granted().await;
    world.say(ANA, "plugins").await;
    let show = world.payload(&private(ANA), "isp.meter");
    world.press_payload(&show).await;
    let log = world.payload(&private(ANA), "📜 Registro");
    at_the_report(&world).await;
    for payload in [show, log] {
        let read = world.press_payload(&payload).await;
        assert!(only(&read).contains("isp.meter"), "{read:?}");
    }
    let read = world.say(ANA, "Sem conexão desde ontem").await;
    assert!(only(&read).contains("Sem conexão desde ontem"), "it was the report: {read:?}");
    world.end().await;
}
