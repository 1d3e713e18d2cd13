//! The manifest of a plug-in: data in a custom section of the component, read without running anything.

use bote_sdk::id::ToolId;
use bote_sdk::operation::Risk;
use bote_sdk::permissions::Permission;
use bote_sdk::tool::{Choice, Localized, Param, ToolSpec};
use serde::Deserialize;
use std::collections::BTreeMap;
use wasmparser::{Encoding, Parser, Payload};

/// The custom section that holds the manifest.
const SECTION: &str = "bote:manifest";
/// The contract this host serves.
const API: &str = "1.0";
/// The largest manifest: many times the first-party ones, too small to be a bomb.
const LARGEST: usize = 64 << 10;

/// What a plug-in says of itself.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Manifest {
    /// Identity and version.
    pub plugin: PluginSection,
    /// The capabilities it asks for, each with the reason an administrator is shown.
    #[serde(default)]
    pub capabilities: BTreeMap<String, String>,
    /// Its tools.
    #[serde(rename = "tool")]
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
    choices: Vec<Choice>,
}

/// Why a manifest cannot be used; one sentence for the author.
#[derive(Debug, thiserror::Error)]
pub enum ManifestFault {
    /// The file is no component.
    #[error("this is not a WebAssembly component: {0}; `cargo xtask plugins` makes one from a module")]
    NotAComponent(String),
    /// There is no manifest, or more than one.
    #[error("the component has {0} custom sections `bote:manifest` where there must be exactly one")]
    Sections(usize),
    /// The manifest is too large.
    #[error("the manifest has {0} bytes, more than the {LARGEST} allowed")]
    TooLarge(usize),
    /// The manifest cannot be read.
    #[error("the manifest cannot be read: {0}")]
    Unreadable(String),
    /// The contract is not one this host serves.
    #[error("the plug-in was written for contract {0}, this host serves {API}")]
    Api(String),
    /// The tool would do more than this host carries out.
    #[error("the tool `{0}` has a risk other than `read`; this host runs only tools that read")]
    Risk(String),
    /// The tool reads what its operators may not.
    #[error("the tool `{0}` reads usage, so it must name permission = \"conn.history\"")]
    Permission(String),
    /// The names are not ones people can type.
    #[error("`{0}` is no name: use small letters, digits, `-` and, in a plug-in's id, one dot")]
    Name(String),
}

impl Manifest {
    /// Reads the manifest of a component.
    pub fn of_component(component: &[u8]) -> Result<Self, ManifestFault> {
        let section = section_of(component)?;
        if section.len() > LARGEST {
            return Err(ManifestFault::TooLarge(section.len()));
        }
        let unreadable = |why: String| ManifestFault::Unreadable(why);
        let text = std::str::from_utf8(section).map_err(|error| unreadable(error.to_string()))?;
        let manifest: Self = toml::from_str(text).map_err(|error| unreadable(error.message().to_owned()))?;
        manifest.check()
    }

    fn check(self) -> Result<Self, ManifestFault> {
        if self.plugin.api != API {
            return Err(ManifestFault::Api(self.plugin.api));
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
        for tool in &self.tools {
            if tool.risk != Risk::Read {
                return Err(ManifestFault::Risk(tool.name.clone()));
            }
            // What a plug-in may read is never more than what its operator may (R-193).
            if self.capabilities.contains_key("usage") && tool.permission != Some(Permission::ConnHistory) {
                return Err(ManifestFault::Permission(tool.name.clone()));
            }
        }
        let params = |tool: &ToolSection| tool.params.iter().map(|p| p.name.clone()).collect::<Vec<_>>();
        for name in self.tools.iter().flat_map(|tool| [vec![tool.name.clone()], params(tool)].concat()) {
            if !word(&name) {
                return Err(ManifestFault::Name(name));
            }
        }
        Ok(self)
    }

    /// The tools, as people and front ends see them.
    pub fn tools(&self) -> impl Iterator<Item = ToolSpec> + '_ {
        self.tools.iter().map(|tool| ToolSpec {
            id: ToolId(format!("{}/{}", self.plugin.id, tool.name)),
            title: tool.title.clone(),
            description: tool.description.clone(),
            needs_connection: tool.needs_connection,
            risk: tool.risk,
            permission: tool.permission,
            params: tool
                .params
                .iter()
                .map(|p| Param { name: p.name.clone(), label: p.label.clone(), choices: p.choices.clone() })
                .collect(),
        })
    }
}

/// The one manifest section at the component's own level.
fn section_of(component: &[u8]) -> Result<&[u8], ManifestFault> {
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
        toml::from_str::<Manifest>(text).map_err(|e| ManifestFault::Unreadable(e.message().to_owned()))?.check()
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
        assert!(matches!(with("isp.signal", "2.0"), Err(ManifestFault::Api(_))));
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

    #[test]
    fn what_is_no_component_is_said_to_be_none() {
        let said = Manifest::of_component(b"\x7fELF").expect_err("no component").to_string();
        assert!(said.starts_with("this is not a WebAssembly component"), "{said}");
        let module = b"\0asm\x01\0\0\0";
        let said = Manifest::of_component(module).expect_err("a module").to_string();
        assert!(said.contains("core module"), "{said}");
    }
}
