//! Capabilities: what a plug-in may reach beyond its call, by the names of the contract's interfaces.

use bote_sdk::permissions::Permission;
use std::collections::BTreeSet;

/// One capability.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Capability {
    /// The ticket in hand.
    Tickets,
    /// What a connection moved.
    Usage,
    /// When a connection was online.
    Sessions,
    /// HTTP to a device at the customer's.
    DeviceHttp,
    /// Values kept from call to call.
    Store,
    /// Lines for the author.
    Log,
    /// The time while the call runs.
    Clock,
}

impl Capability {
    /// All there are.
    pub const ALL: [Self; 7] =
        [Self::Tickets, Self::Usage, Self::Sessions, Self::DeviceHttp, Self::Store, Self::Log, Self::Clock];

    /// The name of its interface.
    pub fn name(self) -> &'static str {
        match self {
            Self::Tickets => "tickets",
            Self::Usage => "usage",
            Self::Sessions => "sessions",
            Self::DeviceHttp => "device-http",
            Self::Store => "store",
            Self::Log => "log",
            Self::Clock => "clock",
        }
    }

    /// The capability of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|capability| capability.name() == name)
    }

    /// What an operator must hold to run a tool that has it: a plug-in never has more than its operator.
    pub fn permission(self) -> Option<Permission> {
        match self {
            Self::Usage | Self::Sessions => Some(Permission::ConnHistory),
            Self::DeviceHttp => Some(Permission::ConnHttp),
            Self::Tickets | Self::Store | Self::Log | Self::Clock => None,
        }
    }
}

/// What an administrator granted of what a manifest asks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Granted(BTreeSet<Capability>);

impl Granted {
    /// These.
    pub(crate) fn of(capabilities: impl IntoIterator<Item = Capability>) -> Self {
        Self(capabilities.into_iter().collect())
    }

    /// The names of those granted.
    pub(crate) fn names(&self) -> impl Iterator<Item = &'static str> {
        self.0.iter().map(|capability| capability.name())
    }

    /// Whether it is granted.
    pub(crate) fn has(&self, capability: Capability) -> bool {
        self.0.contains(&capability)
    }
}
