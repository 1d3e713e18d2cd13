//! What the access network told the store: every session of a connection, of which the express query looks at the
//! newest, and the devices at the customers'.

use bote_sdk::Instant;
use bote_sdk::id::{ConnectionCode, EquipmentCode};
use bote_sdk::known::Known;
use bote_sdk::personal::{IpAddress, Sealed};
use bote_sdk::records::{Equipment, NetworkSession, Scheme};
use bote_sdk::ticket::Ticket;
use bote_sdk::traits::{Registry, Seal};
use bote_tests::fakes::Wax;
use bote_tests::sample::{self, *};
use chrono::TimeDelta;

use crate::{ANSWERS, OCTOBER, Shared, keep};

/// A session of the office, which has none in the sample, on a day of October.
fn session(day: u32, from: u32, to: Option<u32>) -> NetworkSession {
    NetworkSession {
        connection: OFFICE_LINE,
        started_at: at(day, from, 0),
        updated_at: at(day, to.unwrap_or(from), 30),
        stopped_at: to.map(|hour| at(day, hour, 30)),
        interim_seconds: 300,
        cause: to.map(|hour| format!("Lost-Carrier \"{hour}\"")),
    }
}

async fn import(store: &Shared, sessions: Vec<NetworkSession>) {
    let registry = Registry { sessions, ..Registry::default() };
    store.import(&registry).await.expect(ANSWERS);
}

async fn touching(store: &Shared, of: ConnectionCode, from: Instant, to: Instant) -> Vec<NetworkSession> {
    store.network_sessions(of, from, to).await.expect(ANSWERS)
}

pub(crate) async fn every_session_of_a_connection_reads_back_in_the_order_of_their_beginnings(store: Shared) {
    let all = [session(1, 8, Some(9)), session(2, 8, Some(20)), session(2, 21, None), session(3, 0, Some(1))];
    let mut shuffled = all.to_vec();
    shuffled.swap(0, 3);
    shuffled.swap(1, 2);
    import(&store, shuffled).await;
    assert_eq!(touching(&store, OFFICE_LINE, at(1, 0, 0), at(30, 0, 0)).await, all);
    let others = sample::sessions();
    assert_eq!(touching(&store, HOME_LINE, at(1, 0, 0), at(30, 0, 0)).await, others[..1], "those of another");
    assert_eq!(touching(&store, ConnectionCode(9), at(1, 0, 0), at(30, 0, 0)).await, []);
}

pub(crate) async fn r_136_a_session_is_read_where_it_touches_the_span(store: Shared) {
    let known = session(10, 8, Some(12));
    import(&store, vec![known.clone()]).await;
    let moment = TimeDelta::milliseconds(1);
    let (begins, ends) = (known.started_at, at(10, 12, 30));
    let touches = [
        (begins - moment, ends + moment),
        (begins, ends),
        (begins + moment, ends - moment),
        (at(9, 0, 0), begins + moment),
        (ends - moment, at(11, 0, 0)),
        (at(10, 9, 0), at(10, 9, 0)),
    ];
    for (from, to) in touches {
        assert_eq!(touching(&store, OFFICE_LINE, from, to).await, vec![known.clone()], "{from} to {to}");
    }
    for (from, to) in
        [(at(9, 0, 0), begins), (ends, at(11, 0, 0)), (at(1, 0, 0), at(2, 0, 0)), (at(20, 0, 0), at(21, 0, 0))]
    {
        assert_eq!(touching(&store, OFFICE_LINE, from, to).await, [], "{from} to {to}");
    }
}

pub(crate) async fn r_136_a_session_without_an_end_touches_all_that_follows(store: Shared) {
    let open = session(10, 8, None);
    import(&store, vec![open.clone()]).await;
    assert_eq!(touching(&store, OFFICE_LINE, at(28, 0, 0), at(29, 0, 0)).await, vec![open.clone()]);
    assert_eq!(touching(&store, OFFICE_LINE, at(1, 0, 0), open.started_at).await, []);
}

pub(crate) async fn r_071_the_express_query_looks_at_the_newest_session(store: Shared) {
    let about = |number| Ticket { person: MARIA, connection: Some(OFFICE_LINE), ..draft(ticket_id(number)) };
    let ticket = keep(&store, about(1), OCTOBER).await;
    // The newest is neither the first nor the last to be imported, nor the last to be heard of.
    let late = NetworkSession { updated_at: at(9, 0, 0), stopped_at: Some(at(9, 0, 0)), ..session(3, 7, None) };
    let newest = session(4, 20, Some(21));
    for (known, expected) in [(&late, &late), (&newest, &newest), (&session(2, 1, None), &newest)] {
        import(&store, vec![known.clone()]).await;
        let facts = store.express_facts(&ticket).await.expect(ANSWERS);
        assert_eq!(facts.sessions, Known::Value(vec![expected.clone()]));
    }
}

pub(crate) async fn r_071_each_connection_of_a_customer_has_its_newest(store: Shared) {
    let ticket = keep(&store, draft(ticket_id(1)), OCTOBER).await;
    let older = |connection| NetworkSession { connection, ..session(1, 8, Some(9)) };
    import(&store, vec![older(HOME_LINE), older(SHOP_LINE)]).await;
    let facts = store.express_facts(&ticket).await.expect(ANSWERS);
    assert_eq!(facts.sessions, Known::Value(sample::sessions()));
}

pub(crate) async fn a_session_that_is_there_already_stays_when_importing(store: Shared) {
    let first = session(10, 8, None);
    import(&store, vec![first.clone()]).await;
    import(&store, vec![NetworkSession { cause: Some("outra".into()), ..session(10, 8, Some(9)) }]).await;
    assert_eq!(touching(&store, OFFICE_LINE, at(10, 0, 0), at(11, 0, 0)).await, [first]);
}

async fn devices(store: &Shared, of: ConnectionCode) -> Vec<Equipment> {
    store.equipment(of).await.expect(ANSWERS)
}

pub(crate) async fn the_devices_of_a_connection_read_back_in_the_order_of_their_codes(store: Shared) {
    let mut given = sample::equipment();
    given.sort_by_key(|device| device.code);
    for line in [HOME_LINE, SHOP_LINE, OFFICE_LINE, ConnectionCode(9)] {
        let theirs: Vec<_> = given.iter().filter(|device| device.connection == line).cloned().collect();
        assert_eq!(devices(&store, line).await, theirs, "{line}");
    }
    assert_eq!(devices(&store, HOME_LINE).await.len(), 2);
    store.import(&sample::registry()).await.expect("the same again is no fault");
    assert_eq!(devices(&store, HOME_LINE).await.len(), 2, "importing again doubles nothing");
}

pub(crate) async fn a_sealed_password_reads_back_sealed(store: Shared) {
    let found = devices(&store, HOME_LINE).await;
    let router = found.iter().find(|device| device.code == ROUTER).expect("it was imported");
    let (user, sealed) = router.login.clone().expect("it asks for a login");
    assert_eq!(user, "admin");
    assert_eq!(Wax.open(&sealed).expect("as it was sealed").expose(), PASSWORD);
    assert!(found.iter().filter(|device| device.code != ROUTER).all(|device| device.login.is_none()));
}

pub(crate) async fn devices_read_back_whatever_is_known_of_them(store: Shared) {
    let model = sample::equipment().remove(1);
    let device =
        |number, device: Equipment| Equipment { code: EquipmentCode(number), connection: OFFICE_LINE, ..device };
    let mut given: Vec<_> = [None, Some(1), Some(80), Some(u16::MAX)]
        .into_iter()
        .zip(1..)
        .map(|(port, number)| device(number, Equipment { port, scheme: Scheme::Https, ..model.clone() }))
        .collect();
    given.extend(odd_texts().into_iter().zip(10..).map(|(text, number)| {
        let login = Some((text.clone(), Sealed((0..=255).collect())));
        let address = Some(IpAddress::new(text.clone()));
        let words =
            Equipment { role: text.clone(), vendor: text.clone(), model: text, address, login, ..model.clone() };
        device(number, words)
    }));
    store.import(&Registry { equipment: given.clone(), ..Registry::default() }).await.expect(ANSWERS);
    assert_eq!(devices(&store, OFFICE_LINE).await, given);
}

on_every_store!(
    every_session_of_a_connection_reads_back_in_the_order_of_their_beginnings,
    r_136_a_session_is_read_where_it_touches_the_span,
    r_136_a_session_without_an_end_touches_all_that_follows,
    r_071_the_express_query_looks_at_the_newest_session,
    r_071_each_connection_of_a_customer_has_its_newest,
    a_session_that_is_there_already_stays_when_importing,
    the_devices_of_a_connection_read_back_in_the_order_of_their_codes,
    a_sealed_password_reads_back_sealed,
    devices_read_back_whatever_is_known_of_them,
);
