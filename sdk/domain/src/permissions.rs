//! Permissions by name. A role is a set of them; what is not granted is denied.

use crate::prelude::*;
use core::fmt;
use core::str::FromStr;

macro_rules! permissions {
    ($($variant:ident = $name:literal),+ $(,)?) => {
        /// One right of an operator, named as in R-192.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[allow(missing_docs, reason = "the names are the documentation: R-192 lists them")]
        pub enum Permission { $($variant),+ }

        impl Permission {
            /// All permissions, in the order of R-192.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The name used in configuration and in refusals.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }
        }
    };
}

permissions! {
    TicketRead = "ticket.read",
    TicketOpen = "ticket.open",
    TicketClaim = "ticket.claim",
    TicketTakeover = "ticket.takeover",
    TicketComment = "ticket.comment",
    TicketForward = "ticket.forward",
    TicketFinish = "ticket.finish",
    CustomerRead = "customer.read",
    CustomerUpdate = "customer.update",
    FinanceRead = "finance.read",
    ConnRead = "conn.read",
    ConnHistory = "conn.history",
    ConnCreate = "conn.create",
    ConnEdit = "conn.edit",
    ConnCredentials = "conn.credentials",
    ConnAddress = "conn.address",
    ConnBlock = "conn.block",
    ConnUnblock = "conn.unblock",
    ConnDisconnect = "conn.disconnect",
    ConnException = "conn.exception",
    ConnReduction = "conn.reduction",
    ConnHttp = "conn.http",
    LeadSimple = "lead.simple",
    LeadComplete = "lead.complete",
    SoRead = "so.read",
    SoCreate = "so.create",
    SoEdit = "so.edit",
    SoSchedule = "so.schedule",
    SoClose = "so.close",
    SoPrint = "so.print",
    FileRead = "file.read",
    FileWrite = "file.write",
    FileDelete = "file.delete",
    CustomerRegister = "customer.register",
    ToolRun = "tool.run",
    AuditRead = "audit.read",
    Admin = "admin",
    ConfigWrite = "config.write",
}

impl fmt::Display for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Permission {
    type Err = UnknownPermission;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::ALL.iter().copied().find(|p| p.name() == name).ok_or(UnknownPermission)
    }
}

impl Serialize for Permission {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl<'de> Deserialize<'de> for Permission {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        name.parse().map_err(serde::de::Error::custom)
    }
}

/// The text is no permission of R-192.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a permission; the names are listed in docs/domain.md, R-192")]
pub struct UnknownPermission;

/// A set of permissions. Empty by default: deny.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Permissions(u64);

impl Permissions {
    /// Whether the permission is in the set.
    pub fn has(self, permission: Permission) -> bool {
        self.0 & (1 << permission as u64) != 0
    }

    /// The set with one more permission.
    #[must_use]
    pub fn with(self, permission: Permission) -> Self {
        Self(self.0 | (1 << permission as u64))
    }
}

impl FromIterator<Permission> for Permissions {
    fn from_iter<I: IntoIterator<Item = Permission>>(iter: I) -> Self {
        iter.into_iter().fold(Self::default(), Self::with)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_permitted_by_default() {
        assert!(Permission::ALL.iter().all(|p| !Permissions::default().has(*p)));
    }

    #[test]
    fn each_permission_is_distinct_and_parses_back() {
        for p in Permission::ALL {
            let only = Permissions::default().with(*p);
            assert!(Permission::ALL.iter().all(|q| only.has(*q) == (p == q)));
            assert_eq!(p.name().parse(), Ok(*p));
        }
        assert_eq!("ticket.fly".parse::<Permission>(), Err(UnknownPermission));
    }
}
