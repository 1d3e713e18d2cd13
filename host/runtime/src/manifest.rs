//! The manifest of a plug-in: data in a custom section of the component, read without running anything.

mod fault;

pub use fault::ManifestFault;

use crate::capability::Capability;
use crate::host::one_line;
use crate::limits::{Ceiling, Limits};
use crate::version::{self, Version};
use bote_sdk::dialog::Language;
use bote_sdk::form::{self, Choice, Param, ParamKind};
use bote_sdk::id::ToolId;
use bote_sdk::operation::Risk;
use bote_sdk::permissions::Permission;
use bote_sdk::tool::{Localized, ToolSpec};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use wasmparser::{Encoding, Parser, Payload};

/// The custom section that holds the manifest.
const SECTION: &str = "bote:manifest";
/// The largest manifest: many times the first-party ones, too small to be a bomb.
const LARGEST: usize = 64 << 10;

/// What a plug-in says of itself.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Manifest {
    /// Identity and version.
    pub plugin: PluginSection,
    /// The capabilities it asks for.
    #[serde(default)]
    pub capabilities: BTreeMap<String, CapabilitySection>,
    /// The limits it asks for beyond, or below, the standard.
    #[serde(default)]
    pub limits: LimitsSection,
    /// Its tools.
    #[serde(rename = "tool", default)]
    tools: Vec<ToolSection>,
}

/// Identity and version of a plug-in.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct PluginSection {
    /// `publisher.name`, for example `bote.consumption`.
    pub id: String,
    /// The version of the plug-in.
    pub version: String,
    /// The version of the contract it was written for.
    pub api: String,
}

/// A capability a plug-in asks for: the reason an administrator is shown, and whether it can do without.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct CapabilitySection {
    #[serde(rename = "pt-BR")]
    portuguese: String,
    en: String,
    /// Whether the plug-in works without it.
    #[serde(default)]
    pub optional: bool,
}

impl CapabilitySection {
    /// The reason.
    pub fn localized(&self) -> Localized {
        Localized { portuguese: self.portuguese.clone(), en: self.en.clone() }
    }

    /// The reason, in a language.
    pub fn reason(&self, language: Language) -> &str {
        match language {
            Language::Portuguese => &self.portuguese,
            Language::English => &self.en,
        }
    }
}

/// Limits a plug-in asks for. More than the administrator's ceiling is cut to it.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct LimitsSection {
    /// Memory, in MiB.
    pub memory_mib: Option<u32>,
    /// Time spent in the guest, in milliseconds.
    pub guest_ms: Option<u32>,
    /// Time from start to end, in milliseconds.
    pub wall_ms: Option<u32>,
}

impl LimitsSection {
    /// The limits of this plug-in's calls.
    pub(crate) fn within(self, standard: Limits, ceiling: Ceiling) -> Limits {
        let time = |asked: Option<u32>, standard: Duration, most: Duration| {
            asked.map_or(standard, |asked| Duration::from_millis(u64::from(asked.max(1)))).min(most.max(standard))
        };
        let memory = self.memory_mib.map_or(standard.memory_bytes, |asked| (asked.max(1) as usize) << 20);
        Limits {
            memory_bytes: memory.min(ceiling.memory_bytes),
            guest_time: time(self.guest_ms, standard.guest_time, ceiling.guest_time),
            wall_time: time(self.wall_ms, standard.wall_time, ceiling.wall_time),
            ..standard
        }
    }
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct ToolSection {
    name: String,
    title: Localized,
    description: Localized,
    #[serde(default)]
    needs_connection: bool,
    risk: Risk,
    permission: Option<Permission>,
    #[serde(default, rename = "param")]
    params: Vec<ParamSection>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct ParamSection {
    name: String,
    label: Localized,
    help: Option<Localized>,
    kind: KindName,
    #[serde(default = "yes")]
    required: bool,
    default: Option<String>,
    least: Option<f64>,
    most: Option<f64>,
    longest: Option<u32>,
    choices: Option<Choices>,
}

fn yes() -> bool {
    true
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum KindName {
    Text,
    Integer,
    Decimal,
    Flag,
    Choice,
    Date,
    Period,
    Equipment,
    File,
    Password,
}

/// Fixed choices, or the word `dynamic`.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
enum Choices {
    Fixed(Vec<Choice>),
    Word(String),
}

impl ParamSection {
    fn param(&self) -> Result<Param, String> {
        let (least, most) = (self.least, self.most);
        let meant: &[&str] = match self.kind {
            KindName::Text => &["longest"],
            KindName::Integer | KindName::Decimal => &["least", "most"],
            KindName::Choice => &["choices"],
            KindName::Flag | KindName::Date | KindName::Period => &[],
            KindName::Equipment | KindName::File | KindName::Password => &[],
        };
        let given = [
            ("longest", self.longest.is_some()),
            ("least", least.is_some()),
            ("most", most.is_some()),
            ("choices", self.choices.is_some()),
        ];
        if let Some((key, _)) = given.iter().find(|(key, given)| *given && !meant.contains(key)) {
            return Err(format!("has `{key}`, which means nothing for its kind"));
        }
        let kind = match self.kind {
            KindName::Choice => match &self.choices {
                Some(Choices::Fixed(choices)) if !choices.is_empty() => ParamKind::Choice(choices.clone()),
                Some(Choices::Word(word)) if word == "dynamic" => ParamKind::Dynamic,
                _ => return Err("needs choices, or `choices = \"dynamic\"`".to_owned()),
            },
            KindName::Text => ParamKind::Text { longest: self.longest.unwrap_or(form::TEXT).clamp(1, LONGEST) },
            KindName::Integer => ParamKind::Integer {
                least: least.map_or(i64::MIN, |number| number as i64),
                most: most.map_or(i64::MAX, |number| number as i64),
            },
            KindName::Decimal => {
                ParamKind::Decimal { least: least.unwrap_or(f64::MIN), most: most.unwrap_or(f64::MAX) }
            }
            KindName::Flag => ParamKind::Flag,
            KindName::Date => ParamKind::Date,
            KindName::Period => ParamKind::Period,
            KindName::Equipment => ParamKind::Equipment,
            KindName::File => ParamKind::File,
            KindName::Password => ParamKind::Password,
        };
        let param = Param {
            name: self.name.clone(),
            label: self.label.clone(),
            help: self.help.clone(),
            required: self.required,
            default: self.default.clone(),
            kind,
        };
        match &self.default {
            Some(default) if param.has_no_default() || param.check(default).is_err() => {
                Err(format!("has the default `{default}`, which is none of its values"))
            }
            _ => Ok(param),
        }
    }
}

/// The longest text of a parameter.
const LONGEST: u32 = bote_sdk::text::LONG_TEXT as u32;
/// Tools of a plug-in, and parameters of a tool: more is no form for a chat.
const TOOLS: usize = 20;
const PARAMS: usize = 10;
/// Choices of a parameter.
pub(crate) const CHOICES: usize = 50;

impl Manifest {
    /// Reads the manifest of a component.
    pub fn of_component(component: &[u8]) -> Result<Self, ManifestFault> {
        Self::of_section(section_of(component)?, version::HOST)
    }

    /// Reads a manifest as it stands in the source of a plug-in.
    pub fn of_text(text: &str) -> Result<Self, ManifestFault> {
        Self::of_section(text.as_bytes(), version::HOST)
    }

    /// Reads the content of a manifest section, on a host of this contract.
    pub(crate) fn of_section(section: &[u8], contract: Version) -> Result<Self, ManifestFault> {
        if section.len() > LARGEST {
            return Err(ManifestFault::TooLarge(section.len()));
        }
        let text = std::str::from_utf8(section).map_err(|error| ManifestFault::Unreadable(error.to_string()))?;
        let table: toml::Table = toml::from_str(text).map_err(|error| unreadable(text, &error))?;
        if !is_printable(&toml::Value::Table(table)) {
            return Err(ManifestFault::Unreadable("it has control characters in its words or names".to_owned()));
        }
        let manifest: Self = toml::from_str(text).map_err(|error| unreadable(text, &error))?;
        manifest.check(contract)
    }

    fn check(self, contract: Version) -> Result<Self, ManifestFault> {
        if let Err(advice) = contract.serves_api(&self.plugin.api) {
            return Err(ManifestFault::Api { theirs: self.plugin.api, ours: contract.to_string(), advice });
        }
        let word = |name: &str| {
            !name.is_empty()
                && name.len() <= 40
                && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        };
        let Some((publisher, name)) = self.plugin.id.split_once('.') else {
            return Err(ManifestFault::Name(self.plugin.id));
        };
        if !word(publisher) || !word(name) {
            return Err(ManifestFault::Name(self.plugin.id));
        }
        for (name, section) in &self.capabilities {
            match Capability::named(name) {
                None => return Err(ManifestFault::Capability(name.clone())),
                Some(Capability::Clock) if section.optional => return Err(ManifestFault::NeverOptional(name.clone())),
                Some(_) => {}
            }
        }
        if self.tools.is_empty() || self.tools.len() > TOOLS {
            return Err(ManifestFault::Number);
        }
        let mut tools = BTreeSet::new();
        for tool in &self.tools {
            if !word(&tool.name) {
                return Err(ManifestFault::Name(tool.name.clone()));
            }
            if !tools.insert(&tool.name) {
                return Err(ManifestFault::Twice(tool.name.clone()));
            }
            tool.check(word)?;
        }
        Ok(self)
    }

    /// Whether it has a question whose choices only the plug-in knows.
    pub fn has_dynamic_choices(&self) -> bool {
        self.tools().iter().any(|tool| tool.params.iter().any(|param| param.kind == ParamKind::Dynamic))
    }

    /// The tools, as people and front ends see them. A tool needs what its plug-in's capabilities need (R-193).
    pub fn tools(&self) -> Vec<ToolSpec> {
        let asked = self.capabilities.keys().filter_map(|name| Capability::named(name)?.permission());
        let asked: BTreeSet<_> = asked.collect();
        let spec = |tool: &ToolSection| ToolSpec {
            id: ToolId(format!("{}/{}", self.plugin.id, tool.name)),
            title: tool.title.clone(),
            description: tool.description.clone(),
            needs_connection: tool.needs_connection,
            risk: tool.risk,
            permissions: asked.iter().copied().chain(tool.permission).collect::<BTreeSet<_>>().into_iter().collect(),
            // What cannot be asked was refused by `check`.
            params: tool.params.iter().filter_map(|param| param.param().ok()).collect(),
        };
        self.tools.iter().map(spec).collect()
    }
}

impl ToolSection {
    fn check(&self, word: impl Fn(&str) -> bool) -> Result<(), ManifestFault> {
        if self.params.len() > PARAMS {
            return Err(ManifestFault::Number);
        }
        let mut names = BTreeSet::new();
        for section in &self.params {
            if !word(&section.name) {
                return Err(ManifestFault::Name(section.name.clone()));
            }
            if !names.insert(&section.name) {
                return Err(ManifestFault::Twice(section.name.clone()));
            }
            let param = section.param().map_err(|why| ManifestFault::Param(section.name.clone(), why))?;
            match &param.kind {
                ParamKind::Choice(choices) if choices.len() > CHOICES => return Err(ManifestFault::Number),
                ParamKind::Equipment if !self.needs_connection => {
                    return Err(ManifestFault::NeedsConnection(self.name.clone()));
                }
                _ => {}
            }
        }
        Ok(())
    }
}

/// What stands in the way, with the line of the manifest where it is known.
fn unreadable(text: &str, error: &toml::de::Error) -> ManifestFault {
    let words = one_line(error.message());
    let before = error.span().and_then(|place| text.as_bytes().get(..place.start));
    ManifestFault::Unreadable(match before {
        Some(before) => format!("line {}: {words}", 1 + before.iter().filter(|byte| **byte == b'\n').count()),
        None => words,
    })
}

/// Whether nothing in it acts on a terminal: what a manifest says stands in menus and in refusals.
fn is_printable(value: &toml::Value) -> bool {
    let plain = |text: &str| !text.chars().any(char::is_control);
    match value {
        toml::Value::String(text) => plain(text),
        toml::Value::Array(values) => values.iter().all(is_printable),
        toml::Value::Table(table) => table.iter().all(|(name, value)| plain(name) && is_printable(value)),
        _ => true,
    }
}

/// The one manifest section at the component's own level.
pub(crate) fn section_of(component: &[u8]) -> Result<&[u8], ManifestFault> {
    let bad = |why: String| ManifestFault::NotAComponent(why.lines().next().unwrap_or_default().to_owned());
    if !component.starts_with(b"\0asm") {
        return Err(bad("it does not begin like one".to_owned()));
    }
    let mut depth = 0_usize;
    let mut found = Vec::new();
    for payload in Parser::new(0).parse_all(component) {
        match payload.map_err(|error| bad(error.to_string()))? {
            Payload::Version { encoding: Encoding::Module, .. } if depth == 0 => {
                return Err(bad("it is a core module".to_owned()));
            }
            Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => depth += 1,
            Payload::End(_) => depth = depth.saturating_sub(1),
            Payload::CustomSection(section) if depth == 0 && section.name() == SECTION => found.push(section.data()),
            _ => {}
        }
    }
    match found[..] {
        [section] => Ok(section),
        _ => Err(ManifestFault::Sections(found.len())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Manifest, ManifestFault> {
        Manifest::of_section(text.as_bytes(), version::HOST)
    }

    const TOOL: &str = r#"
        [[tool]]
        name = "a"
        title = { pt-BR = "A", en = "A" }
        description = { pt-BR = "A", en = "A" }
        risk = "read"
    "#;

    #[test]
    fn the_contract_and_the_names_are_checked() {
        let with =
            |id: &str, api: &str| read(&format!("[plugin]\nid = {id:?}\nversion = \"1\"\napi = {api:?}\n{TOOL}"));
        assert!(with("isp.signal", "1.0").is_ok());
        let said = |api: &str| with("isp.signal", api).expect_err(api).to_string();
        assert_eq!(
            said("2.0"),
            "the plug-in was written for contract 2.0, and this host serves 1.0.0: use a newer bote"
        );
        assert!(said("0.9").contains("former contract") && said("one").contains("no version"), "{}", said("0.9"));
        for id in ["signal", "isp.", "Isp.signal", "isp.a.b", "isp.a/b"] {
            assert!(matches!(with(id, "1.0"), Err(ManifestFault::Name(_))), "{id}");
        }
    }

    #[test]
    fn an_unknown_key_is_refused_and_named() {
        let text = format!("[plugin]\nid = \"a.b\"\nversion = \"1\"\napi = \"1.0\"\ncolour = 1\n{TOOL}");
        let said = read(&text).expect_err("an unknown key").to_string();
        assert!(said.contains("colour"), "{said}");
    }

    /// Each differs in one place from a manifest that can be read.
    #[test]
    fn the_line_that_cannot_be_read_is_named() {
        let good = format!("[plugin]\nid = \"a.b\"\nversion = \"1\"\napi = \"1.0\"\n{TOOL}");
        assert!(read(&good).is_ok());
        for (from, to, line, words) in [
            ("risk = \"read\"", "risk = \"reed\"", "line 10: ", "unknown variant `reed`"),
            ("risk = \"read\"", "risk = read", "line 10: ", ""),
            ("version = \"1\"\n", "", "line 1: ", "missing field `version`"),
            ("api = \"1.0\"", "api = 1.0", "line 4: ", "expected a string"),
        ] {
            let said = read(&good.replacen(from, to, 1)).expect_err(to).to_string();
            let expected = format!("the manifest cannot be read: {line}");
            assert!(said.starts_with(&expected) && said.contains(words), "{to}: {said}");
        }
    }

    #[test]
    fn a_key_that_means_nothing_for_a_kind_is_refused_and_named() {
        let with = |lines: &str| {
            let param = "[[tool.param]]\nname = \"a\"\nlabel = { pt-BR = \"A\", en = \"A\" }\n";
            read(&format!("[plugin]\nid = \"a.b\"\nversion = \"1\"\napi = \"1.0\"\n{TOOL}\n{param}{lines}"))
        };
        for (kind, key, value) in [
            ("integer", "longest", "5"),
            ("text", "most", "5"),
            ("flag", "choices", "\"dynamic\""),
            ("password", "longest", "64"),
            ("choice", "least", "1"),
        ] {
            let said = with(&format!("kind = {kind:?}\n{key} = {value}\n")).expect_err(kind).to_string();
            assert_eq!(said, format!("the parameter `a` has `{key}`, which means nothing for its kind"));
        }
        assert!(with("kind = \"integer\"\nleast = 1\nmost = 5\n").is_ok());
        assert!(with("kind = \"text\"\nlongest = 5\n").is_ok());
    }

    #[test]
    fn what_is_no_component_is_said_to_be_none() {
        let said = Manifest::of_component(b"\x7fELF").expect_err("no component").to_string();
        assert!(said.starts_with("this is not a WebAssembly component"), "{said}");
        let module = b"\0asm\x01\0\0\0";
        let said = Manifest::of_component(module).expect_err("a module").to_string();
        assert!(said.contains("core module"), "{said}");
    }
}
