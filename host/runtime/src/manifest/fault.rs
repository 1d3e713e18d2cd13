//! Why a manifest cannot be used.

use super::{CHOICES, LARGEST, PARAMS, TOOLS};
use crate::capability::Capability;

/// Why a manifest cannot be used; one sentence for the author.
#[derive(Debug, thiserror::Error)]
pub enum ManifestFault {
    /// The file is no component.
    #[error("this is not a WebAssembly component: {0}; `bote plugin build` makes one")]
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
    #[error("the plug-in was written for contract {theirs}, and this host serves {ours}: {advice}")]
    Api {
        /// The one it was written for.
        theirs: String,
        /// The host's.
        ours: String,
        /// What is to be done.
        advice: &'static str,
    },
    /// A capability that the contract does not have.
    #[error("there is no capability `{0}`; there are {all}", all = capability_names())]
    Capability(String),
    /// A capability that cannot be left out.
    #[error("`{0}` cannot be optional: it has no way to say that it was not granted; ask for it, or do without")]
    NeverOptional(String),
    /// A parameter that cannot be asked.
    #[error("the parameter `{0}` {1}")]
    Param(String, String),
    /// The form is not one for a chat.
    #[error(
        "there are too many of one kind: at most {TOOLS} tools, {PARAMS} parameters, {CHOICES} choices, and at least one tool"
    )]
    Number,
    /// A device is asked for and there is no connection to have it.
    #[error("the tool `{0}` works on a device, so it must say needs-connection = true")]
    NeedsConnection(String),
    /// Two of the same name.
    #[error("`{0}` is there twice")]
    Twice(String),
    /// The names are not ones people can type.
    #[error("`{0}` is no name: use small letters, digits, `-` and, in a plug-in's id, one dot")]
    Name(String),
}

fn capability_names() -> String {
    Capability::ALL.map(Capability::name).join(", ")
}
