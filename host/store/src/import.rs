//! Loading a provider's registration, and reading its catalogues.

use crate::entity::{
    access_session, catalogue_entry, connection, contract, equipment, invoice, notice, operator, person, person_word,
    usage_sample,
};
use crate::fault::fault;
use crate::row::{self, company_of, json, unjson, word};
use crate::write::set;
use bote_sdk::catalogue::*;
use bote_sdk::id::*;
use bote_sdk::permissions::Permission;
use bote_sdk::sla::{Minutes, SlaTable};
use bote_sdk::text::words_of;
use bote_sdk::traits::{Fault, Registry};
use sea_orm::{
    ActiveModelBehavior, ActiveModelTrait, ColumnTrait, ConnectionTrait, DatabaseConnection, DatabaseTransaction,
    DbErr, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
};
use serde::{Deserialize, Serialize};
use std::collections::HashSet;

/// Rows of one insert: below SQLite's limit of bound values for the widest table.
const ROWS: usize = 1000;

/// The kinds of catalogue entries, as kept in the column `kind`.
mod kind {
    pub(super) const COMPANY: &str = "company";
    pub(super) const GROUP: &str = "group";
    pub(super) const ORIGIN: &str = "origin";
    pub(super) const CLASSIFICATION: &str = "classification";
    pub(super) const PROCESS: &str = "process";
    pub(super) const SLA_TABLE: &str = "sla_table";
    pub(super) const RULER: &str = "ruler";
    pub(super) const ACCESS_POINT: &str = "access_point";
    pub(super) const SUGGESTIONS: &str = "suggestions";
}

#[derive(Serialize, Deserialize)]
struct SubprocessData {
    id: SubprocessId,
    name: String,
    priority: i32,
}

#[derive(Serialize, Deserialize)]
struct ProcessData {
    sla_type: bote_sdk::sla::SlaType,
    subprocesses: Vec<SubprocessData>,
}

#[derive(Serialize, Deserialize)]
struct SuggestionData {
    origin: Option<OriginId>,
    opening: Option<ClassificationId>,
    closing: Option<ClassificationId>,
    default_sla_table: Option<SlaTableId>,
}

pub(crate) async fn catalogue(db: &DatabaseConnection) -> Result<Catalogue, Fault> {
    let entries = catalogue_entry::Entity::find()
        .order_by_asc(catalogue_entry::Column::Kind)
        .order_by_asc(catalogue_entry::Column::Id)
        .all(db)
        .await
        .map_err(fault)?;
    let mut catalogue = Catalogue::default();
    for entry in entries {
        add_entry(&mut catalogue, entry)?;
    }
    let operators = operator::Entity::find().order_by_asc(operator::Column::Id).all(db).await.map_err(fault)?;
    let colleague = |row: operator::Model| Colleague { id: OperatorId(row.id), name: row.name, active: row.active };
    catalogue.colleagues = operators.into_iter().map(colleague).collect();
    Ok(catalogue)
}

fn add_entry(catalogue: &mut Catalogue, entry: catalogue_entry::Model) -> Result<(), Fault> {
    const TABLE: &str = "catalogue_entry";
    let catalogue_entry::Model { kind, id, name, active, data } = entry;
    match kind.as_str() {
        kind::COMPANY => catalogue.companies.push(Company { id: CompanyId(id), name }),
        kind::GROUP => catalogue.groups.push(Group { id: GroupId(id), name, priority: unjson(TABLE, data)? }),
        kind::ORIGIN => {
            let requires_technician = unjson(TABLE, data)?;
            catalogue.origins.push(Origin { id: OriginId(id), name, requires_technician, active });
        }
        kind::CLASSIFICATION => {
            let usage = unjson(TABLE, data)?;
            catalogue.classifications.push(Classification { id: ClassificationId(id), name, usage, active });
        }
        kind::PROCESS => {
            let ProcessData { sla_type, subprocesses } = unjson(TABLE, data)?;
            let step = |s: SubprocessData| Subprocess { id: s.id, name: s.name, priority: s.priority };
            let subprocesses = subprocesses.into_iter().map(step).collect();
            catalogue.processes.push(Process { id: ProcessId(id), name, sla_type, subprocesses, active });
        }
        kind::SLA_TABLE => {
            let minutes: [Minutes; 6] = unjson(TABLE, data)?;
            catalogue.sla_tables.push(SlaTable { id: SlaTableId(id), name, minutes });
        }
        kind::RULER => {
            catalogue.rulers.push(Ruler { id: RulerId(id), delinquent_after_days: unjson(TABLE, data)? });
        }
        kind::ACCESS_POINT => catalogue.access_points.push(AccessPoint { id: AccessPointId(id), name }),
        kind::SUGGESTIONS => {
            let SuggestionData { origin, opening, closing, default_sla_table } = unjson(TABLE, data)?;
            catalogue.suggestions = Suggestions { origin, opening, closing };
            catalogue.default_sla_table = default_sla_table;
        }
        other => return Err(Fault::corrupt(TABLE, format_args!("`{other}` is no kind of catalogue"))),
    }
    Ok(())
}

fn catalogue_rows(catalogue: &Catalogue) -> Vec<catalogue_entry::Model> {
    fn entry<T: Serialize>(kind: &str, id: i64, name: &str, active: bool, data: &T) -> catalogue_entry::Model {
        catalogue_entry::Model { kind: kind.to_owned(), id, name: name.to_owned(), active, data: json(data) }
    }
    let mut rows = Vec::new();
    rows.extend(catalogue.companies.iter().map(|c| entry(kind::COMPANY, c.id.0, &c.name, true, &())));
    rows.extend(catalogue.groups.iter().map(|g| entry(kind::GROUP, g.id.0, &g.name, true, &g.priority)));
    rows.extend(
        catalogue.origins.iter().map(|o| entry(kind::ORIGIN, o.id.0, &o.name, o.active, &o.requires_technician)),
    );
    rows.extend(
        catalogue.classifications.iter().map(|c| entry(kind::CLASSIFICATION, c.id.0, &c.name, c.active, &c.usage)),
    );
    rows.extend(catalogue.processes.iter().map(|p| {
        let step = |s: &Subprocess| SubprocessData { id: s.id, name: s.name.clone(), priority: s.priority };
        let data = ProcessData { sla_type: p.sla_type, subprocesses: p.subprocesses.iter().map(step).collect() };
        entry(kind::PROCESS, p.id.0, &p.name, p.active, &data)
    }));
    rows.extend(catalogue.sla_tables.iter().map(|t| entry(kind::SLA_TABLE, t.id.0, &t.name, true, &t.minutes)));
    rows.extend(catalogue.rulers.iter().map(|r| entry(kind::RULER, r.id.0, "", true, &r.delinquent_after_days)));
    rows.extend(catalogue.access_points.iter().map(|a| entry(kind::ACCESS_POINT, a.id.0, &a.name, true, &())));
    let Suggestions { origin, opening, closing } = catalogue.suggestions.clone();
    let data = SuggestionData { origin, opening, closing, default_sla_table: catalogue.default_sla_table };
    rows.push(entry(kind::SUGGESTIONS, 0, "", true, &data));
    rows
}

/// Loads everything in one transaction; rows that are there stay as they are.
pub(crate) async fn import(db: &DatabaseConnection, registry: &Registry) -> Result<(), DbErr> {
    let transaction = crate::group::begin(db).await?;
    load(&transaction, registry).await?;
    transaction.commit().await
}

async fn load(db: &DatabaseTransaction, registry: &Registry) -> Result<(), DbErr> {
    add::<catalogue_entry::Entity, _, _>(db, catalogue_rows(&registry.catalogue)).await?;
    let operators = registry.operators.iter().map(|o| {
        let granted: Vec<_> = Permission::ALL.iter().filter(|p| o.permissions.has(**p)).collect();
        operator::Model {
            id: o.id.0,
            name: o.name.clone(),
            active: o.active,
            permissions: json(&granted),
            companies: json(&o.companies),
            chosen_scope: o.chosen_scope.map(|scope| json(&scope)),
            language: o.language.clone(),
        }
    });
    add::<operator::Entity, _, _>(db, operators.collect()).await?;
    // A person who stays as they are keeps the words of their name too.
    let known = known_people(db, registry).await?;
    let people = registry.people.iter().map(|p| person::Model {
        code: p.code.0,
        kind: word(&p.kind),
        name: p.name.expose().to_owned(),
        document: p.document.expose().to_owned(),
        company: company_of(p.registered_in),
        group_id: p.group.map(|g| g.0),
        tags: json(&p.tags),
        street: p.address.street.expose().to_owned(),
        district: p.address.district.clone(),
        city: p.address.city.clone(),
        phone: p.phone.as_ref().map(|phone| phone.expose().to_owned()),
        email: p.email.as_ref().map(|email| email.expose().to_owned()),
    });
    add::<person::Entity, _, _>(db, people.collect()).await?;
    let words = registry.people.iter().filter(|p| !known.contains(&p.code.0)).flat_map(|p| {
        let mut words = words_of(p.name.expose());
        words.sort();
        words.dedup();
        words.into_iter().map(|word| person_word::Model { word, person: p.code.0 })
    });
    add::<person_word::Entity, _, _>(db, words.collect()).await?;
    let contracts = registry.contracts.iter().map(|c| contract::Model {
        code: c.code.0,
        person: c.person.0,
        plan: c.plan.clone(),
        status: word(&c.status),
        status_since: c.status_since,
        sla_table: c.sla_table.map(|t| t.0),
        ruler: c.ruler.map(|r| r.0),
    });
    add::<contract::Entity, _, _>(db, contracts.collect()).await?;
    let connections = registry.connections.iter().map(|c| connection::Model {
        code: c.code.0,
        person: c.person.0,
        contract: c.contract.map(|contract| contract.0),
        login: c.login.expose().to_owned(),
        mac: c.mac.as_ref().map(|mac| mac.expose().to_owned()),
        access_point: c.access_point.map(|point| point.0),
        street: c.address.street.expose().to_owned(),
        district: c.address.district.clone(),
        city: c.address.city.clone(),
        registered_ms: c.registered_at.timestamp_millis(),
        block_reason: c.blocked.as_ref().map(|block| block.reason.clone()),
        blocked_since: c.blocked.as_ref().map(|block| block.since),
        reduced_since: c.reduced_since,
        last_nas: c.last_nas.clone(),
        last_ip: c.last_ip.as_ref().map(|ip| ip.expose().to_owned()),
    });
    add::<connection::Entity, _, _>(db, connections.collect()).await?;
    let invoices = registry.invoices.iter().map(|(person, i)| invoice::Model {
        code: i.code.0,
        person: person.0,
        due: i.due,
        cents: i.cents,
    });
    add::<invoice::Entity, _, _>(db, invoices.collect()).await?;
    let notices = registry.notices.iter().map(|n| notice::Model {
        code: n.code.0,
        access_point: n.access_point.0,
        opened_ms: n.opened_at.timestamp_millis(),
    });
    add::<notice::Entity, _, _>(db, notices.collect()).await?;
    add::<access_session::Entity, _, _>(db, registry.sessions.iter().map(row::access_session_row).collect()).await?;
    add::<equipment::Entity, _, _>(db, registry.equipment.iter().map(row::equipment_row).collect()).await?;
    let samples = registry.usage.iter().flat_map(|(connection, samples)| {
        samples.iter().map(|s| usage_sample::Model {
            connection: connection.0,
            at_ms: s.at.timestamp_millis(),
            down_bytes: s.down_bytes,
            up_bytes: s.up_bytes,
        })
    });
    add::<usage_sample::Entity, _, _>(db, samples.collect()).await
}

async fn known_people(db: &DatabaseTransaction, registry: &Registry) -> Result<HashSet<i64>, DbErr> {
    let mut known = HashSet::new();
    for piece in registry.people.chunks(ROWS) {
        let there = person::Entity::find()
            .select_only()
            .column(person::Column::Code)
            .filter(person::Column::Code.is_in(piece.iter().map(|p| p.code.0)))
            .into_tuple::<i64>();
        known.extend(there.all(db).await?);
    }
    Ok(known)
}

/// Inserts rows in pieces of one size, so that each statement is prepared once.
async fn add<E, A, M>(db: &impl ConnectionTrait, rows: Vec<M>) -> Result<(), DbErr>
where
    E: EntityTrait<Model = M>,
    M: IntoActiveModel<A> + sea_orm::ModelTrait<Entity = E>,
    A: ActiveModelTrait<Entity = E> + ActiveModelBehavior + Send,
{
    let mut rows = rows.into_iter().map(set::<M, A>).peekable();
    while rows.peek().is_some() {
        let piece: Vec<A> = rows.by_ref().take(ROWS).collect();
        E::insert_many(piece).on_conflict_do_nothing().exec_without_returning(db).await?;
    }
    Ok(())
}
