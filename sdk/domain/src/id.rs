//! Every identifier of the domain, each its own type. Numbers come from the provider's registration; UUIDs are
//! made by the host (version 7, so that they sort by time) and are never shown to people, who see a
//! [`Protocol`](crate::protocol::Protocol).

use crate::prelude::*;
use core::fmt;
use uuid::Uuid;

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }
    )+};
}

macro_rules! uuids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }
    )+};
}

codes! {
    /// A legal entity of the provider *(empresa)*.
    CompanyId,
    /// A member of staff who acts *(operador)*.
    OperatorId,
    /// A registered person *(pessoa)*.
    PersonCode,
    /// A group of customers; carries the priority *(grupo de pessoas)*.
    GroupId,
    /// An agreement for a plan *(contrato)*.
    ContractCode,
    /// One internet access *(conexão)*.
    ConnectionCode,
    /// Equipment that terminates connections *(ponto de acesso)*.
    AccessPointId,
    /// A device at the customer's *(equipamento)*.
    EquipmentCode,
    /// An outage notice *(notificação de parada)*.
    NoticeCode,
    /// An invoice *(fatura)*.
    InvoiceCode,
    /// A service order *(ordem de serviço)*.
    ServiceOrderCode,
    /// A workflow *(processo)*.
    ProcessId,
    /// A step of a workflow *(subprocesso)*.
    SubprocessId,
    /// A set of service-level times *(tabela de SLA)*.
    SlaTableId,
    /// A dunning ruler *(régua de configuração)*.
    RulerId,
    /// A reason code of a ticket *(classificação)*.
    ClassificationId,
    /// A channel by which the customer reached the provider *(origem do contato)*.
    OriginId,
    /// A row of the outbox, rising in the order of commits.
    JobId,
}

uuids! {
    /// A ticket's internal code.
    TicketId,
    /// An attachment.
    FileId,
    /// One run of a tool.
    RunId,
}

/// The name of a tool, `plug-in/tool`, for example `bote.consumption/consumption`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ToolId(pub String);

impl fmt::Display for ToolId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Names one request so that doing it again returns the first answer.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct IdempotencyKey(pub String);

/// The content address of stored bytes: SHA-256 in lower-case hexadecimal.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ContentHash(pub String);

impl fmt::Display for ContentHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
