//! A storm: technicians open tickets, report and send albums all at once, while the program is killed again and again and
//! Telegram asks for pauses, fails, cuts the line, is slow and repeats itself. What is promised of it is in `found.rs`.
//!
//! `BOTE_STORM=100,50,200 cargo test --workspace --test telegram storm` is a larger one: people, reports of each, kills. A fourth
//! number is the seed of all that is left to chance; each storm prints its own. What happens at once happens in another order
//! the next time, whatever the seed.

mod found;
mod hosts;
mod technician;
mod weather;

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bote_sdk::id::OperatorId;
use bote_sdk::permissions::Permission;
use bote_sdk::protocol::Reset;
use bote_sdk::records::Operator;
use bote_sdk::traits::{Registry, Store as _};
use bote_store::{SqlStore, StoreOptions};
use bote_tests::postgres::{Cluster, fresh_schema};
use bote_tests::sample::place;
use fastrand::Rng;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::served::Served;
use found::Found;
use hosts::{Ends, Hosts};
use technician::Technician;
use weather::Weather;

/// The number of the first operator of the storm; those of the demo are below.
const FIRST: i64 = 1_000;
/// How long an answer may take: the longest pauses of the program, some kills in between, and a host that stays away.
const PATIENCE: Duration = Duration::from_secs(240);

/// How large a storm is, and where its random numbers begin.
struct Size {
    people: u32,
    reports: u32,
    kills: u32,
    seed: u64,
}

impl Size {
    fn wanted() -> Self {
        #[allow(clippy::disallowed_methods, reason = "the size of a storm is the tester's")]
        let wanted = std::env::var("BOTE_STORM").unwrap_or_else(|_| "6,8,12".to_owned());
        let number =
            |text: &str| text.trim().parse().expect("BOTE_STORM is people, reports, kills and a seed: 6,8,12,1");
        let numbers: Vec<u32> = wanted.split(',').map(number).collect();
        let [people, reports, kills, ref seed @ ..] = numbers[..] else {
            panic!("BOTE_STORM has three numbers or four")
        };
        let seed = seed.first().copied().unwrap_or_else(|| fastrand::u32(..));
        Self { people, reports, kills, seed: seed.into() }
    }

    /// Random numbers of their own for whoever has this number.
    fn random(&self, number: u64) -> Rng {
        Rng::with_seed(self.seed.wrapping_add(number.wrapping_mul(0x9e37_79b9_7f4a_7c15)))
    }
}

impl fmt::Display for Size {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "BOTE_STORM={},{},{},{}", self.people, self.reports, self.kills, self.seed)
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn in_a_storm_over_sqlite_nothing_is_lost_and_nothing_done_twice() {
    let size = Size::wanted();
    println!("{size}, SQLite");
    let hosts = Hosts::of(Served::set_up().await, 1);
    println!("{}", storm(&size, hosts).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn in_a_storm_over_two_hosts_on_postgresql_nothing_is_lost_and_nothing_done_twice() {
    let size = Size::wanted();
    println!("{size}, PostgreSQL");
    let schema = fresh_schema();
    let url = Cluster::shared().url_of(&schema).await;
    let hosts = Hosts::of(Served::set_up_over(Some(url)).await, 2);
    println!("{}", storm(&size, hosts).await);
    Cluster::shared().clear(&schema).await;
}

async fn store(url: &str) -> SqlStore {
    let options = StoreOptions { url: url.to_owned(), reset: Reset::Monthly, schema: None };
    SqlStore::open(&options).await.expect("the database is there")
}

/// The people of the storm: registered and bound, each with something to do.
async fn technicians(size: &Size, hosts: &Hosts) -> Vec<Technician> {
    let database = store(&hosts.database()).await;
    let numbers = 0..size.people;
    let operator = |number| Operator {
        id: OperatorId(FIRST + i64::from(number)),
        name: format!("Técnico {number}"),
        active: true,
        permissions: Permission::ALL.iter().copied().collect(),
        companies: Vec::new(),
        chosen_scope: None,
        language: None,
    };
    let operators: Vec<_> = numbers.map(operator).collect();
    let catalogue = database.catalogue().await.expect("it answers");
    let registry = Registry { catalogue, operators: operators.clone(), ..Registry::default() };
    database.import(&registry).await.expect("it answers");
    let mut technicians = Vec::new();
    for (number, operator) in (1..).zip(operators) {
        let person = hosts.world().person(&operator.name, "pt-br");
        let mut account = place(&person.id().to_string());
        account.platform = bote_telegram::platform();
        database.bind(&account, operator.id).await.expect("it answers");
        let chat = person.chat(&hosts.bot());
        technicians.push(Technician::new(operator.id, person, chat, size.reports, size.random(number)));
    }
    technicians
}

/// Lets it come and pass; what is to be said of it.
async fn storm(size: &Size, mut hosts: Hosts) -> String {
    let began = Instant::now();
    hosts.world().set_patience(PATIENCE);
    let technicians = technicians(size, &hosts).await;
    hosts.start_all().await;

    // Everybody counts what they hear; when all have gone, whoever waits for more is told.
    let (heard, progress) = watch::channel(0);
    let (heard, mut people) = (Arc::new(heard), JoinSet::new());
    let to_hear: usize = technicians.iter().map(Technician::to_hear).sum();
    for technician in technicians.iter().cloned() {
        let weather = Weather::over(&hosts);
        people.spawn(technician.works(weather, Arc::clone(&heard)));
    }
    drop(heard);
    let ends = Ends::at_random(size.kills, hosts.count(), to_hear, &mut size.random(0));
    hosts.end_and_start(ends, progress).await;
    people.join_all().await;
    // The line is good again, and everybody hears the end of what was on its way to them.
    hosts.world().clear();
    let mut last = JoinSet::new();
    technicians.iter().cloned().for_each(|technician| _ = last.spawn(technician.asks_for_help()));
    last.join_all().await;
    hosts.bot().caught_up().await;
    hosts.stop_all();
    let took = began.elapsed();

    let found = Found::after(&hosts, &technicians).await;
    format!("{found}\n{hosts}, {:.0} s", took.as_secs_f64())
}
