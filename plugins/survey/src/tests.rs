//! What the survey answers where the host is the fake, which has all of the contract too.

use super::*;
use bote_guest::FailureKind;
use bote_guest::fake::{Fake, FakeAnswer, FakeEquipment, FakeFile};

/// 24 November 2026, 12:00 UTC.
const NOW: Instant = 1_795_521_600_000;

fn call() -> Fake {
    let bucket = |start| usage::Bucket { start, end: start + HOUR, down_bytes: 20, up_bytes: 10 };
    let interval = |start, end, state| sessions::Interval { start, end, state, cause: None };
    let device = FakeEquipment { id: "221011".into(), role: "onu".into(), vendor: "Acme".into(), model: "X1".into() };
    Fake::new()
        .now(NOW)
        .tool("capabilities")
        .connection("22101", Some("Fibra 500"))
        .equipment("equipment", device)
        .report("Sem internet")
        .comments(vec![tickets::Comment { at: NOW - 1, author: "Ana".into(), text: "ligado".into(), public: true }])
        .hours(vec![bucket(NOW - HOUR)])
        .days(vec![bucket(NOW - SPAN)])
        .months(vec![bucket(NOW - SPAN)])
        .samples(vec![usage::Sample { at: NOW - HOUR, down_bytes: 2, up_bytes: 1 }])
        .intervals(vec![
            interval(NOW - SPAN, NOW - HOUR, Presence::Online),
            interval(NOW - HOUR, NOW, Presence::Unknown),
        ])
        .devices_answer(|sent| Ok(FakeAnswer { status: 200, headers: Vec::new(), body: sent.body.clone() }))
}

#[test]
fn every_capability_is_used_and_every_block_is_pushed() {
    let answer = call().kept(CALLS, &[1]).run::<Survey>();
    assert!(answer.result.is_ok(), "{}", answer.printed());
    assert_eq!(answer.statuses, ["Surveying"]);
    assert_eq!(answer.comments, ["Surveyed"]);
    assert_eq!(answer.attached, [("survey.txt".to_owned(), b"surveyed".to_vec())]);
    assert_eq!(answer.log[0], "Level::Debug: surveyed by=survey");
    assert_eq!(answer.sent[0].body, b"what=all");
    assert_eq!(answer.kept[CALLS], [2]);
    for words in [
        "ticket: 202611.1 in-progress 1795518000000\nconnection: 22101 Fibra 500\ndevices: 221011\n",
        "Sem internet\nat | author | text | public\n1795521599999 | Ana | ligado | true\n",
        "Days: 20 10. Months: 20 10.\n",
        "221011 onu Acme X1\nstatus: 200\ntype: \ncookies: \nbody: what=all\n",
        "calls: 2\nstale: FailureKind::Busy changed\n\
         keys: offered/one offered/two\nkeys behind the first: offered/two\n",
        "file survey.csv (text/csv, 4 bytes)\nContract: https://example.com/contract\n[Again] capabilities equipment=221011\n",
    ] {
        assert!(answer.printed().contains(words), "`{words}` is missing in:\n{}", answer.printed());
    }
}

#[test]
fn a_source_that_fails_ends_the_survey_with_its_failure() {
    for capability in ["tickets", "usage", "sessions", "device-http", "store"] {
        let answer = call().fails(capability, FailureKind::Unavailable, capability).run::<Survey>();
        assert_eq!(answer.result.map_err(|failure| failure.code), Err(capability.to_owned()));
    }
}

#[test]
fn every_kind_of_parameter_is_repeated() {
    let file = FakeFile { name: "a.txt".into(), media_type: "text/plain".into(), bytes: b"abcde".to_vec() };
    let given = Fake::new().tool("parameters").text("words", "Zilda").integer("whole", -7).decimal("fraction", 1.5);
    let given = given.flag("yes", true).text("fixed", "b").text("dynamic", "offered/one").date("day", NOW);
    let given = given.period("period", NOW, NOW + SPAN).file("enclosed", file).text("password", "segredo");
    assert_eq!(
        given.run::<Survey>().printed(),
        "Parameters\nwords: Zilda\nwhole: -7\nfraction: 1.5\nyes: true\nfixed: b\ndynamic: offered/one\n\
         day: 1795521600000\nperiod: 1795521600000 1795532400000\nenclosed: a.txt text/plain 5 [98, 99, 100]\npassword: 7\n"
    );
}

#[test]
fn choices_are_what_was_kept_and_what_was_answered() {
    let asked = Fake::new().text("words", "Zilda").kept("offered/one", b"1").kept(CALLS, &[1]);
    let choices = asked.choices::<Survey>("dynamic").expect("they are offered");
    let choices: Vec<_> = choices.iter().map(|choice| (choice.value.as_str(), choice.label.as_str())).collect();
    assert_eq!(choices, [("offered/one", "offered/one"), ("Zilda", "dynamic")]);
}
