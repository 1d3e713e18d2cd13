//! Who acts, in which companies, and through which class of channel.

use crate::id::{CompanyId, OperatorId};
use crate::permissions::{Permission, Permissions};
use crate::prelude::*;
use crate::refusal::{Precondition, Refusal};

/// All companies *(TODAS)* or exactly one: of an operator's session and of a registration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Every company of the provider.
    All,
    /// One company.
    Company(CompanyId),
}

impl Scope {
    /// Whether a session with this scope sees a person registered in `registered`.
    pub fn sees(self, registered: Scope) -> bool {
        match (self, registered) {
            (Scope::All, _) | (_, Scope::All) => true,
            (Scope::Company(mine), Scope::Company(theirs)) => mine == theirs,
        }
    }

    /// Whether a session with this scope sees a ticket of `company`.
    pub fn sees_company(self, company: CompanyId) -> bool {
        self.sees(Scope::Company(company))
    }
}

/// What may be shown in a channel. An unclassified channel is `Customer`, the narrowest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChannelClass {
    /// One bound operator and nobody else; the terminal counts as this.
    Private,
    /// A group of staff.
    StaffGroup,
    /// A customer, or a channel nobody classified.
    #[default]
    Customer,
}

impl ChannelClass {
    /// All classes, for tests by enumeration.
    pub const ALL: &[Self] = &[Self::Private, Self::StaffGroup, Self::Customer];

    /// The name used in storage, on the command line and in logs.
    pub fn name(self) -> &'static str {
        match self {
            Self::Private => "private",
            Self::StaffGroup => "staff_group",
            Self::Customer => "customer",
        }
    }

    /// The class of a name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|class| class.name() == name)
    }
}

/// The operator on whose behalf something is asked or done, with the permissions and scope of this moment.
#[derive(Clone, Debug)]
pub struct Actor {
    /// Who.
    pub operator: OperatorId,
    /// The staff member's name, shown to colleagues.
    pub name: String,
    /// What they may do.
    pub permissions: Permissions,
    /// The companies of their session.
    pub scope: Scope,
    /// Through which class of channel the answer leaves.
    pub class: ChannelClass,
}

impl Actor {
    /// Passes when the actor holds the permission.
    pub fn permit(&self, permission: Permission) -> Result<(), Refusal> {
        if self.permissions.has(permission) { Ok(()) } else { Err(Refusal::Forbidden { permission }) }
    }

    /// Passes where nobody but staff reads along.
    pub fn among_staff(&self) -> Result<(), Refusal> {
        match self.class {
            ChannelClass::Private | ChannelClass::StaffGroup => Ok(()),
            ChannelClass::Customer => Err(Refusal::Precondition(Precondition::NotPrivate)),
        }
    }

    /// Passes where nobody else reads along.
    pub fn in_private(&self) -> Result<(), Refusal> {
        match self.class {
            ChannelClass::Private => Ok(()),
            ChannelClass::StaffGroup | ChannelClass::Customer => Err(Refusal::Precondition(Precondition::NotPrivate)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn v_07_a_session_in_one_company_does_not_see_people_of_another() {
        let two = Scope::Company(CompanyId(2));
        assert!(!two.sees(Scope::Company(CompanyId(3))));
        assert!(two.sees(Scope::Company(CompanyId(2))));
        assert!(two.sees(Scope::All));
        assert!(Scope::All.sees(Scope::Company(CompanyId(3))));
    }
}
