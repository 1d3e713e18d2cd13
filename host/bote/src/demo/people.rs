//! Two hundred invented customers with contracts, connections, invoices, sessions and thirty days of usage.

use super::provider::ACCESS_POINTS;
use bote_sdk::Instant;
use bote_sdk::actor::Scope;
use bote_sdk::id::*;
use bote_sdk::personal::*;
use bote_sdk::records::*;
use bote_sdk::traits::Registry;
use chrono::{Datelike as _, Days, TimeDelta, Timelike as _};
use fastrand::Rng;

const CUSTOMERS: i64 = 200;
const FIRST_CODE: i64 = 1001;
const FIRST_CONTRACT: i64 = 5401;
const FIRST_CONNECTION: i64 = 22_101;
const FIRST_INVOICE: i64 = 70_801;
const DAYS_OF_USAGE: i64 = 30;
const DAYS_OF_SESSIONS: i64 = 30;

/// First names and surnames that nobody takes for a real customer's.
const FIRST: [&str; 20] = [
    "Zilda",
    "Tibúrcio",
    "Adamastor",
    "Filomena",
    "Quitéria",
    "Astolfo",
    "Berenice",
    "Clotilde",
    "Doralice",
    "Eustáquio",
    "Gumercindo",
    "Hermengarda",
    "Ildefonso",
    "Jurema",
    "Leocádia",
    "Marciano",
    "Nicanor",
    "Ondina",
    "Policarpo",
    "Rosalina",
];
const LAST: [&str; 10] = [
    "Fictícia",
    "de Exemplo",
    "da Amostra",
    "do Teste",
    "Imaginária",
    "de Mentirinha",
    "Inventada",
    "da Silva Exemplo",
    "Souza Fictício",
    "de Demonstração",
];
const BUSINESS: [&str; 5] =
    ["Padaria Exemplo", "Mercado Fictício", "Clínica Amostra", "Escola Imaginária", "Oficina de Teste"];
const STREETS: [&str; 6] = [
    "Rua do Exemplo",
    "Avenida Fictícia",
    "Travessa da Amostra",
    "Rua Imaginária",
    "Alameda do Teste",
    "Rua Inventada",
];
const DISTRICTS: [&str; 4] = ["Centro", "Jardim Exemplo", "Vila Amostra", "Distrito Fictício"];
const PLANS: [(&str, u64); 4] = [("Fibra 300", 300), ("Fibra 500", 500), ("Fibra 900 Empresas", 900), ("Rádio 20", 20)];

pub(super) fn fill(registry: &mut Registry, random: &mut Rng, now: Instant) {
    let mut next = Next { contract: FIRST_CONTRACT, connection: FIRST_CONNECTION, invoice: FIRST_INVOICE };
    for index in 0..CUSTOMERS {
        let person = person(index, random);
        add_lines(registry, &person, index, &mut next, random, now);
        registry.people.push(person);
    }
}

struct Next {
    contract: i64,
    connection: i64,
    invoice: i64,
}

fn take(next: &mut i64) -> i64 {
    *next += 1;
    *next - 1
}

fn person(index: i64, random: &mut Rng) -> Person {
    let place = index as usize;
    let company = index % 10 == 7;
    let (kind, name, document) = if company {
        let name = format!("{} {} Ltda.", BUSINESS[place / 10 % BUSINESS.len()], place / 10 + 1);
        (PersonKind::Company, name, document(random, 12, cnpj_check))
    } else {
        let name = format!("{} {}", FIRST[place % FIRST.len()], LAST[place / FIRST.len() % LAST.len()]);
        (PersonKind::Individual, name, document(random, 9, cpf_check))
    };
    let registered_in = match index % 4 {
        0 | 1 => Scope::Company(CompanyId(1)),
        2 => Scope::Company(CompanyId(2)),
        _ => Scope::All,
    };
    Person {
        code: PersonCode(FIRST_CODE + index),
        kind,
        name: PersonName::new(name),
        document: Document::new(document),
        registered_in,
        group: match index % 12 {
            5 => None,
            11 => Some(GroupId(3)),
            _ if company => Some(GroupId(2)),
            _ => Some(GroupId(1)),
        },
        tags: if index % 9 == 3 { vec!["cliente antigo".into()] } else { Vec::new() },
        address: address(random),
        phone: Some(Phone::new(format!("(35) 0000-{:04}", random.u32(0..10_000)))),
        email: Some(Email::new(format!("cliente{}@exemplo.invalid", FIRST_CODE + index))),
    }
}

fn address(random: &mut Rng) -> Address {
    let street = STREETS[random.usize(0..STREETS.len())];
    Address {
        street: Street::new(format!("{street}, {}", random.u32(1..2000))),
        district: DISTRICTS[random.usize(0..DISTRICTS.len())].into(),
        city: "Exemplópolis/MG".into(),
    }
}

/// Digits with a check that is wrong on purpose: the right one, and one more.
fn document(random: &mut Rng, length: usize, check: fn(&[u32]) -> [u32; 2]) -> String {
    let mut digits: Vec<u32> = (0..length).map(|_| random.u32(0..10)).collect();
    let [first, second] = check(&digits);
    digits.extend([(first + 1) % 10, second]);
    digits.iter().map(u32::to_string).collect()
}

/// The check digits of a CPF's first nine.
pub(super) fn cpf_check(digits: &[u32]) -> [u32; 2] {
    check(digits, |length| (2..=length as u32 + 1).rev().collect())
}

/// The check digits of a CNPJ's first twelve.
pub(super) fn cnpj_check(digits: &[u32]) -> [u32; 2] {
    check(digits, |length| (0..length as u32).map(|place| 2 + (length as u32 - 1 - place) % 8).collect())
}

fn check(digits: &[u32], weights: impl Fn(usize) -> Vec<u32>) -> [u32; 2] {
    let one = |digits: &[u32]| {
        let sum: u32 = digits.iter().zip(weights(digits.len())).map(|(digit, weight)| digit * weight).sum();
        match sum % 11 {
            0 | 1 => 0,
            rest => 11 - rest,
        }
    };
    let first = one(digits);
    let second = one(&[digits, &[first]].concat());
    [first, second]
}

fn add_lines(registry: &mut Registry, person: &Person, index: i64, next: &mut Next, random: &mut Rng, now: Instant) {
    let lines = if index % 6 == 4 { 2 } else { 1 };
    for line in 0..lines {
        let plan = if person.kind == PersonKind::Company { 2 } else { random.usize(0..PLANS.len()) };
        let contract = contract(person, index, plan, next, now);
        let connection = connection(person, &contract, index + line, next, random, now);
        add_sessions(registry, &connection, index, random, now);
        add_equipment(registry, &connection, index);
        let samples = usage(PLANS[plan].1, index, random, now);
        registry.usage.push((connection.code, samples));
        registry.contracts.push(contract);
        registry.connections.push(connection);
    }
    add_invoices(registry, person, index, next, random, now);
}

fn contract(person: &Person, index: i64, plan: usize, next: &mut Next, now: Instant) -> Contract {
    let cancelled = index % 25 == 24;
    let corporate = plan == 2;
    Contract {
        code: ContractCode(take(&mut next.contract)),
        person: person.code,
        plan: PLANS[plan].0.into(),
        status: if cancelled { ContractStatus::Cancelled } else { ContractStatus::Active },
        status_since: (now - TimeDelta::days(400 - index)).date_naive(),
        sla_table: if index % 14 == 13 { None } else { Some(SlaTableId(if corporate { 2 } else { 1 })) },
        ruler: Some(RulerId(if corporate { 2 } else { 1 })),
    }
}

fn connection(
    person: &Person,
    contract: &Contract,
    index: i64,
    next: &mut Next,
    random: &mut Rng,
    now: Instant,
) -> Connection {
    let code = take(&mut next.connection);
    let (access_point, nas) = ACCESS_POINTS[random.usize(0..ACCESS_POINTS.len())];
    let today = now.date_naive();
    Connection {
        code: ConnectionCode(code),
        person: person.code,
        contract: Some(contract.code),
        login: Login::new(format!("exemplo{code}")),
        // A locally administered prefix: no maker's.
        mac: Some(MacAddress::new(format!("02:00:5e:{:02x}:{:02x}:{:02x}", index % 256, code % 256, random.u8(..)))),
        access_point: Some(AccessPointId(access_point)),
        address: person.address.clone(),
        registered_at: now - TimeDelta::days(380 - index),
        blocked: (index % 20 == 12).then(|| Block { reason: "Falta Pagamento".into(), since: today - Days::new(4) }),
        reduced_since: (index % 20 == 9).then(|| today - Days::new(6)),
        last_nas: Some(nas.into()),
        last_ip: Some(IpAddress::new(format!("100.64.{}.{}", index % 200, random.u32(2..250)))),
    }
}

/// Most are online; some are off, some have been silent for too long, some never came.
fn add_sessions(registry: &mut Registry, connection: &Connection, index: i64, random: &mut Rng, now: Instant) {
    let (silent, stopped) = match index % 10 {
        3 => (TimeDelta::hours(5), true),
        6 => (TimeDelta::minutes(40), false),
        8 if index % 3 == 0 => return,
        _ => (TimeDelta::minutes(random.i64(0..5)), false),
    };
    let updated_at = now - silent;
    let started_at = updated_at - TimeDelta::minutes(random.i64(60..6000));
    let session = NetworkSession {
        connection: connection.code,
        started_at,
        updated_at,
        stopped_at: stopped.then_some(updated_at),
        interim_seconds: 300,
        cause: stopped.then(|| "Lost-Carrier".to_owned()),
    };
    let first = now - TimeDelta::days(DAYS_OF_SESSIONS);
    let mut before = Vec::new();
    let random = &mut Rng::with_seed(connection.code.0.unsigned_abs());
    let mut end = started_at - TimeDelta::minutes(random.i64(1..40));
    while end > first {
        let start = end - TimeDelta::minutes(random.i64(300..9000));
        // One in nine ends without a word: the access server went silent.
        let told = random.u32(0..9) > 0;
        before.push(NetworkSession {
            connection: connection.code,
            started_at: start,
            updated_at: if told { end } else { end - TimeDelta::minutes(random.i64(10..120)).min((end - start) / 2) },
            stopped_at: told.then_some(end),
            interim_seconds: 300,
            cause: told.then(|| CAUSES[random.usize(0..CAUSES.len())].to_owned()),
        });
        end = start - TimeDelta::minutes(random.i64(1..90));
    }
    registry.sessions.extend(before.into_iter().rev());
    registry.sessions.push(session);
}

/// How an access server says why a session ended (RFC 2866, Acct-Terminate-Cause).
const CAUSES: [&str; 5] = ["User-Request", "Lost-Carrier", "Idle-Timeout", "Admin-Reset", "NAS-Reboot"];

/// An ONU and, mostly, a router behind it.
fn add_equipment(registry: &mut Registry, connection: &Connection, index: i64) {
    let (vendor, model) = ONUS[index as usize % ONUS.len()];
    let device = |number: i64, role: &str, (vendor, model): (&str, &str)| Equipment {
        code: EquipmentCode(connection.code.0 * 10 + number),
        connection: connection.code,
        role: role.to_owned(),
        vendor: vendor.to_owned(),
        model: model.to_owned(),
        scheme: Scheme::Http,
        port: (number == 2).then_some(8080),
        address: None,
        login: None,
    };
    registry.equipment.push(device(1, "onu", (vendor, model)));
    if index % 7 != 3 {
        let router = if index % 7 == 5 { BEHIND_A_FORM } else { ROUTERS[index as usize % ROUTERS.len()] };
        registry.equipment.push(device(2, "router", router));
    }
}

const ONUS: [(&str, &str); 2] = [("Realtek", "DFP-34X"), ("Tozed", "ZLT G202")];
/// It is read with a password that is typed: `admin` and `demo`.
const BEHIND_A_FORM: (&str, &str) = ("ASUS", "RT-AX53U");
const ROUTERS: [(&str, &str); 2] = [("MikroTik", "hAP ac2"), ("DD-WRT", "WRT54GL")];

/// Reports each hour: busy evenings, quiet nights, and now and then hours without any.
fn usage(megabits: u64, index: i64, random: &mut Rng, now: Instant) -> Vec<UsageSample> {
    let end = now - TimeDelta::minutes(i64::from(now.minute())) - TimeDelta::seconds(i64::from(now.second()));
    let mut silent = 0;
    let mut samples = Vec::new();
    for back in (1..=DAYS_OF_USAGE * 24).rev() {
        if silent == 0 && random.u32(0..160) == 0 {
            silent = random.u32(2..14);
        }
        // Every connection misses the same three hours of yesterday: a power cut in town.
        if silent > 0 || (18..21).contains(&back) {
            silent = silent.saturating_sub(1);
            continue;
        }
        let at = end - TimeDelta::hours(back) + TimeDelta::minutes(50);
        let local_hour = (at.hour() + 21) % 24;
        let busy = match local_hour {
            0..=6 => 2,
            7..=11 => 9,
            12..=17 => 14,
            18..=23 => 30,
            _ => 1,
        };
        let weekend = if at.weekday().num_days_from_monday() >= 5 { 13 } else { 10 };
        let share = random.u64(40..160) * busy * weekend * (1 + (index as u64 % 5));
        let down = megabits * share * 90;
        let up = down / random.u64(7..14);
        samples.push(UsageSample { at, down_bytes: down as i64, up_bytes: up as i64 });
    }
    samples
}

fn add_invoices(registry: &mut Registry, person: &Person, index: i64, next: &mut Next, random: &mut Rng, now: Instant) {
    let today = now.date_naive();
    let mut add = |due| {
        let invoice =
            Invoice { code: InvoiceCode(take(&mut next.invoice)), due, cents: random.i64(59..400) * 100 + 90 };
        registry.invoices.push((person.code, invoice));
    };
    match index % 10 {
        1 => add(today - Days::new(3)),
        2 | 9 => add(today - Days::new(25)),
        _ => {}
    }
    add(today + Days::new(12));
}
