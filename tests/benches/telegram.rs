//! What `bote serve` takes to serve technicians on Telegram: `cargo bench --workspace --bench telegram`, after `cargo xtask plugins`.
//!
//! The program in release works over SQLite in a temporary folder; a hundred technicians report and start tickets, stage 1 to 3,
//! over the model of Telegram or, with `-- http://127.0.0.1:8081`, over another server that takes messages to any chat. Between
//! the program and the server stands a line that hands out updates and sees when messages come.
//!
//! How fast messages may leave is Telegram's to say, and bote keeps below it: twenty-five a second. That is not what is measured:
//! the model takes as many as come, and `telegram.paced` is off. What is kept is kept as ever, each update a row on the disk
//! before the next is asked for; at the end the program is killed, and everybody goes on where they were.
//!
//! No assertion depends on time; a person judges.

#![allow(clippy::print_stdout, reason = "a benchmark prints its figures")]

#[path = "telegram/line.rs"]
mod line;
#[path = "shared/measure.rs"]
mod measure;
#[path = "telegram/served.rs"]
mod served;
#[path = "telegram/technician.rs"]
mod technician;

use anyhow::{Context, Result, ensure};
use bote_world::telegram::{Pace, World};
use line::{Answered, Line};
use measure::{Times, clock};
use served::Served;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::time::Instant;

const TECHNICIANS: usize = 100;
/// Updates a second while answers are timed.
const RATE: f64 = 100.0;
/// How long that goes on, after as much of it as fills caches.
const TIMED: Duration = Duration::from_secs(60);
const WARM_UP: Duration = Duration::from_secs(5);
/// How long everybody works as fast as they are answered.
const LOAD: Duration = Duration::from_secs(20);
/// How long an answer may take before the benchmark is given up.
const PATIENCE: Duration = Duration::from_secs(30);

fn main() -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    println!("machine: {} core(s), {}", std::thread::available_parallelism()?, std::env::consts::ARCH);
    runtime.block_on(measure_all())
}

async fn measure_all() -> Result<()> {
    let other = std::env::args().find(|argument| argument.starts_with("http://"));
    let world = World::start_at(Pace::without_flood_limits()).await;
    let server = other.clone().unwrap_or_else(|| world.url());
    let people: Vec<i64> = match &other {
        None => {
            let bot = world.bot(served::TOKEN).named("bote", "bote_bot");
            let person = |number| {
                let person = world.person(&format!("Técnico {number}"), "pt-br");
                // A bot may write to whoever has written; the line has the updates that count.
                person.says(&person.chat(&bot), "/start");
                person.id()
            };
            (0..TECHNICIANS).map(person).collect()
        }
        Some(_) => (1..=TECHNICIANS as i64).map(|number| 200_000_000 + number).collect(),
    };
    println!("\nbote serve over SQLite, {TECHNICIANS} technicians, {server}");
    let (line, mut answers) = Line::start(&server, &people).await?;
    let mut served = Served::set_up(&line.url(), &people).await?;
    println!("  a write that is synced to the disk of this folder takes {:.1?} (median)", served.sync()?.median());
    // The first start compiles the plug-ins; it is not what is measured.
    served.start(&line).await?;
    served.stop()?;
    served.start(&line).await?;
    let idle = served.resident()?;

    let mut crowd = Crowd::new(Arc::clone(&line), &mut answers);
    crowd.at_a_rate(WARM_UP).await?;
    crowd.times.clear();
    crowd.missed = 0;
    let before = served.cpu()?;
    crowd.at_a_rate(TIMED).await?;
    let busy = (served.cpu()? - before).as_secs_f64() / TIMED.as_secs_f64();
    let (times, missed) = (Times(std::mem::take(&mut crowd.times)), crowd.missed);
    println!(
        "  at {RATE:.0} updates a second, {} s: {} answered, {missed} times nobody was free",
        TIMED.as_secs(),
        times.0.len()
    );
    println!(
        "    update delivered to answer received: median {:.1?}, p99 {:.1?}, slowest {:.1?}; {:.0} % of a core",
        times.median(),
        times.quantile(0.99),
        times.quantile(1.0),
        busy * 100.0
    );
    crowd.settle().await?;

    crowd.times.clear();
    let (before, begin) = (served.cpu()?, clock());
    crowd.at_full_load(LOAD).await?;
    let (cpu, wall) = ((served.cpu()? - before).as_secs_f64(), (clock() - begin).as_secs_f64());
    let updates = crowd.times.len() as f64;
    let times = Times(std::mem::take(&mut crowd.times));
    println!(
        "  at full load, {wall:.0} s: {:.0} updates a second, {:.2} cores of the program busy",
        updates / wall,
        cpu / wall
    );
    println!(
        "    updates a second and core: {:.0}; median {:.1?}, p99 {:.1?}",
        updates / cpu,
        times.median(),
        times.quantile(0.99)
    );
    crowd.settle().await?;

    let after = served.resident()?;
    println!("  resident memory: idle {:.1} MiB, afterwards {:.1} MiB", mib(idle), mib(after));
    println!("  tickets started and claimed: {}", line.claimed());
    served.kill()?;
    served.start(&line).await?;
    crowd.goes_on().await?;
    println!("  killed and started again: all {TECHNICIANS} went on where they were");
    Ok(())
}

fn mib(kib: u64) -> f64 {
    kib as f64 / 1024.0
}

/// All technicians, and who of them has been answered.
struct Crowd<'a> {
    line: Arc<Line>,
    answers: &'a mut UnboundedReceiver<Answered>,
    free: Vec<i64>,
    waiting: usize,
    times: Vec<Duration>,
    /// Times that somebody should have written and everybody waited for an answer.
    missed: usize,
    random: fastrand::Rng,
}

impl<'a> Crowd<'a> {
    fn new(line: Arc<Line>, answers: &'a mut UnboundedReceiver<Answered>) -> Self {
        let free = line.people();
        Self { line, answers, free, waiting: 0, times: Vec::new(), missed: 0, random: fastrand::Rng::with_seed(1) }
    }

    fn take(&mut self, answered: Answered) {
        self.times.push(answered.after);
        self.waiting -= 1;
        // The longest free is the next.
        self.free.insert(0, answered.person);
    }

    fn act(&mut self) -> Result<bool> {
        let Some(person) = self.free.pop() else { return Ok(false) };
        self.line.act(person)?;
        self.waiting += 1;
        Ok(true)
    }

    /// Somebody acts at random moments, so many a second in the mean.
    async fn at_a_rate(&mut self, how_long: Duration) -> Result<()> {
        let (end, mut next) = (Instant::now() + how_long, Instant::now());
        while next < end {
            tokio::select! {
                biased;
                () = tokio::time::sleep_until(next) => {
                    if !self.act()? {
                        self.missed += 1;
                    }
                    next += Duration::from_secs_f64(-(1.0 - self.random.f64()).ln() / RATE);
                }
                answered = self.answers.recv() => self.take(answered.context("the line ended")?),
            }
        }
        Ok(())
    }

    /// Everybody acts as soon as they are answered.
    async fn at_full_load(&mut self, how_long: Duration) -> Result<()> {
        let end = Instant::now() + how_long;
        while Instant::now() < end {
            while self.act()? {}
            self.next().await?;
        }
        Ok(())
    }

    async fn next(&mut self) -> Result<()> {
        let answered = tokio::time::timeout(PATIENCE, self.answers.recv()).await;
        let answered = answered.with_context(|| format!("somebody is not answered: {}", self.line.unanswered()))?;
        self.take(answered.context("the line ended")?);
        Ok(())
    }

    /// Until everybody is answered.
    async fn settle(&mut self) -> Result<()> {
        while self.waiting > 0 {
            self.next().await?;
        }
        Ok(())
    }

    /// Each acts once more.
    async fn goes_on(&mut self) -> Result<()> {
        while self.act()? {}
        ensure!(self.waiting == TECHNICIANS, "{} were free", self.waiting);
        self.settle().await
    }
}
