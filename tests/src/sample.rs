//! A small provider for tests, and builders for what people do there.
//!
//! Two companies; customers registered in both, in the first and in the second; operators of every reach. Codes are
//! fixed and lists stand in the order of their codes, so that a test can say what it expects. All instants have whole
//! milliseconds, which is what a database keeps, and never whole seconds, which would hide a store that keeps less.

use bote_sdk::actor::{Actor, ChannelClass, Scope};
use bote_sdk::catalogue::*;
use bote_sdk::change::Changes;
use bote_sdk::chart::{Band, Chart, Gap, Meaning, Point, Series, Shape, Threshold, Unit};
use bote_sdk::event::{Event, EventId, IncomingFile, Place, Platform, What};
use bote_sdk::express::{Colour, Detail, LightKind};
use bote_sdk::files::{NewFile, StoredFile};
use bote_sdk::id::*;
use bote_sdk::job::{Job, MessageBody, NewJob, Served};
use bote_sdk::known::Known;
use bote_sdk::opening::{self, Opening, OpeningRecords};
use bote_sdk::permissions::{Permission, Permissions};
use bote_sdk::personal::*;
use bote_sdk::protocol::{Period, Protocol};
use bote_sdk::records::*;
use bote_sdk::sla::{Minutes, SlaTable, SlaTarget, SlaType};
use bote_sdk::ticket::*;
use bote_sdk::timeline::{Comment, EntryKind, Visibility};
use bote_sdk::tool::{Block, Fact, Outcome, Run, ToolEnd, ToolFile};
use bote_sdk::traits::{Batch, Registry};
use bote_sdk::{Instant, Zone};
use chrono::NaiveDate;
use uuid::Uuid;

mod network;

pub use network::*;

/// The provider's time zone.
pub const ZONE: Zone = Zone::America__Sao_Paulo;

/// The first company.
pub const ONDAS: CompanyId = CompanyId(1);
/// The second company.
pub const MARES: CompanyId = CompanyId(2);

/// Registered in all companies, with every permission.
pub const ANA: OperatorId = OperatorId(1);
/// As [`ANA`].
pub const BRUNO: OperatorId = OperatorId(2);
/// Registered in [`MARES`] alone; may do all but take over and administer.
pub const CLARA: OperatorId = OperatorId(3);
/// Has no permission at all.
pub const DAVI: OperatorId = OperatorId(4);
/// Does not work here any more.
pub const ELISA: OperatorId = OperatorId(5);

/// Registered in all companies, with two connections.
pub const JOSE: PersonCode = PersonCode(1001);
/// Registered in [`ONDAS`], with one connection.
pub const MARIA: PersonCode = PersonCode(1002);
/// Registered in [`MARES`], without connection or contract; her name is full of wildcards.
pub const ANGELA: PersonCode = PersonCode(1003);

/// The contract of [`JOSE`]'s connection at home.
pub const FIBRE: ContractCode = ContractCode(5498);
/// A cancelled contract of [`JOSE`].
pub const RADIO: ContractCode = ContractCode(5499);
/// The suspended contract of [`MARIA`].
pub const OFFICE: ContractCode = ContractCode(5600);

/// [`JOSE`]'s connection under [`FIBRE`], online.
pub const HOME_LINE: ConnectionCode = ConnectionCode(22153);
/// [`JOSE`]'s connection without contract, blocked and reduced.
pub const SHOP_LINE: ConnectionCode = ConnectionCode(22154);
/// [`MARIA`]'s connection, without access point and never online.
pub const OFFICE_LINE: ConnectionCode = ConnectionCode(31001);

/// The telephone.
pub const TELEPHONE: OriginId = OriginId(1);
/// A technician on site; asks which.
pub const FIELD: OriginId = OriginId(2);

/// No signal; an emergency with two steps.
pub const NO_SIGNAL: ProcessId = ProcessId(1);
/// A change of address; its steps are registered in another order than that of their ids.
pub const MOVING: ProcessId = ProcessId(2);

/// A reason code of opening.
pub const FAULT: ClassificationId = ClassificationId(1);
/// A reason code of closing.
pub const SOLVED: ClassificationId = ClassificationId(2);

/// An instant of October 2018, a quarter of a second after the minute.
pub fn at(day: u32, hour: u32, minute: u32) -> Instant {
    instant(&format!("2018-10-{day:02}T{hour:02}:{minute:02}:00.250Z"))
}

/// An instant from its text.
pub fn instant(text: &str) -> Instant {
    text.parse().expect("the tests write valid instants")
}

/// A date from its text.
pub fn date(text: &str) -> NaiveDate {
    text.parse().expect("the tests write valid dates")
}

/// A ticket's id.
pub fn ticket_id(number: u128) -> TicketId {
    TicketId(Uuid::from_u128(number))
}

/// A file's id.
pub fn file_id(number: u128) -> FileId {
    FileId(Uuid::from_u128(number))
}

/// A run's id.
pub fn run_id(number: u128) -> RunId {
    RunId(Uuid::from_u128(number))
}

/// An operator acting in all companies, with every permission, in private.
pub fn actor(operator: OperatorId) -> Actor {
    Actor {
        operator,
        name: name_of(operator).into(),
        permissions: Permission::ALL.iter().copied().collect(),
        scope: Scope::All,
        class: ChannelClass::Private,
    }
}

/// The private chat of an account in the terminal.
pub fn place(account: &str) -> Place {
    Place {
        platform: Platform("terminal".into()),
        chat: account.into(),
        thread: String::new(),
        account: account.into(),
        class: ChannelClass::Private,
    }
}

/// The whole terminal.
pub fn served() -> Served {
    Served { platform: Platform("terminal".into()), chat: None, host: "host".into() }
}

/// One chat of the terminal.
pub fn served_chat(chat: &str) -> Served {
    Served { chat: Some(chat.into()), ..served() }
}

/// Something that happened at a place.
pub fn event(place: &Place, id: &str, what: What) -> Event {
    Event::new(EventId { platform: place.platform.clone(), id: id.into() }, place.clone(), what)
}

/// One of everything that can happen.
pub fn whats() -> Vec<What> {
    let photo =
        IncomingFile { name: "foto do poste 🛟.jpg".into(), size: Some(5_000_000_000), source: "a/b?c".into() };
    let unknown = IncomingFile { name: String::new(), size: None, source: "d".into() };
    let whats = vec![
        What::Text("sem sinal".into()),
        What::Secret(Sealed(vec![0, 1, 255])),
        What::Button("claim:1".into()),
        What::Files { files: vec![photo, unknown], caption: "o poste".into() },
        What::Files { files: vec![], caption: String::new() },
        What::Arrived,
        What::Code("abc".into()),
        What::Edited { message: "7".into(), text: "sem sinal desde ontem".into() },
        What::Moved("account-moved".into()),
        What::Other("sticker".into()),
        What::Notice("my_chat_member".into()),
        What::ToolEnded(run_id(1)),
        What::TimerRang("resume".into()),
    ];
    for what in &whats {
        // Does not compile with a new kind of event, which then goes into the list above.
        match what {
            What::Text(_) | What::Secret(_) | What::Button(_) | What::Files { .. } => {}
            What::Arrived
            | What::Code(_)
            | What::Edited { .. }
            | What::Moved(_)
            | What::Other(_)
            | What::Notice(_)
            | What::ToolEnded(_)
            | What::TimerRang(_) => {}
        }
    }
    whats
}

/// A message to Ana, due at once.
pub fn say(place: &Place, text: &str) -> NewJob {
    let job = Job::Say { operator: ANA, body: MessageBody(text.into()), instead_of: None };
    NewJob { place: place.clone(), job, due: at(24, 9, 0) }
}

/// A timer.
pub fn ring(place: &Place, name: &str, due: Instant) -> NewJob {
    NewJob { place: place.clone(), job: Job::Ring { name: name.into() }, due }
}

/// Stage 1 for [`JOSE`], about his connection at home, in [`ONDAS`].
pub fn opening() -> Opening {
    Opening {
        person: JOSE,
        connection: Some(HOME_LINE),
        contract: None,
        company: Some(ONDAS),
        origin: TELEPHONE,
        technician: None,
        report: "Sem conexão desde ontem".into(),
    }
}

/// What the rule answers to an opening by somebody who may.
pub fn open(ticket: TicketId, opening: &Opening, actor: &Actor, now: Instant) -> Changes {
    let registry = registry();
    let person = registry.people.iter().find(|p| p.code == opening.person).expect("a customer of the sample");
    let connection = registry.connections.iter().find(|c| Some(c.code) == opening.connection);
    let named = opening::contract_of_connection(connection, opening.contract).0;
    let contract = registry.contracts.iter().find(|c| Some(c.code) == named);
    let records = OpeningRecords { person, connection, contract, catalogue: &registry.catalogue };
    opening::open(ticket, opening, records, actor, now, ZONE).expect("the sample may open this ticket")
}

/// A ticket before its protocol is issued: a draft of [`JOSE`] about all his connections.
pub fn draft(id: TicketId) -> Ticket {
    Ticket {
        id,
        protocol: None,
        person: JOSE,
        connection: None,
        contract: None,
        company: ONDAS,
        origin: TELEPHONE,
        technician: None,
        report: FreeText::new("Sem conexão"),
        opened_by: ANA,
        opened_at: at(24, 9, 50),
        state: TicketState::Draft,
        last_entry: 0,
        version: Version(1),
    }
}

/// What the start added, at ten o'clock.
pub fn work(deadline: Option<Instant>) -> Work {
    let started_at = at(24, 10, 0);
    let sla = deadline.map(|deadline| SlaTarget {
        sla_type: SlaType::Emergency,
        minutes: Minutes((deadline - started_at).num_minutes()),
        deadline,
    });
    Work {
        process: NO_SIGNAL,
        subprocess: SubprocessId(10),
        classification: FAULT,
        notify: NotifyLevel::All,
        started_at,
        sla,
    }
}

/// A ticket in progress, due at two o'clock.
pub fn in_progress(id: TicketId, holder: Option<OperatorId>) -> Ticket {
    Ticket { state: TicketState::InProgress { work: work(Some(at(24, 14, 0))), holder }, ..draft(id) }
}

/// Every state a ticket can be in, each variant of it, with a name for messages.
pub fn states() -> Vec<(&'static str, TicketState)> {
    let due = work(Some(at(24, 14, 0)));
    let quiet = Work { process: MOVING, subprocess: SubprocessId(21), notify: NotifyLevel::None, ..work(None) };
    let finish = |ask_rating| Finish { classification: SOLVED, ask_rating, finished_at: at(24, 13, 59) };
    let states = vec![
        ("draft", TicketState::Draft),
        ("checked", TicketState::Checked),
        ("unclaimed with a deadline", TicketState::InProgress { work: due.clone(), holder: None }),
        ("held with a deadline", TicketState::InProgress { work: due.clone(), holder: Some(BRUNO) }),
        ("unclaimed without a deadline", TicketState::InProgress { work: quiet.clone(), holder: None }),
        ("held without a deadline", TicketState::InProgress { work: quiet.clone(), holder: Some(ANA) }),
        ("finished with a deadline", TicketState::Finished { work: due, finish: finish(true) }),
        ("finished without a deadline", TicketState::Finished { work: quiet, finish: finish(false) }),
        ("discarded", TicketState::Discarded),
    ];
    for (_, state) in &states {
        // Does not compile with a new state, which then goes into the list above.
        match state {
            TicketState::Draft | TicketState::Checked | TicketState::InProgress { .. } => {}
            TicketState::Finished { .. } | TicketState::Discarded => {}
        }
    }
    states
}

/// The result of an express query with one of every detail.
pub fn lights(evaluated_at: Instant) -> Lights {
    let light = |kind, colour, details| Light { kind, colour, details };
    let protocol = |sequence| Protocol { period: Period { year: 2018, month: 10 }, sequence };
    let blocked = |mac: Option<&str>| Detail::Blocked {
        connection: SHOP_LINE,
        login: Login::new("loja"),
        mac: mac.map(MacAddress::new),
        reason: "Falta de pagamento".into(),
        since: date("2018-10-20"),
    };
    Lights {
        evaluated_at,
        lights: vec![
            light(
                LightKind::Outage,
                Colour::Red,
                vec![Detail::Outage { notice: NoticeCode(1), opened_at: at(24, 8, 0) }],
            ),
            light(LightKind::Delinquent, Colour::Red, vec![Detail::Delinquent { contract: FIBRE, days: 44 }]),
            light(
                LightKind::PendingWork,
                Colour::Red,
                vec![
                    Detail::PendingOrders { orders: vec![ServiceOrderCode(7)] },
                    Detail::PendingTickets { protocols: vec![protocol(4021), protocol(1)], more: 3 },
                ],
            ),
            light(
                LightKind::Reduced,
                Colour::Red,
                vec![Detail::Reduced { connection: SHOP_LINE, since: date("2018-10-21") }],
            ),
            light(
                LightKind::Offline,
                Colour::Unknown,
                vec![
                    Detail::OfflineSince { connection: OFFICE_LINE, since: None },
                    Detail::OfflineSince { connection: SHOP_LINE, since: Some(at(23, 20, 0)) },
                    Detail::OnlineFor { connection: HOME_LINE, minutes: 95 },
                    Detail::SessionStale { connection: HOME_LINE, since: at(24, 9, 0) },
                ],
            ),
            light(LightKind::Blocked, Colour::Red, vec![blocked(Some("aa:bb:cc:dd:ee:ff")), blocked(None)]),
            light(
                LightKind::Invoice,
                Colour::Red,
                vec![Detail::Invoice(Invoice { code: InvoiceCode(1), due: date("2018-09-10"), cents: 9_990 })],
            ),
            light(
                LightKind::Contract,
                Colour::Na,
                vec![Detail::Contract {
                    contract: RADIO,
                    plan: "Rádio 10 Mbit/s".into(),
                    status: ContractStatus::Cancelled,
                    since: date("2018-01-02"),
                }],
            ),
        ],
        connections: vec![
            ConnectionFact {
                connection: HOME_LINE,
                registered_at: at(1, 8, 0),
                last_nas: Known::Value("nas-1".into()),
                last_ip: Known::Value(IpAddress::new("192.0.2.7")),
            },
            ConnectionFact {
                connection: SHOP_LINE,
                registered_at: at(2, 8, 0),
                last_nas: Known::Absent,
                last_ip: Known::Unavailable,
            },
        ],
        priority: Priority::High,
        group: Some(GroupId(1)),
    }
}

/// Every kind of timeline entry, and both kinds of comment.
pub fn entry_kinds() -> Vec<EntryKind> {
    let comment = |visibility, edited_at| EntryKind::Commented {
        comment: Comment::new(visibility, "Cliente reiniciou o roteador.").expect("a short text"),
        edited_at,
    };
    let file = file_id(1);
    let kinds = vec![
        EntryKind::Opened,
        EntryKind::DraftEdited,
        EntryKind::Discarded { reason: FreeText::new("aberto por engano") },
        EntryKind::ExpressQuery(Box::new(lights(at(24, 9, 55)))),
        EntryKind::Started { process: MOVING, subprocess: SubprocessId(21) },
        EntryKind::Claimed,
        EntryKind::TakenOver { from: BRUNO },
        EntryKind::GivenBack,
        comment(Visibility::Private, None),
        comment(Visibility::Public, Some(at(24, 10, 5))),
        EntryKind::CommentEdited { entry: 10 },
        EntryKind::Attached { file },
        EntryKind::FileDescribed { file },
        EntryKind::FileRotated { file, angle: 270 },
        EntryKind::FileDeleted { file },
        EntryKind::Finished { classification: SOLVED, ask_rating: true },
    ];
    for kind in &kinds {
        // Does not compile with a new kind of entry, which then goes into the list above.
        match kind {
            EntryKind::Opened | EntryKind::DraftEdited | EntryKind::Discarded { .. } => {}
            EntryKind::ExpressQuery(_) | EntryKind::Started { .. } | EntryKind::Finished { .. } => {}
            EntryKind::Claimed | EntryKind::TakenOver { .. } | EntryKind::GivenBack => {}
            EntryKind::Commented { .. } | EntryKind::CommentEdited { .. } => {}
            EntryKind::Attached { .. } | EntryKind::FileDescribed { .. } => {}
            EntryKind::FileRotated { .. } | EntryKind::FileDeleted { .. } => {}
        }
    }
    kinds
}

/// A picture on its way to a ticket.
pub fn photo(id: FileId, description: &str) -> NewFile {
    let file = StoredFile {
        hash: ContentHash("9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08".into()),
        size: 20 * 1024 * 1024,
        media_type: "image/jpeg".into(),
        name: "poste 🛟.jpg".into(),
    };
    NewFile { id, file, description: description.into() }
}

/// A run of a tool on a ticket, asked by Ana, that has not ended.
pub fn run(id: RunId, ticket: TicketId) -> Run {
    Run {
        id,
        ticket,
        tool: ToolId("bote.consumption/consumption".into()),
        arguments: vec![("period".into(), "day".into()), ("note".into(), "com \"aspas\"".into())],
        operator: ANA,
        asked_at: at(24, 10, 20),
        instead_of: None,
        end: None,
    }
}

/// An end of a run with one of every block.
pub fn tool_end() -> ToolEnd {
    let point = |hour, value| Point { at: at(24, hour, 0), value };
    let chart = Chart {
        title: "Consumo".into(),
        unit: Unit::Bytes,
        from: at(24, 0, 0),
        to: at(25, 0, 0),
        series: vec![
            Series { name: "Download".into(), shape: Shape::Columns, points: vec![point(1, 5e9), point(2, 0.1)] },
            Series { name: "Upload".into(), shape: Shape::Line, points: vec![] },
        ],
        bands: vec![Band {
            name: "Online".into(),
            meaning: Meaning::Good,
            spans: vec![Gap { from: at(24, 0, 0), to: at(24, 3, 0) }],
        }],
        gaps: vec![Gap { from: at(24, 3, 0), to: at(24, 4, 0) }],
        thresholds: vec![Threshold { label: "Franquia".into(), value: 1e12 }],
    };
    let blocks = vec![
        Block::Text("Consumo 🛟".into()),
        Block::Facts { title: "Totais".into(), rows: vec![Fact { key: "Total".into(), value: "5 GB".into() }] },
        Block::Table {
            title: "Sinal".into(),
            columns: vec!["Onda".into(), "dBm".into()],
            rows: vec![vec!["1490 nm".into(), "-19,5".into()], vec!["1550 nm".into(), String::new()]],
        },
        Block::Chart(chart),
        Block::File(ToolFile {
            name: "relatório 🛟.csv".into(),
            media_type: "text/csv".into(),
            hash: ContentHash("ab".repeat(32)),
            size: 5_000_000_000,
        }),
        Block::Link { label: "Manual".into(), url: "https://example.net/a?b=\"c\"".into() },
        Block::Suggestion {
            label: "Mais um dia".into(),
            tool: ToolId("bote.consumption/consumption".into()),
            arguments: vec![("period".into(), "day".into())],
        },
    ];
    for block in &blocks {
        // Does not compile with a new kind of block, which then goes into the list above.
        match block {
            Block::Text(_) | Block::Facts { .. } | Block::Table { .. } | Block::Chart(_) => {}
            Block::File(_) | Block::Link { .. } | Block::Suggestion { .. } => {}
        }
    }
    ToolEnd {
        message: Some("sem dados de 3 a 4 h".into()),
        blocks,
        limit: Some("host-calls".into()),
        ..ToolEnd::without_answer(Outcome::Failed)
    }
}

/// A batch with nothing but changes.
pub fn batch(changes: Changes) -> Batch {
    Batch { changes: Some(changes), at: at(24, 10, 30), ..Batch::default() }
}

/// Texts that were somebody's trouble once: emoji, quotes, SQL, wildcards, line ends, JSON, and the longest allowed.
pub fn odd_texts() -> Vec<String> {
    vec![
        "boia 🛟 família 👩‍👩‍👧‍👦 acento solto e\u{301} \u{202e}virado\u{202c} 中文".into(),
        r#"Robert'); DROP TABLE tickets;-- "aspas" 'simples' `crase` \barra\ /* nada */"#.into(),
        "linha um\nlinha dois\r\n\trecuo e espaço no fim ".into(),
        r#"{"json": null, "lista": [1, "\u0000"]}"#.into(),
        "null".into(),
        "100% _ $1 ? :nome {} {0} %s".into(),
        "é".repeat(bote_sdk::text::LONG_TEXT),
        "🛟".repeat(bote_sdk::text::LONG_TEXT),
    ]
}

/// Everything the provider has registered.
pub fn registry() -> Registry {
    Registry {
        catalogue: catalogue(),
        operators: operators(),
        people: people(),
        contracts: contracts(),
        connections: connections(),
        invoices: vec![
            (JOSE, Invoice { code: InvoiceCode(1), due: date("2018-10-10"), cents: 9_990 }),
            (JOSE, Invoice { code: InvoiceCode(2), due: date("2018-09-10"), cents: 9_990 }),
            (JOSE, Invoice { code: InvoiceCode(3), due: date("2018-11-10"), cents: 10_050 }),
            (MARIA, Invoice { code: InvoiceCode(4), due: date("2018-10-24"), cents: 3_000_000_000 }),
        ],
        notices: vec![
            Notice { code: NoticeCode(1), access_point: AccessPointId(1), opened_at: at(24, 8, 0) },
            Notice { code: NoticeCode(2), access_point: AccessPointId(2), opened_at: at(24, 8, 30) },
            Notice { code: NoticeCode(3), access_point: AccessPointId(3), opened_at: at(24, 8, 45) },
        ],
        sessions: sessions(),
        equipment: equipment(),
        usage: vec![(HOME_LINE, usage())],
    }
}

fn name_of(operator: OperatorId) -> &'static str {
    match operator {
        ANA => "Ana",
        BRUNO => "Bruno",
        CLARA => "Clara",
        DAVI => "Davi",
        _ => "Elisa",
    }
}

fn operators() -> Vec<Operator> {
    let every: Permissions = Permission::ALL.iter().copied().collect();
    let most = |p: &Permission| !matches!(p, Permission::TicketTakeover | Permission::Admin);
    let operator = |id, permissions, companies| Operator {
        id,
        name: name_of(id).into(),
        active: id != ELISA,
        permissions,
        companies,
        chosen_scope: None,
        language: None,
    };
    vec![
        Operator { language: Some("pt-BR".into()), ..operator(ANA, every, vec![]) },
        Operator { chosen_scope: Some(Scope::All), ..operator(BRUNO, every, vec![]) },
        Operator {
            chosen_scope: Some(Scope::Company(MARES)),
            ..operator(CLARA, Permission::ALL.iter().copied().filter(most).collect(), vec![MARES])
        },
        operator(DAVI, Permissions::default(), vec![ONDAS, MARES]),
        operator(ELISA, every, vec![]),
    ]
}

fn catalogue() -> Catalogue {
    let company = |id, name: &str| Company { id, name: name.into() };
    let colleague = |o: Operator| Colleague { id: o.id, name: o.name, active: o.active };
    let group = |id, name: &str, priority| Group { id: GroupId(id), name: name.into(), priority };
    let origin =
        |id, name: &str, requires_technician, active| Origin { id, name: name.into(), requires_technician, active };
    let classification = |id, name: &str, usage, active| Classification { id, name: name.into(), usage, active };
    let step = |id, name: &str, priority| Subprocess { id: SubprocessId(id), name: name.into(), priority };
    let process = |id, name: &str, sla_type, subprocesses, active| Process {
        id,
        name: name.into(),
        sla_type,
        subprocesses,
        active,
    };
    let table = |id, name: &str, minutes: [i64; 6]| SlaTable {
        id: SlaTableId(id),
        name: name.into(),
        minutes: minutes.map(Minutes),
    };
    let access_point = |id, name: &str| AccessPoint { id: AccessPointId(id), name: name.into() };
    Catalogue {
        companies: vec![company(ONDAS, "Ondas Telecom"), company(MARES, "Marés Fibra")],
        colleagues: operators().into_iter().map(colleague).collect(),
        groups: vec![group(1, "Condomínios", Priority::High), group(2, "Hospitais", Priority::Critical)],
        origins: vec![
            origin(TELEPHONE, "Telefone", false, true),
            origin(FIELD, "Técnico em campo", true, true),
            origin(OriginId(3), "Carta", false, false),
        ],
        classifications: vec![
            classification(FAULT, "Falha de sinal", ClassificationUse::Opening, true),
            classification(SOLVED, "Resolvido", ClassificationUse::Closing, true),
            classification(ClassificationId(3), "Fax", ClassificationUse::Opening, false),
        ],
        processes: vec![
            process(
                NO_SIGNAL,
                "Sem conexão",
                SlaType::Emergency,
                vec![step(10, "Triagem", 1), step(11, "Visita", 2)],
                true,
            ),
            process(
                MOVING,
                "Mudança de endereço",
                SlaType::Activation,
                vec![step(21, "Viabilidade", 1), step(20, "Agendamento", 1), step(22, "Instalação", 3)],
                true,
            ),
            process(ProcessId(3), "Discada", SlaType::Other, vec![], false),
        ],
        sla_tables: vec![
            table(1, "Residencial", [2880, 240, 480, 60, 1440, 4320]),
            table(2, "Empresarial", [1440, 60, 120, 30, 720, 525_600]),
        ],
        rulers: vec![
            Ruler { id: RulerId(1), delinquent_after_days: 5 },
            Ruler { id: RulerId(2), delinquent_after_days: 30 },
        ],
        access_points: vec![access_point(1, "Centro"), access_point(2, "Mercado"), access_point(3, "Serra")],
        suggestions: Suggestions { origin: Some(TELEPHONE), opening: Some(FAULT), closing: None },
        default_sla_table: Some(SlaTableId(2)),
    }
}

fn address(street: &str, district: &str) -> Address {
    Address { street: Street::new(street), district: district.into(), city: "Lavras/MG".into() }
}

fn people() -> Vec<Person> {
    vec![
        Person {
            code: JOSE,
            kind: PersonKind::Individual,
            name: PersonName::new("José da Silva Conceição"),
            document: Document::new("11122233344"),
            registered_in: Scope::All,
            group: Some(GroupId(1)),
            tags: vec!["vip".into(), "síndico, bloco \"B\"".into()],
            address: address("Rua das Flores, 12", "Centro"),
            phone: Some(Phone::new("35999990001")),
            email: Some(Email::new("jose@example.com")),
        },
        Person {
            code: MARIA,
            kind: PersonKind::Company,
            name: PersonName::new("Silveira & D'Ávila Conexões Ltda"),
            document: Document::new("12345678000190"),
            registered_in: Scope::Company(ONDAS),
            group: None,
            tags: vec![],
            address: address("Avenida do Porto, 500, sala 3", "Porto"),
            phone: None,
            email: None,
        },
        Person {
            code: ANGELA,
            kind: PersonKind::Individual,
            name: PersonName::new("Ângela 100% Fibra_Ótica Silva"),
            document: Document::new("99988877766"),
            registered_in: Scope::Company(MARES),
            group: Some(GroupId(2)),
            tags: vec!["100%".into()],
            address: address("Travessa C\\2", "Serra"),
            phone: None,
            email: Some(Email::new("angela@example.com")),
        },
    ]
}

fn contracts() -> Vec<Contract> {
    vec![
        Contract {
            code: FIBRE,
            person: JOSE,
            plan: "Fibra 500 Mbit/s".into(),
            status: ContractStatus::Active,
            status_since: date("2018-01-02"),
            sla_table: Some(SlaTableId(1)),
            ruler: Some(RulerId(1)),
        },
        Contract {
            code: RADIO,
            person: JOSE,
            plan: "Rádio 10 Mbit/s".into(),
            status: ContractStatus::Cancelled,
            status_since: date("2017-12-31"),
            sla_table: None,
            ruler: None,
        },
        Contract {
            code: OFFICE,
            person: MARIA,
            plan: "Link dedicado".into(),
            status: ContractStatus::Suspended,
            status_since: date("2016-02-29"),
            sla_table: None,
            ruler: Some(RulerId(2)),
        },
    ]
}

fn connections() -> Vec<Connection> {
    vec![
        Connection {
            code: HOME_LINE,
            person: JOSE,
            contract: Some(FIBRE),
            login: Login::new("4303ac4e"),
            mac: Some(MacAddress::new("aa:bb:cc:dd:ee:ff")),
            access_point: Some(AccessPointId(1)),
            address: address("Rua das Flores, 12", "Centro"),
            registered_at: at(1, 8, 0),
            blocked: None,
            reduced_since: None,
            last_nas: Some("nas-1".into()),
            last_ip: Some(IpAddress::new("2001:db8::7")),
        },
        Connection {
            code: SHOP_LINE,
            person: JOSE,
            contract: None,
            login: Login::new("loja"),
            mac: None,
            access_point: Some(AccessPointId(2)),
            address: address("Mercado Municipal, box 4", "Mercado"),
            registered_at: at(2, 8, 0),
            blocked: Some(bote_sdk::records::Block { reason: "Falta de pagamento".into(), since: date("2018-10-20") }),
            reduced_since: Some(date("2018-10-15")),
            last_nas: None,
            last_ip: None,
        },
        Connection {
            code: OFFICE_LINE,
            person: MARIA,
            contract: Some(OFFICE),
            login: Login::new("escritorio"),
            mac: None,
            access_point: None,
            address: address("Avenida do Porto, 500, sala 3", "Porto"),
            registered_at: at(3, 8, 0),
            blocked: None,
            reduced_since: None,
            last_nas: None,
            last_ip: None,
        },
    ]
}
