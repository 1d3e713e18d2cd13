//! What a recording must not hold: the values of cookies, and tokens, which a device gave and the guest sent back. Each has one
//! stand-in wherever it stood, so that a replay gives the stand-ins out and is asked with them again.

use crate::devices::Exchange;
use crate::passwords::Password;
use crate::written::{contains, replaced};

/// The fewest characters of a token. Shorter runs are the words and numbers of a page.
const TOKEN: usize = 12;
/// The fewest characters of a cookie's value that is replaced outside `Set-Cookie` as well.
const COOKIE: usize = 8;

/// What was sent to a device, and what it answered.
#[derive(Clone)]
pub(crate) struct Spoken {
    /// The path, the values of the headers and the body, each on a line.
    pub(crate) sent: String,
    /// `None` where nothing came back.
    pub(crate) answer: Option<Exchange>,
}

/// The exchanges with a stand-in for every secret: `password-1` for the first that was typed, `token-1` for the first that a
/// device gave, and so on.
pub(crate) fn without_secrets(spoken: &[Spoken], passwords: &[Password]) -> Vec<Exchange> {
    let spoken: Vec<_> = spoken.iter().map(|one| one.without(passwords)).collect();
    let secrets = Secrets::of(&spoken);
    spoken.iter().filter_map(|one| one.answer.as_ref()).map(|answer| secrets.replaced(answer)).collect()
}

impl Spoken {
    fn without(&self, passwords: &[Password]) -> Self {
        let text = |text: &str| passwords.iter().fold(text.to_owned(), |text, password| password.replaced(&text));
        let answer = |answer: &Exchange| Exchange {
            method: answer.method.clone(),
            path: text(&answer.path),
            status: answer.status,
            headers: answer.headers.iter().map(|(name, value)| (name.clone(), text(value))).collect(),
            body: text(&answer.body),
        };
        Self { sent: text(&self.sent), answer: self.answer.as_ref().map(answer) }
    }
}

/// The secrets of a recording, in the order they were given.
struct Secrets<'a>(Vec<&'a str>);

impl<'a> Secrets<'a> {
    fn of(spoken: &'a [Spoken]) -> Self {
        let mut secrets: Vec<&str> = Vec::new();
        for (place, Spoken { answer, .. }) in spoken.iter().enumerate() {
            let Some(answer) = answer else { continue };
            let (before, behind) = spoken.split_at(place + 1);
            // What the guest said first, it did not learn here: a path, a name, its own words.
            let is_learnt = |token: &&str| is_sent(behind, token) && !is_sent(before, token);
            let given = cookies(answer).map(|line| cookie(line).1).filter(|value| !value.is_empty());
            let texts = answer.headers.values().chain([&answer.body]);
            for secret in given.chain(texts.flat_map(|text| tokens(text)).filter(is_learnt)) {
                if !secrets.contains(&secret) {
                    secrets.push(secret);
                }
            }
        }
        Self(secrets)
    }

    fn stand_in(&self, secret: &str) -> Option<String> {
        self.0.iter().position(|known| *known == secret).map(|place| format!("token-{}", place + 1))
    }

    fn replaced(&self, answer: &Exchange) -> Exchange {
        let header = |(name, value): (&String, &String)| {
            let lines = value.split('\n').map(|line| if is_cookie(name) { self.cookie(line) } else { self.text(line) });
            (name.clone(), lines.collect::<Vec<_>>().join("\n"))
        };
        Exchange {
            method: answer.method.clone(),
            path: self.text(&answer.path),
            status: answer.status,
            headers: answer.headers.iter().map(header).collect(),
            body: self.text(&answer.body),
        }
    }

    /// A line of `Set-Cookie`, whatever its value is.
    fn cookie(&self, line: &str) -> String {
        let (name, value, rest) = cookie(line);
        let stand_in = self.stand_in(value).unwrap_or_default();
        format!("{name}{stand_in}{}", self.text(rest))
    }

    /// The longest first: one may be a part of another.
    fn text(&self, text: &str) -> String {
        let mut secrets: Vec<_> = self.0.iter().filter(|secret| is_no_word(secret, COOKIE)).collect();
        secrets.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
        secrets.into_iter().fold(text.to_owned(), |text, secret| {
            let stand_in = self.stand_in(secret).unwrap_or_default();
            replaced(&text, secret, &stand_in)
        })
    }
}

fn is_cookie(header: &str) -> bool {
    header.eq_ignore_ascii_case("set-cookie")
}

fn cookies(answer: &Exchange) -> impl Iterator<Item = &str> {
    let cookies = answer.headers.iter().filter(|(name, _)| is_cookie(name));
    cookies.flat_map(|(_, value)| value.split('\n'))
}

/// A line of `Set-Cookie`: the name with its sign, the value, and what follows it.
fn cookie(line: &str) -> (&str, &str, &str) {
    let end = line.find(';').unwrap_or(line.len());
    let start = line[..end].find('=').map_or(0, |sign| sign + 1);
    (&line[..start], &line[start..end], &line[end..])
}

/// What may be a token in the body of an answer or in a header's value: runs of the characters tokens are made of, and their parts where the run is
/// a path or has a name before it. The signs that base64 may end with stay where they are.
fn tokens(text: &str) -> impl Iterator<Item = &str> {
    let runs = text.split(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '_' | '-')));
    let parts = runs.flat_map(|run| std::iter::once(run).chain(run.split('/')));
    parts.filter(|part| is_no_word(part, TOKEN) && !part.starts_with('/'))
}

/// Long enough, and with a digit, which the names and paths that pages and requests share seldom have.
fn is_no_word(text: &str, least: usize) -> bool {
    text.len() >= least && text.contains(|c: char| c.is_ascii_digit())
}

fn is_sent(spoken: &[Spoken], token: &str) -> bool {
    spoken.iter().any(|Spoken { sent, .. }| contains(sent, token))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn without_secrets(spoken: &[Spoken]) -> Vec<Exchange> {
        super::without_secrets(spoken, &[])
    }

    fn spoken(sent: &str, headers: &[(&str, &str)], body: &str) -> Spoken {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let path = sent.lines().next().unwrap_or_default().to_owned();
        let answer = Exchange { method: "GET".to_owned(), path, status: 200, headers, body: body.to_owned() };
        Spoken { sent: sent.to_owned(), answer: Some(answer) }
    }

    #[test]
    fn a_cookie_has_the_same_stand_in_wherever_it_stood() {
        let login =
            [("set-cookie", "sid=8f3a9c5be1d2; path=/;stok=8f3a9c5be1d2\nlang=en"), ("location", "/8f3a9c5be1d2/")];
        let kept = without_secrets(&[
            spoken("/login", &login, "en: 8f3a9c5be1d2"),
            spoken("/8f3a9c5be1d2/status", &[("set-cookie", "sid=8f3a9c5be1d2")], "en"),
            spoken("/logout", &[("set-cookie", "sid=; Max-Age=0")], ""),
        ]);
        assert_eq!(kept[0].headers["set-cookie"], "sid=token-1; path=/;stok=token-1\nlang=token-2");
        assert_eq!((kept[0].headers["location"].as_str(), kept[0].body.as_str()), ("/token-1/", "en: token-1"));
        assert_eq!((kept[1].path.as_str(), kept[1].body.as_str()), ("/token-1/status", "en"));
        assert_eq!(kept[1].headers["set-cookie"], "sid=token-1");
        assert_eq!(kept[2].headers["set-cookie"], "sid=; Max-Age=0");
    }

    #[test]
    fn a_token_that_is_sent_back_is_replaced_in_answers_and_paths() {
        let kept = without_secrets(&[
            spoken("/login", &[], r#"{"token":"0a1b2c3d4e5f","serial":"A1B2C3D4E5F6G7"}"#),
            spoken("/status\nasus_token=0a1b2c3d4e5f", &[], "<a href=/form?key=Zm9+dG9r/W4x==>0a1b2c3d4e5f</a>"),
            spoken("/form?key=Zm9%2BdG9r%2FW4x%3D%3D", &[], ""),
        ]);
        assert_eq!(kept[0].body, r#"{"token":"token-1","serial":"A1B2C3D4E5F6G7"}"#);
        assert_eq!(kept[1].body, "<a href=/form?key=token-2==>token-1</a>");
        assert_eq!(kept[2].path, "/form?key=token-2%3D%3D");
    }

    #[test]
    fn a_token_in_any_header_is_known_and_a_form_may_write_it_in_small_letters() {
        let login = [("location", "/;stok=0a1b2c3d4e5f/admin"), ("x-csrf-token", "Zm9+dG9r/W4x")];
        let kept = without_secrets(&[
            spoken("/login", &login, ""),
            spoken("/;stok=0a1b2c3d4e5f/status", &[("etag", "0a1b2c3d4e5f6071")], ""),
            spoken("/save?csrf=Zm9%2bdG9r%2fW4x", &[], "0a1b2c3d4e5f6071"),
        ]);
        assert_eq!(kept[0].headers["location"], "/;stok=token-1/admin");
        assert_eq!(kept[0].headers["x-csrf-token"], "token-2");
        assert_eq!((kept[1].path.as_str(), kept[2].path.as_str()), ("/;stok=token-1/status", "/save?csrf=token-2"));
    }

    #[test]
    fn a_password_has_a_stand_in_in_paths_headers_and_bodies() {
        let password = Password::new(1, "s3nha+7731", &["tecnico".to_owned()]).expect("it was typed");
        let kept = super::without_secrets(
            &[spoken("/in?u=tecnico&p=s3nha%2b7731", &[("location", "/ok?p=s3nha+7731")], "<b>s3nha+7731</b>")],
            &[password],
        );
        assert_eq!((kept[0].path.as_str(), kept[0].body.as_str()), ("/in?u=tecnico&p=password-1", "<b>password-1</b>"));
        assert_eq!(kept[0].headers["location"], "/ok?p=password-1");
    }

    #[test]
    fn a_token_is_known_from_a_request_that_got_no_answer() {
        let restart = Spoken { sent: "/reboot\ntoken=0a1b2c3d4e5f".to_owned(), answer: None };
        let kept = without_secrets(&[spoken("/reset", &[], "value=\"0a1b2c3d4e5f\""), restart]);
        assert_eq!((kept.len(), kept[0].body.as_str()), (1, "value=\"token-1\""));
    }

    #[test]
    fn what_pages_and_requests_have_in_common_stays() {
        let body = "action=/cgi-bin/v2/reboot enctype=application/x-www-form-urlencoded InternetGatewayDevice \
                    suporte-2026-norte 0000000000000000";
        let again = "/cgi-bin/v2/reboot\napplication/x-www-form-urlencoded\nInternetGatewayDevice suporte-2026-norte \
                     0000000000000000";
        let kept = without_secrets(&[
            spoken("/login\nuser=suporte-2026-norte&session=0000000000000000", &[], body),
            spoken(again, &[], body),
        ]);
        assert_eq!((kept[0].body.as_str(), kept[1].body.as_str()), (body, body));
        assert_eq!(kept[1].path, "/cgi-bin/v2/reboot");
    }
}
