//! For tests only, never shipped: a plug-in with every capability that writes or reaches out, and no manners. What it is
//! refused stands in its answer, one code a line, so that a test sees each refusal.

mod answers;
mod hoard;
mod reach;

use bote_guest::{Choice, Failure, FailureKind, Forms, Invocation, Reply, Tool};
use std::fmt::Write as _;

struct Intrude;

impl Tool for Intrude {
    fn run(what: &Invocation, to: &Reply) -> Result<(), Failure> {
        let how = what.text("how").unwrap_or_default();
        let with = what.text("what").unwrap_or_default();
        match how.as_str() {
            "ok" => to.text("ok"),
            "string" => to.text(&"x".repeat(8 << 20)),
            "sentence" => Err(failure(&"\u{1b}[31m\0fim\u{7}".repeat(10_000))),
            "points" => answers::points(what.started(), to),
            "all-points" => answers::all_points(what.started(), to),
            "charts" => answers::charts(what.started(), to),
            "chart" => answers::chart(what.started(), to),
            "numbers" => answers::numbers(what.started(), to),
            "instants" => answers::instants(what.started(), to),
            "words" => answers::words(to),
            "tables" => answers::tables(to),
            "files" => answers::files(to),
            "file-names" => answers::file_names(to),
            "escapes" => answers::escapes(what.started(), to),
            "links" => answers::links(to),
            "suggestions" => answers::suggestions(to),
            "statuses" => answers::statuses(to),
            "ticket-handles" => reach::ticket_handles(what),
            "device-handles" => reach::device_handles(what),
            "request-handles" => reach::request_handles(),
            "comments" => reach::comments(what, to),
            "operations" => reach::operations(to),
            "keys" => reach::keys(to),
            "full" => reach::full(to),
            "kept" => reach::kept(to),
            "log" => reach::log(to),
            "get" => reach::get(what, &with, to),
            "method" => reach::method(what, &with, to),
            "header" => reach::header(&with, to),
            "requests" => reach::requests(what, to),
            "body" => reach::body(to),
            "paths" => hoard::paths(what, to),
            "bodies" => hoard::bodies(to),
            "headers" => hoard::headers(to),
            "send-bodies" => hoard::send_bodies(what, to),
            "files-of-the-ticket" => hoard::files(what, to),
            _ => Err(failure("Modo desconhecido.")),
        }
    }
}

impl Forms for Intrude {
    /// What it is refused while a person is only choosing, as choices.
    fn choices(what: &Invocation, _parameter: String) -> Result<Vec<Choice>, Failure> {
        let attempts = reach::all_while_choosing(what)?;
        Ok(attempts.0.lines().map(|line| Choice { value: line.to_owned(), label: line.to_owned() }).collect())
    }
}

bote_guest::export!(Intrude);

/// What came of several attempts, one line each.
#[derive(Default)]
struct Attempts(String);

impl Attempts {
    fn note<T>(&mut self, attempt: &str, came: Result<T, Failure>) {
        let came = came.map_or_else(|failure| failure.code, |_| "done".to_owned());
        // Writing to a string does not fail.
        _ = writeln!(self.0, "{attempt}: {came}");
    }

    fn tell(self, to: &Reply) -> Result<(), Failure> {
        to.text(&self.0)
    }
}

fn failure(message: &str) -> Failure {
    Failure { kind: FailureKind::Internal, code: "as-asked".into(), message: message.into() }
}
