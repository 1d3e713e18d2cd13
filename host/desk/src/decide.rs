//! From an order to what is to be written: permission, scope, records, rule. Nothing is written here.

use crate::desk::TicketDesk;
use bote_sdk::actor::{Actor, ChannelClass};
use bote_sdk::change::Changes;
use bote_sdk::express::express_query;
use bote_sdk::files::{self, Attachment};
use bote_sdk::id::*;
use bote_sdk::opening::{self, Opening, OpeningRecords};
use bote_sdk::operation::{Operation, Order, Receipt};
use bote_sdk::permissions::Permission;
use bote_sdk::plugins::PluginGrant;
use bote_sdk::records::{Connection, Contract, Person};
use bote_sdk::refusal::{Conflict, Field, Precondition, Problem, Refusal};
use bote_sdk::ticket::Ticket;
use bote_sdk::tool::Run;
use bote_sdk::traits::{Access, AccessObject, Batch, Commit, Fault, Preference};
use bote_sdk::{Instant, claim, finish, start, timeline};
use sha2::{Digest, Sha256};

/// What a decision writes.
#[derive(Debug, Default)]
pub(crate) struct Decided {
    pub(crate) changes: Option<Changes>,
    pub(crate) preference: Option<Preference>,
    pub(crate) run: Option<Run>,
    /// What is granted to a plug-in, or taken back, once this is committed.
    pub(crate) grant: Option<PluginGrant>,
    pub(crate) touched: Vec<AccessObject>,
}

/// A fault outside, a refusal inside: the two never mix.
pub(crate) type Outcome<T> = Result<Result<T, Refusal>, Fault>;

/// How often a decision that met a conflict is taken anew.
pub(crate) const ATTEMPTS: usize = 3;

/// Entries read to find the newest that counts: an edit of a comment leaves one that does not, so a run of edits longer
/// than this only means that the comment is no longer editable.
const LOOK_BACK: usize = 50;

impl TicketDesk {
    /// Decides an order, or refuses it.
    pub(crate) async fn decide(&self, order: &Order, actor: &Actor, now: Instant) -> Outcome<Decided> {
        let classifies = matches!(order.operation, Operation::ClassifyChannel { .. });
        if let Err(refusal) = actor.among_staff()
            && !classifies
        {
            // A channel nobody classified, or a customer's: nothing of staff is done there.
            return Ok(Err(refusal));
        }
        let spec = order.operation.spec();
        if let Some(permission) = spec.permission
            && let Err(refusal) = actor.permit(permission)
        {
            return Ok(Err(refusal));
        }
        if spec.confirm && order.confirmed.is_none() {
            return Ok(Err(Refusal::Precondition(Precondition::ConfirmationExpired)));
        }
        match &order.operation {
            Operation::OpenTicket { ticket, opening } => self.decide_opening(*ticket, opening, actor, now).await,
            Operation::ChooseScope { scope } => self.decide_scope(*scope, actor).await,
            Operation::ChooseLanguage { language } => {
                let chosen = bote_sdk::dialog::Language::of_tag(language);
                let language = chosen.ok_or(Refusal::invalid(Field::Language, Problem::NotAChoice));
                Ok(language.map(|language| Decided {
                    preference: Some(Preference::Language(actor.operator, language.tag().to_owned())),
                    ..Decided::default()
                }))
            }
            Operation::GrantPlugin { plugin, capabilities, grant } => {
                Ok(self.decide_grant(plugin, capabilities, *grant, actor, now))
            }
            Operation::ClassifyChannel { channel, class } => Ok(match class {
                // Who reads a private chat is decided by nobody.
                ChannelClass::Private => Err(Refusal::invalid(Field::ChannelClass, Problem::NotAChoice)),
                ChannelClass::StaffGroup | ChannelClass::Customer => {
                    let preference = Some(Preference::Class(channel.clone(), *class));
                    Ok(Decided { preference, ..Decided::default() })
                }
            }),
            operation => self.decide_on_ticket(operation, order, actor, now).await,
        }
    }

    /// A grant of what a plug-in asks for. Granting more than it asks would be a grant to its next version.
    fn decide_grant(
        &self,
        plugin: &str,
        capabilities: &[String],
        grant: bool,
        actor: &Actor,
        at: Instant,
    ) -> Result<Decided, Refusal> {
        actor.in_private()?;
        let found = self.parts.tools.plugins().into_iter().find(|view| view.id == plugin).ok_or(Refusal::NotFound)?;
        let wanted = |name: &String| found.wanted.iter().any(|wanted| wanted.capability == *name);
        if capabilities.is_empty() || !capabilities.iter().all(wanted) {
            return Err(Refusal::invalid(Field::Capability, Problem::NotAChoice));
        }
        let (capabilities, by) = (capabilities.to_vec(), Some(actor.operator));
        let grant = PluginGrant { plugin: found.id, capabilities, grant, by, at };
        Ok(Decided { grant: Some(grant), ..Decided::default() })
    }

    async fn decide_scope(&self, scope: bote_sdk::actor::Scope, actor: &Actor) -> Outcome<Decided> {
        let operator = self.parts.store.operator(actor.operator).await?;
        let catalogue = self.catalogue().await?;
        let exists = match scope {
            bote_sdk::actor::Scope::All => true,
            bote_sdk::actor::Scope::Company(company) => catalogue.company(company).is_some(),
        };
        if exists && operator.is_some_and(|operator| operator.may_choose(scope)) {
            let preference = Some(Preference::Scope(actor.operator, scope));
            Ok(Ok(Decided { preference, ..Decided::default() }))
        } else {
            Ok(Err(Refusal::invalid(Field::Scope, Problem::NotAChoice)))
        }
    }

    async fn decide_opening(&self, id: TicketId, opening: &Opening, actor: &Actor, now: Instant) -> Outcome<Decided> {
        let Some(records) = self.opening_records(opening).await? else { return Ok(Err(Refusal::NotFound)) };
        let catalogue = self.catalogue().await?;
        let changes = opening::open(id, opening, records.view(&catalogue), actor, now, self.settings.zone);
        Ok(changes.map(|changes| Decided {
            changes: Some(changes),
            touched: vec![AccessObject::Person(opening.person)],
            ..Decided::default()
        }))
    }

    /// The ticket, if this actor may know of it.
    pub(crate) async fn visible_ticket(&self, id: TicketId, actor: &Actor) -> Outcome<Ticket> {
        let ticket = self.parts.store.ticket(id).await?;
        Ok(ticket.filter(|ticket| actor.scope.sees_company(ticket.company)).ok_or(Refusal::NotFound))
    }

    async fn decide_on_ticket(
        &self,
        operation: &Operation,
        order: &Order,
        actor: &Actor,
        now: Instant,
    ) -> Outcome<Decided> {
        let Some(id) = operation.ticket() else { return Ok(Err(Refusal::NotFound)) };
        let ticket = match self.visible_ticket(id, actor).await? {
            Ok(ticket) => ticket,
            Err(refusal) => return Ok(Err(refusal)),
        };
        if order.confirmed.is_some_and(|seen| seen != ticket.version) {
            return Ok(Err(Refusal::Conflict(Conflict::TicketChanged)));
        }
        if let Operation::RunTool { run, tool, arguments, .. } = operation {
            if self.parts.store.run(*run).await?.is_some() {
                return Ok(Err(Refusal::Conflict(Conflict::KeyReused)));
            }
            return Ok(self.decide_run(*run, tool, arguments, &ticket, actor, order, now).map(|run| Decided {
                run: Some(run),
                touched: vec![AccessObject::Ticket(ticket.id)],
                ..Decided::default()
            }));
        }
        if self.has_known_file(operation).await? {
            return Ok(Err(Refusal::Conflict(Conflict::KeyReused)));
        }
        let first = match self.claim_first(&ticket, order, actor, now) {
            Ok(first) => first,
            Err(refusal) => return Ok(Err(refusal)),
        };
        if first.is_some() && matches!(operation, Operation::EditLastComment { .. }) {
            // The claim would stand above the comment.
            return Ok(Err(Refusal::Precondition(Precondition::NotEditable)));
        }
        let ticket = first.as_ref().map_or(ticket, |changes| changes.ticket.clone());
        let decided = self.rule(operation, &ticket, actor, now).await?;
        Ok(decided.map(|changes| Decided {
            changes: Some(match first {
                Some(first) => first.then(changes),
                None => changes,
            }),
            touched: vec![AccessObject::Ticket(ticket.id)],
            ..Decided::default()
        }))
    }

    /// *Resgatar e continuar*: the claim that goes with the order. Holding the ticket already is no obstacle.
    fn claim_first(
        &self,
        ticket: &Ticket,
        order: &Order,
        actor: &Actor,
        now: Instant,
    ) -> Result<Option<Changes>, Refusal> {
        if !order.claim_first || ticket.holder() == Some(actor.operator) {
            return Ok(None);
        }
        actor.permit(Permission::TicketClaim)?;
        claim::claim(ticket, actor, now).map(Some)
    }

    /// The rule of an operation on an existing ticket, with the records it needs.
    async fn rule(&self, operation: &Operation, ticket: &Ticket, actor: &Actor, now: Instant) -> Outcome<Changes> {
        let store = &self.parts.store;
        Ok(match operation {
            Operation::EditDraft { opening, .. } => match self.opening_records(opening).await? {
                Some(records) => {
                    let catalogue = self.catalogue().await?;
                    opening::edit_draft(ticket, opening, records.view(&catalogue), actor, now)
                }
                None => Err(Refusal::NotFound),
            },
            Operation::DiscardDraft { reason, .. } => opening::discard(ticket, reason, actor, now),
            Operation::ExpressQuery { .. } => {
                let facts = store.express_facts(ticket).await?;
                let catalogue = self.catalogue().await?;
                express_query(ticket, &facts, &catalogue, self.settings.express, actor, now, self.settings.zone)
            }
            Operation::StartTicket { starting, .. } => {
                let contract = match ticket.contract {
                    Some(code) => store.contract(code).await?,
                    None => None,
                };
                let catalogue = self.catalogue().await?;
                start::start(ticket, starting.clone(), contract.as_ref(), &catalogue, actor, now)
            }
            Operation::Claim { .. } => claim::claim(ticket, actor, now),
            Operation::GiveBack { .. } => claim::give_back(ticket, actor, now),
            Operation::AddComment { comment, .. } => timeline::comment(ticket, comment.clone(), actor, now),
            Operation::EditLastComment { text, entry, .. } => {
                let entries = store.entries(ticket.id, None, LOOK_BACK).await?;
                let newest = entries.iter().find(|entry| entry.kind.counts_as_action());
                timeline::edit_last_comment(ticket, newest, *entry, text, actor, now)
            }
            Operation::Attach { files: new, .. } => files::attach(ticket, new.clone(), actor, now),
            Operation::DescribeFile { file, description, .. } => match self.file_of(ticket, *file).await? {
                Some(file) => files::describe(ticket, &file, description, actor, now),
                None => Err(Refusal::NotFound),
            },
            Operation::RotateFile { file, by, .. } => match self.file_of(ticket, *file).await? {
                Some(file) => files::rotate(ticket, &file, *by, actor, now),
                None => Err(Refusal::NotFound),
            },
            Operation::DeleteFile { file, .. } => match self.file_of(ticket, *file).await? {
                Some(file) => files::delete(ticket, &file, actor, now),
                None => Err(Refusal::NotFound),
            },
            Operation::FinishTicket { finishing, .. } => {
                let catalogue = self.catalogue().await?;
                // Service orders are not kept yet, so none can be pending.
                finish::finish(ticket, finishing.clone(), &[], &catalogue, actor, now)
            }
            Operation::OpenTicket { .. }
            | Operation::RunTool { .. }
            | Operation::GrantPlugin { .. }
            | Operation::ClassifyChannel { .. }
            | Operation::ChooseScope { .. }
            | Operation::ChooseLanguage { .. } => Err(Refusal::NotFound),
        })
    }

    /// Whether a file that is to be attached has the id of one that is attached already.
    async fn has_known_file(&self, operation: &Operation) -> Result<bool, Fault> {
        let new = match operation {
            Operation::Attach { files, .. } => files,
            Operation::StartTicket { starting, .. } => &starting.files,
            _ => return Ok(false),
        };
        for file in new {
            if self.parts.store.file(file.id).await?.is_some() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    async fn file_of(&self, ticket: &Ticket, file: FileId) -> Result<Option<Attachment>, Fault> {
        Ok(self.parts.store.file(file).await?.filter(|file| file.ticket == ticket.id))
    }

    async fn opening_records(&self, opening: &Opening) -> Result<Option<OwnedRecords>, Fault> {
        let store = &self.parts.store;
        let Some(person) = store.person(opening.person).await? else { return Ok(None) };
        let connection = match opening.connection {
            Some(code) => store.connection(code).await?,
            None => None,
        };
        let (contract, _) = opening::contract_of_connection(connection.as_ref(), opening.contract);
        let contract = match contract {
            Some(code) => store.contract(code).await?,
            None => None,
        };
        Ok(Some(OwnedRecords { person, connection, contract }))
    }

    /// One order for an embedding program: decide, commit, and once more when another was faster.
    pub(crate) async fn carry_out_order(&self, key: IdempotencyKey, order: Order, actor: &Actor) -> Outcome<Receipt> {
        let print = print(&order.operation)?;
        // Beside the keys of events, which begin with `event/`.
        let key = IdempotencyKey(format!("call/{}", key.0));
        for _ in 0..ATTEMPTS {
            let now = self.now();
            let decided = match self.decide(&order, actor, now).await? {
                Ok(decided) => decided,
                // Refused because it was done before under this key? Then the first answer stands.
                Err(refusal) => return Ok(self.first_receipt(&key, &print).await?.unwrap_or(Err(refusal))),
            };
            let (run, grant) = (decided.run.clone(), decided.grant.clone());
            let mut jobs = self.notices(decided.changes.as_ref(), actor.operator, now).await?;
            if let Some(place) = self.parts.store.private_places(actor.operator).await?.first() {
                jobs.extend(self.warnings(decided.changes.as_ref(), place));
            }
            let mut batch = self.batch(decided, Some((key.clone(), print.clone())), "api", actor, now);
            batch.jobs = jobs;
            match self.parts.store.commit(batch).await? {
                Commit::Done(receipt) => {
                    if let Some(run) = run {
                        self.run_tool(run.id, None).await?;
                    }
                    if let Some(grant) = grant {
                        self.grant(&grant).await?;
                    }
                    return Ok(Ok(receipt));
                }
                Commit::Seen(receipt) => {
                    // The first try may have been cut off before its run; one that has ended is not called again.
                    if let Some(run) = receipt.run {
                        self.run_tool(run, None).await?;
                    }
                    // A grant is not given again, for it may have been taken back meanwhile; whoever saw the first try fail
                    // orders anew, with another key.
                    return Ok(Ok(receipt));
                }
                Commit::KeyReused => return Ok(Err(Refusal::Conflict(Conflict::KeyReused))),
                Commit::Conflict => {
                    if let Some(lost) = self.lost(&order, actor).await? {
                        return Ok(Err(lost));
                    }
                }
            }
        }
        Ok(Err(Refusal::Conflict(Conflict::TicketChanged)))
    }

    async fn first_receipt(
        &self,
        key: &IdempotencyKey,
        print: &str,
    ) -> Result<Option<Result<Receipt, Refusal>>, Fault> {
        Ok(self.parts.store.receipt(key).await?.map(|(first, receipt)| {
            if first == print { Ok(receipt) } else { Err(Refusal::Conflict(Conflict::KeyReused)) }
        }))
    }

    /// Whether an order that met a conflict is lost for good: a confirmed one, and a claim that another won (V-15). All
    /// others are decided anew.
    pub(crate) async fn lost(&self, order: &Order, actor: &Actor) -> Result<Option<Refusal>, Fault> {
        let Some(id) = order.operation.ticket() else { return Ok(None) };
        let ticket = self.parts.store.ticket(id).await?;
        if let Some(seen) = order.confirmed {
            // It may have been the session that changed, and not the ticket.
            let changed = ticket.is_none_or(|ticket| ticket.version != seen);
            return Ok(changed.then_some(Refusal::Conflict(Conflict::TicketChanged)));
        }
        if !order.claim_first && !matches!(order.operation, Operation::Claim { .. }) {
            return Ok(None);
        }
        let holder = ticket.and_then(|ticket| ticket.holder());
        Ok(holder
            .filter(|holder| *holder != actor.operator)
            .map(|holder| Refusal::Conflict(Conflict::ClaimLost { holder })))
    }

    /// A batch of a decision, with the record of what was accessed.
    pub(crate) fn batch(
        &self,
        decided: Decided,
        key: Option<(IdempotencyKey, String)>,
        channel: &str,
        actor: &Actor,
        now: Instant,
    ) -> Batch {
        Batch {
            key,
            changes: decided.changes,
            preference: decided.preference,
            run: decided.run,
            accesses: accesses(decided.touched, actor.operator, channel, now).collect(),
            at: now,
            ..Batch::default()
        }
    }
}

/// The record of what somebody accessed from a channel.
pub(crate) fn accesses(
    touched: Vec<AccessObject>,
    operator: OperatorId,
    channel: &str,
    at: Instant,
) -> impl Iterator<Item = Access> {
    touched.into_iter().map(move |object| Access { operator, channel: channel.to_owned(), object, at })
}

struct OwnedRecords {
    person: Person,
    connection: Option<Connection>,
    contract: Option<Contract>,
}

impl OwnedRecords {
    fn view<'a>(&'a self, catalogue: &'a bote_sdk::catalogue::Catalogue) -> OpeningRecords<'a> {
        OpeningRecords {
            person: &self.person,
            connection: self.connection.as_ref(),
            contract: self.contract.as_ref(),
            catalogue,
        }
    }
}

/// The print of an operation: the same order has the same one.
pub(crate) fn print(operation: &Operation) -> Result<String, Fault> {
    let bytes = serde_json::to_vec(operation).map_err(|error| Fault::corrupt("the operation", error))?;
    Ok(hex(&Sha256::digest(bytes)))
}

/// Lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
