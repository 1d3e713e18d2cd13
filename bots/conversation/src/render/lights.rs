//! The express query: the palette, worst first, with what stands behind each light.

use super::Page;
use crate::format;
use crate::press::{Act, Press};
use crate::session::At;
use crate::words::Value;
use bote_sdk::express::{Colour, Detail};
use bote_sdk::known::Known;
use bote_sdk::query::LightsView;
use bote_sdk::rendering::{Line, Tone};
use bote_sdk::ticket::ConnectionFact;
use chrono::TimeDelta;

/// From this age on, a result says how old it is.
const FRESH: TimeDelta = TimeDelta::seconds(60);

impl Page<'_> {
    pub(super) fn lights(&mut self, view: &LightsView, opening: bool) {
        self.say(Tone::Strong, "lights-title", &[("protocol", view.protocol.as_str().into())]);
        let age = self.context.now - view.lights.evaluated_at;
        if age > FRESH {
            let age = format::duration(age.num_minutes());
            self.say(Tone::Muted, "lights-age", &[("age", age.into())]);
        }
        let mut lights: Vec<_> = view.lights.lights.iter().collect();
        lights.sort_by_key(|light| light.colour);
        for light in lights {
            let (sign, tone, word) = match light.colour {
                Colour::Red => ("🔴", Tone::Bad, "light-red"),
                Colour::Unknown => ("⚠️", Tone::Unknown, "light-unknown"),
                Colour::Green => ("🟢", Tone::Good, "light-green"),
                Colour::Na => ("⚪", Tone::Muted, "light-na"),
            };
            let name = self.words.get(&format!("light-{}", light.kind.name()));
            let word = self.words.get(word);
            self.line(Line::of(tone, format!("{sign} {name}: {word}")));
            for detail in &light.details {
                let text = self.detail(view, detail);
                self.line(Line::of(Tone::Plain, format!("   {text}")));
            }
        }
        let priority = self.words.get(&format!("priority-{}", view.lights.priority.name()));
        let group = view.lights.group.and_then(|g| self.context.catalogue.group(g));
        match group {
            Some(group) => {
                let variables = [("priority", priority.into()), ("group", group.name.as_str().into())];
                self.say(Tone::Plain, "light-priority-group", &variables);
            }
            None => self.say(Tone::Plain, "light-priority", &[("priority", priority.into())]),
        }
        for fact in &view.lights.connections {
            self.connection_fact(view, fact);
        }
        if opening {
            let buttons = vec![
                self.button("button-next", &Press::Next(At::Lights)),
                self.button("button-refresh", &Press::On(Act::Refresh, view.ticket)),
            ];
            self.row(buttons);
            let cancel = self.button("button-cancel", &Press::Cancel);
            self.row(vec![cancel]);
        }
    }

    fn connection_fact(&mut self, view: &LightsView, fact: &ConnectionFact) {
        let unknown = self.words.get("unknown");
        let none = self.words.get("none");
        let said = |value: &Known<String>| match value {
            Known::Value(value) => value.clone(),
            Known::Absent => none.clone(),
            Known::Unavailable => unknown.clone(),
        };
        let ip = match &fact.last_ip {
            Known::Value(ip) => Known::Value(ip.expose().to_owned()),
            Known::Absent => Known::Absent,
            Known::Unavailable => Known::Unavailable,
        };
        let variables = [
            ("connection", Value::from(fact.connection.to_string())),
            ("date", format::day(fact.registered_at, self.context.zone).into()),
            ("nas", said(&fact.last_nas).into()),
            ("ip", said(&ip).into()),
        ];
        let key = if view.network_addresses { "light-connection" } else { "light-connection-short" };
        self.say(Tone::Muted, key, &variables);
    }

    fn detail(&self, view: &LightsView, detail: &Detail) -> String {
        let zone = self.context.zone;
        let number = |code: i64| Value::from(code.to_string());
        match detail {
            Detail::Outage { notice, opened_at } => self.words.with(
                "detail-outage",
                &[
                    ("code", number(notice.0)),
                    ("date", format::day(*opened_at, zone).into()),
                    ("time", format::time(*opened_at, zone).into()),
                ],
            ),
            Detail::Delinquent { contract, days } => {
                self.words.with("detail-delinquent", &[("contract", number(contract.0)), ("days", (*days).into())])
            }
            Detail::PendingTickets { protocols, more } => {
                let count = protocols.len() as i64 + i64::from(*more);
                let shown: Vec<_> = protocols.iter().map(|p| p.with_year(self.context.year_digits)).collect();
                let mut shown = shown.join(", ");
                if *more > 0 {
                    shown.push_str(&format!(" (+{more})"));
                }
                self.words.with("detail-pending-tickets", &[("count", count.into()), ("protocols", shown.into())])
            }
            Detail::PendingOrders { orders } => {
                let codes: Vec<_> = orders.iter().map(ToString::to_string).collect();
                let count = orders.len() as i64;
                self.words.with("detail-pending-orders", &[("count", count.into()), ("codes", codes.join(", ").into())])
            }
            Detail::Reduced { connection, since } => self
                .words
                .with("detail-reduced", &[("connection", number(connection.0)), ("date", format::date(*since).into())]),
            Detail::OfflineSince { connection, since: Some(since) } => self.words.with(
                "detail-offline-since",
                &[
                    ("connection", number(connection.0)),
                    ("date", format::day(*since, zone).into()),
                    ("time", format::time(*since, zone).into()),
                ],
            ),
            Detail::OfflineSince { connection, since: None } => {
                self.words.with("detail-offline", &[("connection", number(connection.0))])
            }
            Detail::OnlineFor { connection, minutes } => self.words.with(
                "detail-online",
                &[("connection", number(connection.0)), ("duration", format::duration(*minutes).into())],
            ),
            Detail::SessionStale { connection, since } => self.words.with(
                "detail-stale",
                &[
                    ("connection", number(connection.0)),
                    ("date", format::day(*since, zone).into()),
                    ("time", format::time(*since, zone).into()),
                ],
            ),
            Detail::Blocked { connection, login: _, mac, reason, since } => {
                let login = view.logins.iter().find(|(code, _)| code == connection).map(|(_, login)| login.clone());
                let none = self.words.get("none");
                let mac = mac.as_ref().map_or_else(|| none.clone(), |mac| mac.expose().to_owned());
                let variables = [
                    ("connection", number(connection.0)),
                    ("login", login.unwrap_or(none).into()),
                    ("mac", mac.into()),
                    ("reason", reason.as_str().into()),
                    ("date", format::date(*since).into()),
                ];
                let key = if view.money && view.network_addresses { "detail-blocked" } else { "detail-blocked-short" };
                self.words.with(key, &variables)
            }
            Detail::Invoice(invoice) => self.words.with(
                "detail-invoice",
                &[
                    ("code", number(invoice.code.0)),
                    ("due", format::date(invoice.due).into()),
                    ("amount", format::money(invoice.cents).into()),
                ],
            ),
            Detail::Contract { contract, plan, status, since } => {
                let status = match status {
                    bote_sdk::records::ContractStatus::Active => "contract-active",
                    bote_sdk::records::ContractStatus::Suspended => "contract-suspended",
                    bote_sdk::records::ContractStatus::Cancelled => "contract-cancelled",
                };
                self.words.with(
                    "detail-contract",
                    &[
                        ("contract", number(contract.0)),
                        ("plan", plan.as_str().into()),
                        ("status", self.words.get(status).into()),
                        ("date", format::date(*since).into()),
                    ],
                )
            }
        }
    }
}
