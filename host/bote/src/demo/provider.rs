//! The invented provider itself: companies, staff and catalogues.

use bote_sdk::Instant;
use bote_sdk::catalogue::*;
use bote_sdk::id::*;
use bote_sdk::permissions::{Permission, Permissions};
use bote_sdk::records::{Notice, Operator};
use bote_sdk::sla::{Minutes, SlaTable, SlaType};
use chrono::TimeDelta;

/// The access point with an open outage notice.
pub(super) const BROKEN_ACCESS_POINT: AccessPointId = AccessPointId(3);
/// The access points, by number.
pub(super) const ACCESS_POINTS: [(i64, &str); 4] =
    [(1, "OLT Centro"), (2, "OLT Jardim"), (3, "OLT Distrito"), (4, "Rádio Serra")];

pub(super) fn catalogue() -> Catalogue {
    let company = |id, name: &str| Company { id: CompanyId(id), name: name.into() };
    let group = |id, name: &str, priority| Group { id: GroupId(id), name: name.into(), priority };
    Catalogue {
        companies: vec![company(1, "Fibra Exemplo Ltda."), company(2, "Rádio Exemplo Ltda.")],
        colleagues: Vec::new(),
        groups: vec![
            group(1, "Residencial", Priority::Normal),
            group(2, "Corporativo", Priority::High),
            group(3, "Saúde e segurança", Priority::Critical),
        ],
        origins: origins(),
        classifications: classifications(),
        processes: processes(),
        sla_tables: vec![
            table(1, "Residencial", [4320, 480, 1440, 2880, 7200, 2880]),
            table(2, "Corporativo", [2880, 120, 240, 480, 2880, 1440]),
        ],
        rulers: vec![
            Ruler { id: RulerId(1), delinquent_after_days: 10 },
            Ruler { id: RulerId(2), delinquent_after_days: 30 },
        ],
        access_points: ACCESS_POINTS
            .map(|(id, name)| AccessPoint { id: AccessPointId(id), name: name.into() })
            .to_vec(),
        suggestions: Suggestions {
            origin: Some(OriginId(6)),
            opening: Some(ClassificationId(1)),
            closing: Some(ClassificationId(11)),
        },
        default_sla_table: None,
    }
}

fn table(id: i64, name: &str, minutes: [i64; 6]) -> SlaTable {
    SlaTable { id: SlaTableId(id), name: name.into(), minutes: minutes.map(Minutes) }
}

/// The origins of R-039; only "through a technician" requires one.
fn origins() -> Vec<Origin> {
    let names = [
        "E-mail",
        "Telefone",
        "Presencial",
        "Site",
        "Aplicativo (SAC)",
        "Através de um técnico",
        "CRM",
        "WhatsApp",
        "Telegram",
        "Facebook",
        "Instagram",
        "Messenger",
        "Chat bot",
        "Monitoramento",
        "Site de reclamações",
        "Outro",
    ];
    let origin = |(index, name): (usize, &&str)| {
        let id = OriginId(index as i64 + 1);
        Origin { id, name: (*name).into(), requires_technician: id == OriginId(6), active: true }
    };
    names.iter().enumerate().map(origin).collect()
}

fn classifications() -> Vec<Classification> {
    use ClassificationUse::{Closing, Opening};
    let all = [
        (1, "Sem conexão", Opening),
        (2, "Lentidão", Opening),
        (3, "Instalação", Opening),
        (4, "Dúvida", Opening),
        (11, "Resolvido no local", Closing),
        (12, "Resolvido à distância", Closing),
        (13, "Equipamento trocado", Closing),
        (14, "Cliente ausente", Closing),
    ];
    all.map(|(id, name, usage)| Classification { id: ClassificationId(id), name: name.into(), usage, active: true })
        .to_vec()
}

fn processes() -> Vec<Process> {
    let process = |id: i64, name: &str, sla_type, steps: &[&str]| Process {
        id: ProcessId(id),
        name: name.into(),
        sla_type,
        subprocesses: steps
            .iter()
            .enumerate()
            .map(|(index, step)| Subprocess {
                id: SubprocessId(id * 10 + index as i64),
                name: (*step).into(),
                priority: index as i32 + 1,
            })
            .collect(),
        active: true,
    };
    vec![
        process(1, "Sem conexão", SlaType::Corrective, &["Triagem", "Campo", "Conferência"]),
        process(2, "Emergência", SlaType::Emergency, &["Plantão", "Campo"]),
        process(3, "Ativação", SlaType::Activation, &["Agendamento", "Instalação", "Boas-vindas"]),
        process(4, "Dúvida", SlaType::Question, &["Atendimento"]),
        process(5, "Manutenção preventiva", SlaType::Preventive, &["Planejamento", "Campo"]),
    ]
}

/// What a technician may do.
const TECHNICIAN: [Permission; 17] = [
    Permission::TicketRead,
    Permission::TicketOpen,
    Permission::TicketClaim,
    Permission::TicketComment,
    Permission::TicketForward,
    Permission::TicketFinish,
    Permission::CustomerRead,
    Permission::FinanceRead,
    Permission::ConnRead,
    Permission::ConnHistory,
    Permission::ConnHttp,
    Permission::SoRead,
    Permission::SoCreate,
    Permission::SoClose,
    Permission::FileRead,
    Permission::FileWrite,
    Permission::ToolRun,
];

pub(super) fn operators() -> Vec<Operator> {
    let technician = Permissions::from_iter(TECHNICIAN);
    let everything = Permissions::from_iter(Permission::ALL.iter().copied());
    let operator = |id, name: &str, permissions, companies: &[i64], active| Operator {
        id: OperatorId(id),
        name: name.into(),
        active,
        permissions,
        companies: companies.iter().map(|id| CompanyId(*id)).collect(),
        chosen_scope: None,
        language: None,
    };
    vec![
        operator(1, "Ana Exemplo (supervisão)", everything, &[], true),
        operator(2, "Téo Exemplo (campo)", technician, &[], true),
        operator(3, "Bia Exemplo (rádio)", technician, &[2], true),
        operator(4, "Caio Exemplo (campo)", technician, &[], true),
        operator(5, "Davi Exemplo (saiu)", technician, &[], false),
    ]
}

pub(super) fn notices(now: Instant) -> Vec<Notice> {
    let opened_at = now - TimeDelta::minutes(95);
    vec![Notice { code: NoticeCode(133), access_point: BROKEN_ACCESS_POINT, opened_at }]
}
