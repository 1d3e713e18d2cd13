//! The folder changes while the host runs: what is new is taken up, what cannot be loaded leaves its former version in
//! place, what is gone goes away, and a call that runs goes on with the version it began with.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use bote_runtime::grants::{Grants, change};
use bote_runtime::{Limits, Runtime, RuntimeOptions};
use bote_sdk::dialog::Language;
use bote_sdk::id::OperatorId;
use bote_sdk::plugins::PluginGrant;
use bote_sdk::tool::Outcome;
use bote_sdk::traits::ToolBox;
use tempfile::TempDir;

use crate::components::edited;
use crate::consumption::period;
use crate::gate::Held;
use crate::{MISBEHAVE, at, granted, how, options, plugins_folder, refused, report, silent, small, unavailable};

pub(crate) const FILE: &str = "misbehave.wasm";

/// The name of the file of grants.
const GRANTS: &str = "grants.toml";

/// A folder of plug-ins, a file of grants beside it, and the host that looks at both.
pub(crate) struct Shop {
    place: TempDir,
    pub(crate) options: RuntimeOptions,
    pub(crate) host: Arc<Runtime>,
}

impl Shop {
    /// With these files, and this granted in the configuration.
    pub(crate) fn open(files: &[&str], grants: Grants, limits: Limits) -> Self {
        let place = tempfile::tempdir().expect("a temporary folder");
        fs::create_dir(place.path().join("plugins")).expect("a folder in it");
        for file in files {
            fs::copy(plugins_folder().join(file), place.path().join("plugins").join(file)).expect("they are built");
        }
        let options = RuntimeOptions {
            grants_file: Some(place.path().join(GRANTS)),
            former: Some(place.path().join("former")),
            ..options(place.path().join("plugins"), limits, grants)
        };
        Self { host: Arc::new(Runtime::new(&options).expect("the host starts")), place, options }
    }

    /// Ends the host and starts another over what it left.
    pub(crate) fn restart(&mut self) {
        self.host = Arc::new(Runtime::new(&self.options).expect("the host starts"));
    }

    /// With the misbehaving plug-in, which has what it asks.
    fn of_misbehave() -> Self {
        Self::open(&[FILE], granted(&[(MISBEHAVE, "log")]), small())
    }

    pub(crate) fn grants_file(&self) -> PathBuf {
        self.place.path().join(GRANTS)
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.place.path().join("plugins").join(name)
    }

    pub(crate) fn put(&self, name: &str, bytes: &[u8]) {
        fs::write(self.file(name), bytes).expect("the folder can be written to");
    }

    pub(crate) fn reload(&self) -> bool {
        self.host.reload().expect("the folder can be read")
    }

    /// Grants in the file, or takes back.
    pub(crate) fn grant(&self, plugin: &str, capability: &str, grant: bool) {
        change(&self.grants_file(), &decided(plugin, capability, grant)).expect("the file can be written");
    }

    /// The titles of the tools there are.
    pub(crate) fn titles(&self) -> Vec<String> {
        self.host.tools().iter().map(|tool| tool.title.get(Language::English).to_owned()).collect()
    }

    pub(crate) async fn works(&self) -> bool {
        self.host.call(how("ok")).await.outcome == Outcome::Done
    }
}

/// A decision of the operator 1.
pub(crate) fn decided(plugin: &str, capability: &str, grant: bool) -> PluginGrant {
    let capabilities = vec![capability.to_owned()];
    PluginGrant {
        plugin: plugin.to_owned(),
        capabilities,
        grant,
        by: Some(OperatorId(1)),
        at: at("2026-03-10T14:30:00-03:00"),
    }
}

/// The misbehaving plug-in with another title and version.
fn renamed() -> Vec<u8> {
    edited(FILE, |manifest| manifest.replace("\"Misbehaviour\"", "\"Mischief\"").replace("\"0.1.0\"", "\"0.2.0\""))
}

/// The same, and it asks for one capability more.
pub(crate) fn wanting(capability: &str) -> Vec<u8> {
    let asks = format!("[capabilities]\n{capability} = {{ pt-BR = \"Quer mais\", en = \"Wants more\" }}");
    edited(FILE, |manifest| manifest.replace("\"Misbehaviour\"", "\"Greed\"").replacen("[capabilities]", &asks, 1))
}

#[tokio::test]
async fn where_nothing_changed_nothing_is_taken_up() {
    let shop = Shop::of_misbehave();
    assert!(!shop.reload());
    shop.put("readme.txt", b"no plug-in");
    assert!(!shop.reload(), "a file of another kind is none of its business");
    assert!(shop.works().await);
}

#[tokio::test]
async fn a_changed_file_is_taken_up() {
    let shop = Shop::of_misbehave();
    shop.put(FILE, &renamed());
    assert_eq!(shop.titles(), ["Misbehaviour"], "not before it is looked at");
    assert!(shop.reload());
    assert_eq!(shop.titles(), ["Mischief"]);
    let report = report(&shop.host, FILE);
    assert_eq!(report.manifest.expect("it was read").plugin.version, "0.2.0");
    assert_eq!((report.refused, report.former_runs), (Vec::new(), false));
    assert!(shop.works().await);
    assert!(!shop.reload(), "once");
}

#[tokio::test]
async fn a_new_file_is_taken_up() {
    let shop = Shop::open(&[], granted(&[(MISBEHAVE, "log")]), small());
    assert!(shop.host.tools().is_empty());
    shop.put(FILE, &renamed());
    assert!(shop.reload());
    assert_eq!(shop.titles(), ["Mischief"]);
}

#[tokio::test]
async fn a_broken_new_version_leaves_the_former_running() {
    let shop = Shop::of_misbehave();
    let good = fs::read(shop.file(FILE)).expect("it is there");
    let nameless = edited(FILE, |manifest| manifest.replace("bote.misbehave", "misbehave"));
    for broken in [&good[..good.len() / 2], b"words", b"", &nameless] {
        shop.put(FILE, broken);
        assert!(shop.reload());
        refused(&shop.host, FILE);
        assert!(report(&shop.host, FILE).former_runs);
        assert_eq!(shop.titles(), ["Misbehaviour"]);
        assert!(shop.works().await);
        assert!(!shop.reload(), "a broken file is not looked at again and again");
        assert!(report(&shop.host, FILE).former_runs);
    }
    shop.put(FILE, &renamed());
    assert!(shop.reload());
    assert!(!report(&shop.host, FILE).former_runs);
    assert_eq!(shop.titles(), ["Mischief"]);
}

#[tokio::test]
async fn a_file_that_was_broken_from_the_start_has_no_former_version() {
    let shop = Shop::of_misbehave();
    shop.put("other.wasm", b"words");
    assert!(shop.reload());
    assert!(!report(&shop.host, "other.wasm").former_runs);
    assert_eq!(shop.titles(), ["Misbehaviour"]);
}

#[tokio::test]
async fn a_removed_file_goes_away_also_when_only_its_former_version_ran() {
    for breaks_first in [false, true] {
        let shop = Shop::of_misbehave();
        if breaks_first {
            shop.put(FILE, b"words");
            assert!(shop.reload());
        }
        fs::remove_file(shop.file(FILE)).expect("it is there");
        assert!(shop.reload());
        assert!(shop.host.tools().is_empty() && shop.host.reports().is_empty());
        assert_eq!(shop.host.call(how("ok")).await, unavailable());
        assert!(!shop.reload());
    }
}

#[tokio::test]
async fn a_file_that_is_renamed_is_the_same_plugin() {
    let shop = Shop::of_misbehave();
    fs::rename(shop.file(FILE), shop.file("another.wasm")).expect("it is there");
    assert!(shop.reload());
    assert_eq!(report(&shop.host, "another.wasm").refused, Vec::<String>::new());
    assert_eq!(shop.titles(), ["Misbehaviour"]);
    assert!(shop.works().await);
}

#[tokio::test]
async fn a_new_version_that_asks_for_more_waits_for_its_grant_while_the_former_runs() {
    let shop = Shop::of_misbehave();
    shop.put(FILE, &wanting("usage"));
    assert!(shop.reload());
    let why = refused(&shop.host, FILE);
    assert!(why.contains("`usage`, which is not granted"), "{why}");
    assert!(!why.contains("`log`"), "what it has already is not spoken of: {why}");
    let waiting = report(&shop.host, FILE);
    assert!(waiting.former_runs);
    let asked = waiting.manifest.expect("an administrator sees what the new version asks");
    assert_eq!(asked.capabilities["usage"].reason(Language::English), "Wants more");
    assert_eq!(shop.titles(), ["Misbehaviour"]);
    assert!(shop.works().await);

    shop.grant(MISBEHAVE, "usage", true);
    assert!(shop.reload(), "a grant is noticed without a change of the folder");
    assert_eq!(report(&shop.host, FILE).refused, Vec::<String>::new());
    assert_eq!(shop.titles(), ["Greed"]);
    assert!(shop.works().await);
}

#[tokio::test]
async fn what_the_file_of_grants_says_is_taken_up_in_both_directions() {
    let shop = Shop::open(&[FILE], BTreeMap::new(), small());
    assert!(shop.host.tools().is_empty());
    shop.grant(MISBEHAVE, "log", true);
    assert!(shop.reload());
    assert!(!shop.reload(), "once");
    assert!(shop.works().await);

    shop.grant(MISBEHAVE, "log", false);
    assert!(shop.reload());
    refused(&shop.host, FILE);
    assert_eq!(shop.host.call(how("ok")).await, unavailable(), "what was taken back is not used any more");
    assert!(!report(&shop.host, FILE).former_runs);
}

#[tokio::test]
async fn a_file_of_grants_that_cannot_be_read_is_a_fault_and_changes_nothing() {
    let shop = Shop::open(&[FILE], BTreeMap::new(), small());
    shop.grant(MISBEHAVE, "log", true);
    assert!(shop.reload());
    fs::write(shop.place.path().join("grants.toml"), "no grants at all").expect("it can be written");
    let said = shop.host.reload().expect_err("nobody guesses what is granted").to_string();
    assert!(said.contains("grants.toml"), "{said}");
    assert!(shop.works().await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_version_of_a_plugin_that_rests_begins_afresh() {
    let shop = Shop::of_misbehave();
    for _ in 0..3 {
        shop.host.call(how("trap")).await;
    }
    assert_eq!(shop.host.call(how("ok")).await.outcome, Outcome::Resting);
    assert!(!shop.reload());
    assert_eq!(shop.host.call(how("ok")).await.outcome, Outcome::Resting, "looking is no change");
    shop.put(FILE, &renamed());
    assert!(shop.reload());
    assert!(shop.works().await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_grant_to_another_plug_in_ends_no_rest_and_one_to_itself_does() {
    let shop = Shop::of_misbehave();
    shop.put(FILE, &edited(FILE, |manifest| manifest.replacen("[capabilities]", OPTIONAL_STORE, 1)));
    assert!(shop.reload());
    for _ in 0..3 {
        shop.host.call(how("trap")).await;
    }
    for (grant, plugin) in [(true, "bote.consumption"), (false, "bote.consumption"), (true, "isp.elsewhere")] {
        shop.grant(plugin, "usage", grant);
        assert!(shop.reload());
        assert_eq!(shop.host.call(how("ok")).await.outcome, Outcome::Resting, "{plugin}");
    }
    shop.grant(MISBEHAVE, "store", true);
    assert!(shop.reload());
    assert!(shop.works().await);
}

const OPTIONAL_STORE: &str = "[capabilities]\nstore = { pt-BR = \"?\", en = \"?\", optional = true }";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_that_runs_goes_on_when_its_file_goes_away() {
    let enough = Duration::from_secs(300);
    let limits = Limits { guest_time: enough, wall_time: enough, ..Limits::standard() };
    let shop = Shop::open(&["consumption.wasm"], granted(&[("bote.consumption", "usage")]), limits);
    let network = Held::new();
    let running = tokio::spawn({
        let (host, call) = (Arc::clone(&shop.host), period("day", Language::English, network.clone()));
        async move { host.call(call).await }
    });
    network.come.acquire().await.expect("it is never closed").forget();
    fs::remove_file(shop.file("consumption.wasm")).expect("it is there");
    assert!(shop.reload());
    assert_eq!(shop.host.call(period("day", Language::English, silent())).await, unavailable());
    network.go.add_permits(1);
    assert_eq!(running.await.expect("the call does not panic").outcome, Outcome::Done);
}

#[tokio::test]
async fn a_new_file_that_claims_the_id_of_one_that_runs_is_refused_whatever_its_name() {
    let shop = Shop::of_misbehave();
    shop.put("again.wasm", &renamed());
    assert!(shop.reload());
    assert_eq!(shop.titles(), ["Misbehaviour"]);
    let why = report(&shop.host, "again.wasm").refused.remove(0);
    assert!(["again.wasm holds the same plug-in as ", FILE].iter().all(|words| why.contains(words)), "{why}");
    assert!(shop.works().await);
}
