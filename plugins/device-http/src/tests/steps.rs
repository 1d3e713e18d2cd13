//! A device that goes on asking behind the password, and takes one session at a time.

use super::*;
use crate::profile::Request;

/// No request of its own; the login has a step before the password and one behind it.
static STEPS: Profile = Profile {
    name: "steps",
    sources: &[],
    vendors: &[],
    models: &[],
    login: &[step("/before", ""), step("/password", "{user}:{password}"), step("/behind", "")],
    requests: &[step("/page", "")],
    readings: &[],
    restart: &[],
    logout: &[step("/logout", "")],
};

const fn step(path: &'static str, body: &'static str) -> Request {
    Request { name: "", method: "POST", path, headers: &[], body, take: None, needs_cookie: false, refused: &["no"] }
}

struct InSteps;

impl Tool for InSteps {
    fn run(what: &Invocation, to: &Reply) -> Result<(), Failure> {
        let words = Words::of(&what.locale());
        let device = what.equipment("equipment").expect("the test gives one");
        let mut session = Session::new(&device, words);
        let login = Some((Some("ana".to_owned()), "senha".to_owned()));
        let done = talk(&mut session, &STEPS, "status-with-login", login, words, to);
        session.log_out(&STEPS);
        done
    }
}

/// What was sent, by path and cookie, when the device answers like this.
fn sent(answer: impl FnMut(&Sent) -> Result<FakeAnswer, Failure> + 'static) -> Vec<(String, String)> {
    let fake = Fake::new().connection("22101", None).equipment("equipment", device("Any", "X1"));
    let sent = fake.devices_answer(answer).run::<InSteps>().sent;
    let cookie = |sent: &Sent| sent.headers.iter().find(|(name, _)| name == "Cookie").map(|(_, value)| value.clone());
    sent.iter().map(|one| (one.path.clone(), cookie(one).unwrap_or_default())).collect()
}

fn paths(sent: &[(String, String)]) -> Vec<&str> {
    sent.iter().map(|(path, _)| path.as_str()).collect()
}

#[test]
fn a_session_that_opened_is_ended_when_a_later_step_fails() {
    let silent = || Err(failure(FailureKind::Timeout, "silent", ""));
    for behind in [(|| page("no")) as fn() -> _, || refused(403), silent] {
        let sent = sent(move |sent| if sent.path == "/behind" { behind() } else { page("") });
        assert_eq!(paths(&sent), ["/before", "/password", "/behind", "/logout"]);
    }
}

#[test]
fn where_no_session_opened_none_is_ended() {
    let before = sent(|sent| page(if sent.path == "/before" { "no" } else { "" }));
    assert_eq!(paths(&before), ["/before"]);
    let password = sent(|sent| page(if sent.path == "/password" { "no" } else { "" }));
    assert_eq!(paths(&password), ["/before", "/password"]);
}

#[test]
fn every_cookie_is_sent_back_until_it_is_taken_back() {
    let cookies = |lines: &[&str]| {
        let headers = lines.iter().map(|line| ("Set-Cookie".to_owned(), (*line).to_owned())).collect();
        Ok(FakeAnswer { status: 200, headers, body: Vec::new() })
    };
    let sent = sent(move |sent| match sent.path.as_str() {
        "/before" => cookies(&["sid=1; path=/", "lang=en", "no pair"]),
        "/password" => cookies(&["sid=2; HttpOnly", "seen=; path=/", "lang=en; Max-Age=0"]),
        _ => page(""),
    });
    let sent: Vec<_> = sent.iter().map(|(path, cookie)| (path.as_str(), cookie.as_str())).collect();
    assert_eq!(
        sent,
        [
            ("/before", ""),
            ("/password", "sid=1; lang=en"),
            ("/behind", "sid=2"),
            ("/page", "sid=2"),
            ("/logout", "sid=2")
        ]
    );
}
