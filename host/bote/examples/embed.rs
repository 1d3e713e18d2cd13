//! The desk in a program of your own, with a tool in plain Rust and without bots: a provider's registration comes in by
//! [`Store::import`], a ticket is opened, started and claimed, and the tool is run on it.
//!
//! ```text
//! cargo run -p bote --example embed
//! ```

use async_trait::async_trait;
use bote::clock::SystemClock;
use bote::config::Config;
use bote::seal::InstallationKey;
use bote_conversation::Conversation;
use bote_desk::{LocalFiles, Parts, RecordedNetwork, TicketDesk};
use bote_sdk::actor::{Actor, ChannelClass, Scope};
use bote_sdk::catalogue::{Catalogue, Classification, ClassificationUse, Company, Origin, Process};
use bote_sdk::id::*;
use bote_sdk::native::{NativeTools, Tool};
use bote_sdk::opening::Opening;
use bote_sdk::operation::{Operation, Risk};
use bote_sdk::permissions::Permission;
use bote_sdk::personal::{Address, Document, PersonName, Street};
use bote_sdk::query::{Answer, Query};
use bote_sdk::records::{Operator, Person, PersonKind};
use bote_sdk::sla::SlaType;
use bote_sdk::start::Starting;
use bote_sdk::ticket::NotifyLevel;
use bote_sdk::tool::{Block, Localized, Outcome, ToolCall, ToolEnd, ToolSpec};
use bote_sdk::traits::{Desk, Registry, Store};
use bote_store::{SqlStore, StoreOptions};
use std::collections::HashMap;
use std::sync::Arc;
use uuid::Uuid;

/// A tool of this program.
struct Greeting;

#[async_trait]
impl Tool for Greeting {
    fn spec(&self) -> ToolSpec {
        let words = |portuguese: &str, en: &str| Localized { portuguese: portuguese.into(), en: en.into() };
        ToolSpec {
            id: ToolId("example.native/greeting".into()),
            title: words("Saudação", "Greeting"),
            description: words("Diz o protocolo do atendimento", "Says the ticket's protocol"),
            needs_connection: false,
            risk: Risk::Read,
            permissions: Vec::new(),
            params: Vec::new(),
        }
    }

    async fn run(&self, call: ToolCall) -> ToolEnd {
        let text = format!("Olá do programa, no atendimento {}!", call.ticket.protocol);
        ToolEnd { blocks: vec![Block::Text(text)], ..ToolEnd::without_answer(Outcome::Done) }
    }
}

/// The least a provider is made of: one company, one operator, one customer, and the catalogues a ticket needs.
fn registration() -> Registry {
    Registry {
        catalogue: Catalogue {
            companies: vec![Company { id: CompanyId(1), name: "Fibra Exemplo Ltda.".into() }],
            origins: vec![Origin {
                id: OriginId(1),
                name: "Telefone".into(),
                requires_technician: false,
                active: true,
            }],
            classifications: vec![Classification {
                id: ClassificationId(1),
                name: "Dúvida".into(),
                usage: ClassificationUse::Opening,
                active: true,
            }],
            processes: vec![Process {
                id: ProcessId(1),
                name: "Dúvida".into(),
                sla_type: SlaType::Question,
                subprocesses: Vec::new(),
                active: true,
            }],
            ..Catalogue::default()
        },
        operators: vec![Operator {
            id: OperatorId(1),
            name: "Ana Exemplo".into(),
            active: true,
            permissions: Permission::ALL.iter().copied().collect(),
            companies: Vec::new(),
            chosen_scope: None,
            language: None,
        }],
        people: vec![Person {
            code: PersonCode(1),
            kind: PersonKind::Individual,
            name: PersonName::new("Zilda Fictícia"),
            document: Document::new("00000000000"),
            registered_in: Scope::All,
            group: None,
            tags: Vec::new(),
            address: Address {
                street: Street::new("Rua do Exemplo, 1"),
                district: "Centro".into(),
                city: "Exemplópolis/MG".into(),
            },
            phone: None,
            email: None,
        }],
        ..Registry::default()
    }
}

#[tokio::main]
#[allow(clippy::print_stdout, reason = "an example shows what it does")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = std::env::temp_dir().join(format!("bote-embed-{}", Uuid::now_v7().simple()));
    std::fs::create_dir_all(&folder)?;
    let url = format!("sqlite://{}", folder.join("bote.db").display());
    let store = SqlStore::open(&StoreOptions { url, reset: Default::default(), schema: None }).await?;
    store.migrate().await?;
    store.import(&registration()).await?;
    let store: Arc<dyn Store> = Arc::new(store);
    let parts = Parts {
        network: Arc::new(RecordedNetwork::new(Arc::clone(&store))),
        seal: Arc::new(InstallationKey::open(&folder.join("installation.key"))?),
        store,
        dialog: Arc::new(Conversation),
        tools: Arc::new(NativeTools(vec![Arc::new(Greeting)])),
        files: Arc::new(LocalFiles::open(folder.join("files"))?),
        clock: Arc::new(SystemClock),
        messengers: HashMap::new(),
    };
    let desk = TicketDesk::new(parts, Config::standard().settings()?);
    let ana = Actor {
        operator: OperatorId(1),
        name: "Ana Exemplo".into(),
        permissions: Permission::ALL.iter().copied().collect(),
        scope: Scope::All,
        class: ChannelClass::Private,
    };

    let ticket = TicketId(Uuid::now_v7());
    let run = RunId(Uuid::now_v7());
    let opening = Opening {
        person: PersonCode(1),
        connection: None,
        contract: None,
        company: Some(CompanyId(1)),
        origin: OriginId(1),
        technician: None,
        report: "Quer saber como funciona.".into(),
    };
    let starting = Starting {
        process: ProcessId(1),
        classification: ClassificationId(1),
        notify: NotifyLevel::None,
        comment: None,
        files: Vec::new(),
    };
    let orders = [
        Operation::OpenTicket { ticket, opening },
        Operation::ExpressQuery { ticket },
        Operation::StartTicket { ticket, starting },
        Operation::Claim { ticket },
        Operation::RunTool { ticket, run, tool: ToolId("example.native/greeting".into()), arguments: Vec::new() },
    ];
    for (number, operation) in orders.into_iter().enumerate() {
        let name = operation.spec().name;
        // The key makes doing it again the same as doing it once.
        let done = desk.perform(IdempotencyKey(format!("example/{ticket}/{number}")), operation.into(), &ana).await?;
        println!("{name}: {}", done.map_or_else(|refusal| format!("{refusal:?}"), |_| "done".into()));
    }
    if let Ok(Answer::Run(view)) = desk.ask(&Query::Run { run }, &ana).await? {
        println!("{}: {:?}", view.protocol, view.end.map(|end| end.blocks));
    }
    Ok(std::fs::remove_dir_all(folder)?)
}
