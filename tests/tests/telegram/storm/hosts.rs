//! The hosts of the storm, and how they end and start again at random moments.

use std::collections::BTreeSet;
use std::fmt;
use std::time::Duration;

use bote_world::telegram::{Bot, World};
use fastrand::Rng;
use tokio::sync::watch;

use crate::served::Served;

/// The moment of an end comes at most so many calls, or so many milliseconds, after somebody heard something.
const CALLS: usize = 24;
const MILLISECONDS: u64 = 400;
/// With several hosts, one hands over to another when it is stopped: so often, and once more for so many kills.
const HANDOVERS: u32 = 20;
/// For so many kills, a host once stays away until another has taken its place, which takes as long as a lease.
const ABSENCES: u32 = 50;

/// How a host ends.
#[derive(Clone, Copy, Debug, PartialEq)]
enum End {
    /// Killed, and started again at once.
    Killed,
    /// That which asks for updates is stopped, and started again when another asks.
    HandsOver,
    /// That which asks for updates is killed, and started again when another asks.
    StaysAway,
}

/// All ends, each with how much must have been heard before, and random numbers for what is decided then.
pub(crate) struct Ends {
    ends: Vec<(usize, End)>,
    random: Rng,
}

impl Ends {
    /// So many kills, while `to_hear` answers are heard.
    pub(crate) fn at_random(kills: u32, hosts: usize, to_hear: usize, random: &mut Rng) -> Self {
        let (away, handed) = if hosts > 1 { (kills / ABSENCES, 1 + kills / HANDOVERS) } else { (0, 0) };
        let kinds = [(End::StaysAway, away), (End::Killed, kills - away), (End::HandsOver, handed)];
        let ends = kinds.into_iter().flat_map(|(end, count)| (0..count).map(move |_| end));
        let mut ends: Vec<_> = ends.map(|end| (random.usize(..to_hear), end)).collect();
        ends.sort_by_key(|(heard, _)| *heard);
        Self { ends, random: random.fork() }
    }
}

/// A host, and the name that its program has on the line.
struct Host {
    served: Served,
    name: char,
    starts: u32,
}

impl Host {
    /// What Telegram's model knows the running program by: another name after each start.
    fn run(&self) -> String {
        format!("{}-{}", self.name, self.starts)
    }

    fn start(&mut self) {
        self.starts += 1;
        let url = format!("{}/{}", self.served.world.url(), self.run());
        self.served.speaks_with(&url);
        self.served.serve();
    }

    fn kill(&mut self, killed: &mut BTreeSet<String>) {
        assert!(self.served.runs(), "it ended by itself: {}", self.served.logged());
        self.served.kill();
        killed.insert(self.run());
    }
}

/// All hosts of the provider.
pub(crate) struct Hosts {
    hosts: Vec<Host>,
    count: usize,
    /// The runs that were killed.
    pub(crate) killed: BTreeSet<String>,
    handed_over: u32,
    stayed_away: u32,
}

impl Hosts {
    /// So many, with this as the first. Nothing runs yet.
    pub(crate) fn of(first: Served, count: usize) -> Self {
        let mut hosts = Self { hosts: Vec::new(), count, killed: BTreeSet::new(), handed_over: 0, stayed_away: 0 };
        hosts.add(first);
        hosts
    }

    fn add(&mut self, mut served: Served) {
        // What a pace does to messages is looked at elsewhere; here as many as can be are under way at once.
        served.sets("BOTE_TELEGRAM__PACED", "false");
        // Nobody uses a tool, and a start without plug-ins takes a part of the time: most kills are to meet a program at work.
        let none = served.folder.path().join("no-plugins");
        std::fs::create_dir(&none).expect("the folder can be written to");
        served.sets("BOTE_PLUGINS__FOLDER", &none.display().to_string());
        let name = char::from(b'a' + u8::try_from(self.hosts.len()).expect("there are few"));
        self.hosts.push(Host { served, name, starts: 0 });
    }

    fn first(&self) -> &Served {
        &self.hosts[0].served
    }

    pub(crate) fn world(&self) -> &World {
        &self.first().world
    }

    pub(crate) fn bot(&self) -> Bot {
        self.first().bot.clone()
    }

    pub(crate) fn database(&self) -> String {
        self.first().database()
    }

    pub(crate) fn files(&self) -> std::path::PathBuf {
        self.first().folder.path().join("files")
    }

    pub(crate) fn count(&self) -> usize {
        self.count
    }

    /// What all programs logged.
    pub(crate) fn logged(&self) -> String {
        self.hosts.iter().map(|host| host.served.logged()).collect()
    }

    /// The first makes what the others share.
    pub(crate) async fn start_all(&mut self) {
        self.hosts[0].start();
        self.asks(|run| run.starts_with('a')).await;
        while self.hosts.len() < self.count {
            let other = self.first().beside();
            self.add(other);
            self.hosts.last_mut().expect("it was added").start();
        }
    }

    pub(crate) fn stop_all(&mut self) {
        for host in &mut self.hosts {
            assert!(host.served.stop(), "{}", host.served.logged());
        }
    }

    /// The run that asked for updates last.
    fn asking(&self) -> Option<String> {
        self.world().last_call_of("getUpdates").map(|call| call.prefix)
    }

    /// How often another host asked for updates than the one before.
    pub(crate) fn changes(&self) -> usize {
        let asked = self.world().calls_of("getUpdates");
        let asked: Vec<_> = asked.iter().filter_map(|call| call.prefix.chars().next()).collect();
        asked.windows(2).filter(|two| two[0] != two[1]).count()
    }

    /// Waits until a run that suits asks for updates.
    async fn asks(&self, suits: impl Fn(&str) -> bool) {
        while !self.asking().is_some_and(|run| suits(&run)) {
            let called = self.world().called();
            self.world().wait_for_calls(called + 1).await;
        }
    }

    /// Ends hosts as decided, while people work.
    pub(crate) async fn end_and_start(&mut self, ends: Ends, mut progress: watch::Receiver<usize>) {
        let Ends { ends, mut random } = ends;
        for (enough, end) in ends {
            if progress.wait_for(|heard| *heard >= enough).await.is_err() {
                // Somebody was not answered, and says so.
                return;
            }
            // People hear something at certain points of the work only; the moment is to be any.
            let calls = self.world().called() + random.usize(..CALLS);
            let moment = Duration::from_millis(random.u64(..MILLISECONDS));
            _ = tokio::time::timeout(moment, self.world().wait_for_calls(calls)).await;
            let asking = self.asking().and_then(|run| run.chars().next());
            let of_asking = self.hosts.iter().position(|host| Some(host.name) == asking).unwrap_or_default();
            let at = if end == End::Killed { random.usize(..self.hosts.len()) } else { of_asking };
            let host = &mut self.hosts[at];
            match end {
                End::Killed => host.kill(&mut self.killed),
                End::StaysAway => {
                    host.kill(&mut self.killed);
                    self.stayed_away += 1;
                }
                End::HandsOver => {
                    assert!(host.served.runs() && host.served.stop(), "{}", host.served.logged());
                    self.handed_over += 1;
                }
            }
            if end != End::Killed {
                let gone = self.hosts[at].name;
                self.asks(|run| !run.starts_with(gone)).await;
            }
            self.hosts[at].start();
        }
    }
}

impl fmt::Display for Hosts {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { count, killed, handed_over, stayed_away, .. } = self;
        write!(formatter, "{count} host(s), killed {} times", killed.len())?;
        write!(formatter, ", of which {stayed_away} until another asked; {handed_over} times handed over")?;
        write!(formatter, "; {} times another asked than before", self.changes())
    }
}
