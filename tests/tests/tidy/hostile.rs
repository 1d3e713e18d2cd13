//! The page about hostile plug-ins says what the tests do: each test it names is one, each test is named, and what it says
//! people read is what they read.

use std::collections::BTreeSet;

use crate::tree::{files, read};

const PAGE: &str = "docs/hostile.md";

/// Tests of what is harmless, or of the versions of the contract alone.
const ABOUT_NO_HARM: [&str; 10] = [
    "allocators::what_is_made_of_as_many_parts_as_may_be_runs",
    "devices::an_address_that_is_allowed_is_allowed_in_its_mapped_form_as_well",
    "devices::a_device_answers_and_sees_what_the_host_says",
    "drift::a_handle_that_is_given_where_it_should_be_lent_does_no_harm",
    "drift::a_plugin_that_does_not_know_all_of_the_host_is_taken",
    "drift::another_version_of_the_contract_is_refused_and_both_are_named",
    "drift::the_released_contract_is_taken",
    "handles::a_handle_that_was_asked_for_works",
    "manifests::a_good_manifest_is_taken",
    "trust::a_signed_component_of_a_trusted_publisher_is_taken",
];

/// What stands between backticks in the lines of the page's tables.
fn quoted(page: &str) -> impl Iterator<Item = &str> {
    page.lines().filter(|line| line.starts_with('|')).flat_map(|line| line.split('`').skip(1).step_by(2))
}

/// The tests of hostile guests, each with its module.
fn tests() -> BTreeSet<String> {
    let mut tests = BTreeSet::new();
    for file in files(&["tests/tests/hostile"], "rs") {
        let module = file.path.rsplit('/').next().and_then(|name| name.strip_suffix(".rs")).expect("a Rust file");
        let mut lines = file.text.lines().map(str::trim);
        while let Some(line) = lines.next() {
            if line.starts_with("#[tokio::test") || line == "#[test]" {
                let function = lines.find(|line| !line.starts_with("#[")).and_then(|line| line.split_once("fn "));
                let name = function.and_then(|(_, rest)| rest.split('(').next()).expect("a test is a function");
                tests.insert(format!("{module}::{name}"));
            }
        }
    }
    tests
}

#[test]
fn the_page_about_hostile_plug_ins_names_every_test_and_no_other() {
    let (page, tests) = (read(PAGE), tests());
    let named: BTreeSet<_> = quoted(&page).filter(|word| word.contains("::")).map(ToOwned::to_owned).collect();
    let gone: Vec<_> = named.difference(&tests).collect();
    assert!(gone.is_empty(), "{PAGE} names tests that are not there: {gone:#?}");
    let versions = |test: &&String| test.starts_with("evolution::") || test.starts_with("later::");
    let harmless = |test: &&String| ABOUT_NO_HARM.contains(&test.as_str());
    let silent: Vec<_> = tests.difference(&named).filter(|test| !versions(test) && !harmless(test)).collect();
    assert!(silent.is_empty(), "{PAGE} does not name: {silent:#?}");
    for row in page.lines().filter(|line| line.starts_with("| ") && line.matches('|').count() == 5) {
        assert!(row.contains("::") || row.contains("---") || row.contains("| tests |"), "a row without a test: {row}");
    }
}

#[test]
fn what_the_page_about_hostile_plug_ins_says_people_read_is_what_they_read() {
    let page = read(PAGE);
    let said: String = files(&["bots/conversation/locales/en"], "ftl").into_iter().map(|file| file.text).collect();
    let said = said + &read("host/runtime/src/host.rs");
    let sentences: Vec<_> = quoted(&page).filter(|words| words.ends_with('.')).collect();
    assert!(sentences.len() >= 8, "{sentences:?}");
    for sentence in sentences {
        assert!(said.contains(&sentence.replace("{tool}", "{ $tool }")), "nobody says: {sentence}");
    }
}

#[test]
fn limits_that_the_page_about_hostile_plug_ins_names_are_those_of_the_guide() {
    let (page, guide) = (read(PAGE), read("docs/plugins.md"));
    let is_limit = |word: &&str| word.contains('-') && word.chars().all(|c| c.is_ascii_lowercase() || c == '-');
    // Reasons to refuse one thing are no limits.
    for limit in quoted(&page).filter(is_limit).filter(|word| !word.starts_with("bad-")) {
        assert!(guide.contains(&format!("`{limit}`")), "the guide has no limit {limit}");
    }
}

/// An author who meets one looks it up.
#[test]
fn every_limit_that_a_call_can_meet_stands_in_the_table_of_the_guide() {
    let guide = read("docs/plugins.md");
    let mut named = BTreeSet::new();
    for file in files(&["host/runtime/src"], "rs") {
        for start in ["too_large(\"", "met_limit(\"", "limit = Some(\"", "Err(\"too-"] {
            let codes = file.text.split(start).skip(1).filter_map(|rest| rest.split('"').next());
            let whole = |code: &str| if start.ends_with("too-") { format!("too-{code}") } else { code.to_owned() };
            named.extend(codes.map(whole));
        }
    }
    assert!(named.len() > 15, "{named:?}");
    let is_in_the_table = |limit: &String| {
        guide.lines().filter(|line| line.starts_with('|')).any(|line| line.contains(&format!("`{limit}`")))
    };
    let missing: Vec<_> = named.iter().filter(|limit| !is_in_the_table(limit)).collect();
    assert!(missing.is_empty(), "the guide's table of limits lacks {missing:?}");
}
