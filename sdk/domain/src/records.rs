//! The provider's registration as far as tickets read it: people, connections, contracts, invoices, notices,
//! accounting sessions and usage (the entities of `docs/domain.md`, chapter 27). bote reads these; it does not own them.

use crate::actor::Scope;
use crate::id::*;
use crate::permissions::Permissions;
use crate::personal::*;
use crate::prelude::*;
use chrono::NaiveDate;

/// Individual or company.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PersonKind {
    /// *Pessoa física*, with a CPF.
    Individual,
    /// *Empresa*, with a CNPJ.
    Company,
}

/// A registered person. Every customer is one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// The code of the registration.
    pub code: PersonCode,
    /// Individual or company.
    pub kind: PersonKind,
    /// The name.
    pub name: PersonName,
    /// CPF or CNPJ.
    pub document: Document,
    /// Registered in all companies or in one.
    pub registered_in: Scope,
    /// The group that carries the priority.
    pub group: Option<GroupId>,
    /// Tags of the registration.
    pub tags: Vec<String>,
    /// Their own address.
    pub address: Address,
    /// Telephone.
    pub phone: Option<Phone>,
    /// E-mail.
    pub email: Option<Email>,
}

/// Whether a contract is in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ContractStatus {
    /// In force.
    Active,
    /// Suspended.
    Suspended,
    /// Cancelled.
    Cancelled,
}

/// An agreement for a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contract {
    /// The code of the contract.
    pub code: ContractCode,
    /// Whose it is.
    pub person: PersonCode,
    /// The name of the plan.
    pub plan: String,
    /// Whether it is in force.
    pub status: ContractStatus,
    /// Since when.
    pub status_since: NaiveDate,
    /// The service-level times.
    pub sla_table: Option<SlaTableId>,
    /// The dunning ruler.
    pub ruler: Option<RulerId>,
}

/// A denied service: why and since when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// The reason from the catalogue, as text.
    pub reason: String,
    /// Since when.
    pub since: NaiveDate,
}

/// One internet access.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Connection {
    /// The code of the connection.
    pub code: ConnectionCode,
    /// Whose it is.
    pub person: PersonCode,
    /// The contract it is tied to.
    pub contract: Option<ContractCode>,
    /// The login, unique in the installation.
    pub login: Login,
    /// The MAC address, if fixed.
    pub mac: Option<MacAddress>,
    /// Where it ends.
    pub access_point: Option<AccessPointId>,
    /// Where it is installed.
    pub address: Address,
    /// When it was registered.
    pub registered_at: Instant,
    /// Denied service, if so.
    pub blocked: Option<Block>,
    /// Reduced speed since, if so.
    pub reduced_since: Option<NaiveDate>,
    /// The access server of the last session.
    pub last_nas: Option<String>,
    /// The last address.
    pub last_ip: Option<IpAddress>,
}

/// An unpaid invoice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invoice {
    /// The code of the invoice.
    pub code: InvoiceCode,
    /// When it is due.
    pub due: NaiveDate,
    /// The amount in cents of a real.
    pub cents: i64,
}

/// An open outage notice on an access point.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// The code of the notice.
    pub code: NoticeCode,
    /// Where.
    pub access_point: AccessPointId,
    /// Since when.
    pub opened_at: Instant,
}

/// The accounting of one session of a connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NetworkSession {
    /// The connection.
    pub connection: ConnectionCode,
    /// When it began.
    pub started_at: Instant,
    /// When the access server last spoke of it.
    pub updated_at: Instant,
    /// When it ended, if it did.
    pub stopped_at: Option<Instant>,
    /// How often the access server reports, in seconds.
    pub interim_seconds: i64,
    /// Why it ended, in the access server's words.
    pub cause: Option<String>,
}

/// How a device's pages are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scheme {
    /// In the clear.
    Http,
    /// Over TLS. A device shows a certificate of its own making, which proves nothing: it is not checked.
    Https,
}

impl Scheme {
    /// The port where none is set.
    pub fn port(self) -> u16 {
        match self {
            Self::Http => 80,
            Self::Https => 443,
        }
    }
}

/// A device at the customer's (chapter 27).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Equipment {
    /// Its code.
    pub code: EquipmentCode,
    /// The connection it belongs to.
    pub connection: ConnectionCode,
    /// What it is: `router`, `onu`.
    pub role: String,
    /// Who made it; empty when it is not known.
    pub vendor: String,
    /// Its model; empty when it is not known.
    pub model: String,
    /// How its pages are asked for.
    pub scheme: Scheme,
    /// The port; the scheme's own where none is set.
    pub port: Option<u16>,
    /// Where it answers; where none is set, the connection's last address, while its newest session is open.
    pub address: Option<IpAddress>,
    /// The name to log in with, and the password, sealed with the installation's key.
    pub login: Option<(String, Sealed)>,
}

/// Bytes a connection moved, in the moment they were reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UsageSample {
    /// When the access server reported them.
    pub at: Instant,
    /// Bytes to the customer since the report before.
    pub down_bytes: i64,
    /// Bytes from the customer since the report before.
    pub up_bytes: i64,
}

/// An operator with what they may do.
#[derive(Clone, Debug)]
pub struct Operator {
    /// The id.
    pub id: OperatorId,
    /// Their name.
    pub name: String,
    /// Whether they still work here. Inactive operators can do nothing.
    pub active: bool,
    /// What their roles grant.
    pub permissions: Permissions,
    /// The companies they are registered in; empty means all.
    pub companies: Vec<CompanyId>,
    /// The scope they chose last.
    pub chosen_scope: Option<Scope>,
    /// The language they chose, as a language tag.
    pub language: Option<String>,
}

impl Operator {
    /// The scope of this operator's session: what they chose, as far as their registration still allows it, else
    /// the widest it allows.
    pub fn scope(&self) -> Scope {
        let allowed = self.allowed_scopes_first();
        self.chosen_scope.filter(|chosen| self.may_choose(*chosen)).unwrap_or(allowed)
    }

    /// Whether the registration allows this scope.
    pub fn may_choose(&self, scope: Scope) -> bool {
        match scope {
            Scope::All => self.companies.is_empty(),
            Scope::Company(company) => self.companies.is_empty() || self.companies.contains(&company),
        }
    }

    fn allowed_scopes_first(&self) -> Scope {
        self.companies.first().map_or(Scope::All, |first| Scope::Company(*first))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_that_the_registration_no_longer_allows_is_not_used() {
        let mut operator = Operator {
            id: OperatorId(1),
            name: "Ana".into(),
            active: true,
            permissions: Permissions::default(),
            companies: vec![CompanyId(2)],
            chosen_scope: Some(Scope::All),
            language: None,
        };
        assert_eq!(operator.scope(), Scope::Company(CompanyId(2)));
        operator.companies.clear();
        assert_eq!(operator.scope(), Scope::All);
        operator.chosen_scope = Some(Scope::Company(CompanyId(7)));
        assert_eq!(operator.scope(), Scope::Company(CompanyId(7)));
    }
}
