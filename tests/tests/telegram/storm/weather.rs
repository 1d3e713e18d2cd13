//! What goes wrong on the line, again and again.

use std::time::Duration;

use bote_world::telegram::{Bot, Effect, Failure, World};
use fastrand::Rng;

use super::hosts::Hosts;

/// One deed in so many meets a failure of some call.
const FAILURES: u32 = 12;
/// One in so many makes Telegram repeat itself, and how many updates come again at most.
const REPEATS: u32 = 10;
const REPEATED: usize = 6;
/// How slow an answer is, in milliseconds.
const SLOW: std::ops::RangeInclusive<u64> = 20..=2_000;
/// What fails: answers most of all. `None` is whatever is called next, also what a program asks for at its start.
const FAILING: [Option<&str>; 10] = [
    Some("sendMessage"),
    Some("sendMessage"),
    Some("sendMessage"),
    Some("sendMessage"),
    Some("getUpdates"),
    Some("getUpdates"),
    Some("answerCallbackQuery"),
    Some("getFile"),
    Some("file"),
    None,
];

/// The line between the hosts and Telegram.
pub(crate) struct Weather {
    world: World,
    bot: Bot,
}

impl Weather {
    pub(crate) fn over(hosts: &Hosts) -> Self {
        Self { world: hosts.world().clone(), bot: hosts.bot() }
    }

    /// Perhaps something goes wrong soon.
    pub(crate) fn changes(&self, random: &mut Rng) {
        if random.u32(..REPEATS) == 0 {
            self.bot.delivers_again(random.usize(1..=REPEATED));
        }
        if random.u32(..FAILURES) != 0 {
            return;
        }
        let lost = if random.bool() { Effect::Done } else { Effect::Undone };
        let (failure, effect) = match random.u8(..4) {
            // Who is told to come back later has not been served.
            0 => (Failure::TooManyRequests(1), Effect::Undone),
            1 => (Failure::InternalError, lost),
            2 => (Failure::Cut, lost),
            _ => (Failure::Delay(Duration::from_millis(random.u64(SLOW))), lost),
        };
        match FAILING[random.usize(..FAILING.len())] {
            Some(method) => self.world.fail(method, 1, failure, effect),
            None => self.world.fail_all(1, failure, effect),
        }
    }
}
