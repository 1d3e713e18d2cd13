//! Odd updates, grown out of usual ones: the same number always gives the same one.

use bote_telegram::Marks;
use fastrand::Rng;
use serde_json::{Map, Value, json};

/// Updates of every kind that people and Telegram send, one a line.
const SEEDS: &str = include_str!("seeds.jsonl");
/// By which the buttons of the seeds are marked as the bot's own.
pub(crate) const KEY: [u8; 32] = [7; 32];
/// The person of the seeds.
const SEED_PERSON: i64 = 7_700_001;
/// Mutations of one update at most.
const MUTATIONS: usize = 4;
/// The longest of the odd strings, in bytes: far longer than a message may be.
const LONG: usize = 100_000;
/// Stands in a tree for what no tree can hold, and is exchanged for it when the text of the tree is made: half a
/// character, and a number of more digits than any type has.
const HALF: &str = "\u{e001}";
const DIGITS: &str = "\u{e002}";

/// One body, as it could come in.
pub(crate) struct Case {
    /// What is brought.
    pub(crate) body: Vec<u8>,
    /// What it means to who reads it well; `None` where it is no JSON.
    pub(crate) meant: Option<Value>,
}

/// The maker of cases.
pub(crate) struct Odd {
    random: Rng,
    seeds: Vec<Value>,
    /// Those that are texts.
    written: Vec<Value>,
    names: Vec<String>,
}

impl Odd {
    /// Everything that follows is decided by the seed of the random numbers.
    pub(crate) fn new() -> Self {
        let marks = Marks::new(&KEY);
        let seed = |line| {
            let mut seed: Value = serde_json::from_str(line).expect("seeds are JSON");
            let pressed = seed.get_mut("callback_query").and_then(|query| query.get_mut("data"));
            if let Some(data) = pressed {
                *data = data.as_str().map(|payload| marks.marked(payload)).into();
            }
            seed
        };
        let seeds: Vec<Value> = SEEDS.lines().map(seed).collect();
        let mut names = Vec::new();
        seeds.iter().for_each(|seed| names_in(seed, &mut names));
        names.sort();
        names.dedup();
        let written = seeds.iter().filter(|seed| seed["message"]["text"].is_string()).cloned().collect();
        Self { random: Rng::with_seed(0), seeds, written, names }
    }

    /// The case of a number, said by one of these people.
    pub(crate) fn case(&mut self, seed: u64, number: u64, people: &[i64]) -> Case {
        self.random = Rng::with_seed(seed ^ number.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        // What is to be kept is looked at most.
        let from = if self.random.bool() { &self.seeds } else { &self.written };
        let mut update = from[self.random.usize(..from.len())].clone();
        let person = people[self.random.usize(..people.len())];
        replace(&mut update, &json!(SEED_PERSON), &json!(person));
        update["update_id"] = json!(1_000 + number);
        for _ in 0..self.random.usize(..=MUTATIONS) {
            self.mutate(&mut update);
        }
        let mut text = update.to_string();
        if self.random.u8(..) < 20 {
            self.twice(&mut text);
        }
        let digits = if self.random.bool() { "123456789012345678901234567890123456789" } else { "-1e999" };
        let text = text.replace(&format!("\"{DIGITS}\""), digits);
        let half = if self.random.bool() { "\\ud83d" } else { "\\udedf" };
        let (mut body, mut read) = (text.replace(HALF, half).into_bytes(), text.replace(HALF, "\u{fffd}").into_bytes());
        if self.random.u8(..) < 24 {
            self.spoil(&mut body);
            read.clone_from(&body);
        }
        Case { meant: serde_json::from_slice(&read).ok(), body }
    }

    /// One change, at any depth.
    fn mutate(&mut self, update: &mut Value) {
        let mut nth = self.random.usize(..nodes(update));
        let node = node(update, &mut nth).expect("it is one of those that were counted");
        match node {
            Value::Object(fields) if !fields.is_empty() && self.random.u8(..) < 200 => self.mutate_fields(fields),
            Value::Array(items) if !items.is_empty() && self.random.u8(..) < 200 => {
                let at = self.random.usize(..items.len());
                match self.random.u8(..4) {
                    0 => _ = items.remove(at),
                    1 => items.insert(at, items[at].clone()),
                    2 => items[at] = self.instead(&items[at]),
                    _ => items.reverse(),
                }
            }
            leaf => {
                *leaf = match self.random.u8(..5) {
                    0 => json!([leaf.take()]),
                    1 => json!({ "value": leaf.take() }),
                    2 => json!(leaf.to_string()),
                    _ => self.instead(leaf),
                }
            }
        }
    }

    fn mutate_fields(&mut self, fields: &mut Map<String, Value>) {
        let at = self.random.usize(..fields.len());
        let name = fields.keys().nth(at).expect("it is one of them").clone();
        match self.random.u8(..8) {
            0 | 1 => _ = fields.remove(&name),
            2 => {
                let value = fields.remove(&name).expect("it was there");
                fields.insert(self.name(), value);
            }
            3 => {
                let value = fields[&name].clone();
                fields.insert(self.name(), value);
            }
            4 => {
                let value = self.value();
                fields.insert(self.name(), value);
            }
            5 => {
                // Something of another update, where it would stand there.
                let (from, name) = (self.random.usize(..self.seeds.len()), self.name());
                let seed = &self.seeds[from];
                let mut nth = self.random.usize(..nodes(seed));
                let part = node(&mut seed.clone(), &mut nth).expect("it is one of those that were counted").clone();
                fields.insert(name, part);
            }
            6 => {
                let other = fields.keys().nth(self.random.usize(..fields.len())).expect("it is one of them").clone();
                let (mine, theirs) = (fields[&name].clone(), fields[&other].clone());
                fields.insert(name, theirs);
                fields.insert(other, mine);
            }
            _ => {
                let value = self.instead(&fields[&name]);
                fields.insert(name, value);
            }
        }
    }

    /// The name of a field: one that Telegram knows, at times one that it does not.
    fn name(&mut self) -> String {
        const UNKNOWN: [&str; 5] = ["moon_phase", "", "TEXT", "text ", "\0"];
        match self.random.u8(..4) {
            0 => UNKNOWN[self.random.usize(..UNKNOWN.len())].to_owned(),
            _ => self.names[self.random.usize(..self.names.len())].clone(),
        }
    }

    /// A value that nobody expects.
    fn value(&mut self) -> Value {
        match self.random.u8(..12) {
            0 => Value::Null,
            1 => json!(self.random.bool()),
            2 => json!([]),
            3 => json!({}),
            4 => json!(self.random.i64(..)),
            5 => self.number(),
            6 => self.nested(),
            7 => json!([{ "type": self.word(), "offset": self.random.i32(..), "length": self.random.i32(..) }]),
            8 if self.random.u8(..) < 40 => json!(DIGITS),
            _ => json!(self.word()),
        }
    }

    /// A value that nobody expects where this one stood: as often as not another of its kind.
    fn instead(&mut self, value: &Value) -> Value {
        match value {
            Value::Number(_) if self.random.bool() => self.number(),
            Value::String(_) if self.random.bool() => json!(self.word()),
            _ => self.value(),
        }
    }

    /// A number that nobody expects.
    fn number(&mut self) -> Value {
        let numbers = [
            json!(i64::MAX),
            json!(i64::MIN),
            json!(u64::MAX),
            json!(1_u64 << 63),
            json!(i32::MIN),
            json!(1_i64 << 32),
            json!(1_i64 << 53),
            json!(-1),
            json!(0),
            json!(-0.0),
            json!(0.5),
            json!(f64::MAX),
            json!(f64::MIN_POSITIVE),
        ];
        numbers[self.random.usize(..numbers.len())].clone()
    }

    /// A text that nobody expects.
    fn word(&mut self) -> String {
        const WORDS: [&str; 26] = [
            "",
            " ",
            "\n\t\r\n",
            "\0",
            "sem\0sinal",
            "\u{1}\u{7f}\u{85}",
            "\u{202e}lanis mes\u{202c}",
            "لا توجد إشارة",
            "👩‍👩‍👧‍👦🏳️‍🌈🛟",
            "e\u{301}\u{301}\u{301}\u{301}",
            "\u{feff}\u{200b}\u{2028}",
            "\u{fffd}\u{ffff}",
            HALF,
            concat!("\u{e001}", " sem sinal ", "\u{e001}", "\u{e001}"),
            "\\ud83d\\\"\\",
            "<b>&amp;</b>%s%n{}{0}",
            "'; DROP TABLE inbox; --",
            "/",
            "/@bote_bot",
            "/start",
            "/start \0",
            "/abrir@BOTE_BOT 1001",
            "/abrir@outro_bot 1001",
            "private",
            "1|p|0|999999999999999999999",
            "1|c",
        ];
        if self.random.u8(..) < 8 {
            let filling = ["a", "🛟", "\n", "a b ", "\u{202e}"][self.random.usize(..5)];
            return filling.repeat(LONG / filling.len());
        }
        WORDS[self.random.usize(..WORDS.len())].to_owned()
    }

    /// Lists in objects in lists; at times deeper than a reader goes.
    fn nested(&mut self) -> Value {
        let depth = [5, 60, 100, 200][self.random.usize(..4)];
        (0..depth).fold(json!("x"), |inner, level| if level % 2 == 0 { json!([inner]) } else { json!({ "x": inner }) })
    }

    /// The same name once more in an object, which only text can have.
    fn twice(&mut self, text: &mut String) {
        let opened: Vec<usize> = text.match_indices('{').map(|(at, _)| at).take(50).collect();
        if opened.is_empty() {
            return;
        }
        let at = opened[self.random.usize(..opened.len())];
        let field = format!("{}:{},", json!(self.name()), self.value());
        if text[at + 1..].starts_with('"') {
            text.insert_str(at + 1, &field);
        }
    }

    /// Bytes that got lost, came twice, or became others.
    fn spoil(&mut self, body: &mut Vec<u8>) {
        let (one, other) = (self.random.usize(..body.len()), self.random.usize(..body.len()));
        match self.random.u8(..5) {
            0 | 1 => body.truncate(one),
            2 => body[one] = self.random.u8(..),
            3 => _ = body.drain(one.min(other)..one.max(other)),
            _ => body.insert(one, 0xff),
        }
    }
}

/// The names of all fields below a value.
fn names_in(value: &Value, names: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            names.extend(fields.keys().cloned());
            fields.values().for_each(|inner| names_in(inner, names));
        }
        Value::Array(items) => items.iter().for_each(|inner| names_in(inner, names)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// How many values there are, itself among them.
fn nodes(value: &Value) -> usize {
    1 + match value {
        Value::Object(fields) => fields.values().map(nodes).sum(),
        Value::Array(items) => items.iter().map(nodes).sum(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => 0,
    }
}

/// The value behind so many others.
fn node<'a>(value: &'a mut Value, behind: &mut usize) -> Option<&'a mut Value> {
    if *behind == 0 {
        return Some(value);
    }
    *behind -= 1;
    match value {
        Value::Object(fields) => fields.values_mut().find_map(|inner| node(inner, behind)),
        Value::Array(items) => items.iter_mut().find_map(|inner| node(inner, behind)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
    }
}

/// One value for another, wherever it stands.
fn replace(value: &mut Value, of: &Value, by: &Value) {
    match value {
        Value::Object(fields) => fields.values_mut().for_each(|inner| replace(inner, of, by)),
        Value::Array(items) => items.iter_mut().for_each(|inner| replace(inner, of, by)),
        leaf if leaf == of => *leaf = by.clone(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
