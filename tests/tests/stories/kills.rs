//! Killed with SIGKILL at every line of the story, between lines and within them, and started again: nothing is lost,
//! nothing is done twice, the draft goes on.

use std::collections::BTreeSet;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::demo::{Demo, Ended, TEO};
use crate::script::{COMPLAINTS, Turn, messages, question, story, up_to, without_numbers};
use crate::whole::finished;

/// Cases at once.
const THREADS: usize = 2;

/// The story as it goes when nobody interferes.
fn reference() -> &'static [Turn] {
    static REFERENCE: OnceLock<Vec<Turn>> = OnceLock::new();
    REFERENCE.get_or_init(|| Demo::new().run(&story()).turns())
}

/// How many messages were shown once so many lines are answered; the welcome is the first.
fn shown_after(lines: usize) -> usize {
    1 + reference()[..lines].iter().map(|turn| messages(&turn.answer).len()).sum::<usize>()
}

/// Works off cases side by side. A case that fails fails the test.
fn each(cases: usize, case: impl Fn(usize) + Sync) {
    reference();
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= cases {
                        return;
                    }
                    case(number);
                }
            });
        }
    });
}

/// The story ends as it always does, and no line was answered with a complaint.
fn ends_well(demo: &Demo, ended: &Ended) {
    for turn in ended.turns() {
        let complaint = COMPLAINTS.iter().find(|sentence| turn.answer.contains(**sentence));
        assert!(complaint.is_none(), "not understood: {turn:?}");
    }
    finished(demo);
}

#[test]
fn killed_between_any_two_lines_the_story_goes_on() {
    let lines = story();
    each(lines.len() + 1, |number| {
        let demo = Demo::new();
        let mut first = demo.start(TEO);
        first.send(&lines[..number]);
        first.shown(shown_after(number));
        first.kill();
        let before = Committed::of(&demo);
        assert_eq!(demo.received(), number + 1, "each line was kept before it was answered");

        let ended = demo.run(&lines[number..]);
        before.is_still_there(&demo);
        ends_well(&demo, &ended);
        if let Some(turn) = number.checked_sub(1).map(|last| &reference()[last]) {
            opens_with_the_open_question(&ended, turn, number);
        }
    });
}

/// Up to the summary of stage 3 there is always a question, and the first thing said is that question. What was shown a
/// moment before the end may be shown again before it.
fn opens_with_the_open_question(ended: &Ended, turn: &Turn, number: usize) {
    if number >= up_to("Iniciar atendimento") {
        return;
    }
    let greeting = messages(ended.greeting());
    assert_eq!(question(ended.greeting()), question(&turn.answer), "after `{}`", turn.line);
    let known: BTreeSet<_> = messages(&turn.answer).into_iter().map(without_numbers).collect();
    let strange: Vec<_> = greeting.iter().filter(|message| !known.contains(&without_numbers(message))).collect();
    assert!(strange.is_empty(), "after `{}` it begins with {strange:?}", turn.line);
}

/// When the process dies, after a line was written to it.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Moment {
    /// At once: it may not have been read.
    Written,
    /// When it was read: it may not have been kept.
    Read,
    /// With the first sign of the answer: it was carried out, or is being carried out.
    Answered,
}

/// Two moments for each line; of the two before an answer, one line has this and the next has that.
fn moment(case: usize) -> (usize, Moment) {
    let number = case / 2;
    match (case % 2, number % 2) {
        (0, 0) => (number, Moment::Written),
        (0, _) => (number, Moment::Read),
        _ => (number, Moment::Answered),
    }
}

#[test]
fn killed_in_the_middle_of_any_line_the_story_goes_on() {
    let lines = story();
    each(lines.len() * 2, |case| {
        let (number, moment) = moment(case);
        let line = &lines[number];
        let demo = Demo::new();
        let mut first = demo.start(TEO);
        first.send(&lines[..number]);
        first.shown(shown_after(number));
        first.send(&[line]);
        // The line may stand there before, so the echo is that behind the answers so far.
        match moment {
            Moment::Written => {}
            Moment::Read => first.hears_after(shown_after(number), &format!("› {line}\n"), 0),
            Moment::Answered => first.hears_after(shown_after(number), &format!("› {line}\n"), 1),
        }
        first.kill();
        let before = Committed::of(&demo);

        // What was kept is carried out at the next start; what was not is written again, as a person does.
        let received = demo.received();
        assert!([number + 1, number + 2].contains(&received), "`{line}`, {moment:?}: {received} messages");
        let kept = received == number + 2;
        assert!(kept || moment != Moment::Answered, "`{line}` was answered before it was kept");
        let rest = if kept { &lines[number + 1..] } else { &lines[number..] };
        let ended = demo.run(rest);
        before.is_still_there(&demo);
        ends_well(&demo, &ended);
    });
}

#[test]
fn killed_again_and_again_the_story_goes_on() {
    let lines = story();
    let demo = Demo::new();
    for (number, line) in lines.iter().enumerate() {
        let mut talk = demo.start(TEO);
        // The welcome or the open question comes first, so that a number or a label is one of its buttons.
        talk.shown(1);
        talk.send(&[line]);
        talk.hears_messages_after(&format!("› {line}\n"), messages(&reference()[number].answer).len());
        talk.kill();
    }
    demo.run::<&str>(&[]);
    finished(&demo);
}

#[test]
fn killed_while_it_fills_a_new_demo_begins_anew() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for _ in 0..3 {
        let mut command = crate::demo::command();
        command.arg("demo").arg("--folder").arg(folder.path().join("new"));
        command.stdin(std::process::Stdio::null()).stdout(std::process::Stdio::null());
        let mut child = command.stderr(std::process::Stdio::null()).spawn().expect("the program starts");
        // Wherever it is by now.
        child.kill().expect("the process is there");
        child.wait().expect("the process is there");
    }
    let mut command = crate::demo::command();
    command.arg("demo").arg("--folder").arg(folder.path().join("new")).stdin(std::process::Stdio::null());
    let ended = command.output().expect("the program starts");
    assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
    let said = String::from_utf8_lossy(&ended.stdout);
    assert!(said.starts_with("Olá, Téo Exemplo (campo)!"), "{said}");
}

/// What stood in the database when the process died.
struct Committed {
    tickets: Vec<String>,
    entries: Vec<String>,
    files: Vec<String>,
}

const TICKETS: &str = r#"SELECT hex("id") || ' ' || "period" || '.' || "sequence" AS "found" FROM "ticket""#;
const ENTRIES: &str = r#"SELECT "number" || ' ' || "kind" || ' ' || "at_ms" AS "found" FROM "ticket_entry""#;
const FILES: &str = r#"SELECT hex("id") || ' ' || "hash" AS "found" FROM "attachment""#;

impl Committed {
    fn of(demo: &Demo) -> Self {
        Self { tickets: demo.texts(TICKETS), entries: demo.texts(ENTRIES), files: demo.texts(FILES) }
    }

    fn is_still_there(&self, demo: &Demo) {
        for (kept, query) in [(&self.tickets, TICKETS), (&self.entries, ENTRIES), (&self.files, FILES)] {
            let now: BTreeSet<_> = demo.texts(query).into_iter().collect();
            let lost: Vec<_> = kept.iter().filter(|row| !now.contains(*row)).collect();
            assert!(lost.is_empty(), "lost: {lost:?}");
        }
    }
}
