//! Who speaks from which account, the codes that bind one, and names that one host at a time holds.

use crate::entity::{binding, binding_code, binding_try, lease};
use crate::write::set;
use bote_sdk::Instant;
use bote_sdk::binding::{Account, CODE_TRIES, CodeHash, Redeemed};
use bote_sdk::event::{Place, Platform};
use bote_sdk::id::OperatorId;
use chrono::TimeDelta;
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DatabaseConnection, DbErr, EntityTrait, NotSet, PaginatorTrait,
    QueryFilter, QueryOrder, Set, Statement,
};

pub(crate) async fn bind(db: &DatabaseConnection, place: &Place, operator: OperatorId) -> Result<(), DbErr> {
    bind_account(db, &place.of_account(), operator).await
}

async fn bind_account<C: ConnectionTrait>(db: &C, account: &Account, operator: OperatorId) -> Result<(), DbErr> {
    let Account { platform, account } = account.clone();
    let model = binding::Model { platform: platform.0, account, operator: operator.0 };
    let again = OnConflict::columns([binding::Column::Platform, binding::Column::Account])
        .update_column(binding::Column::Operator)
        .to_owned();
    binding::Entity::insert(set(model)).on_conflict(again).exec_without_returning(db).await?;
    Ok(())
}

pub(crate) async fn accounts(db: &DatabaseConnection, operator: OperatorId) -> Result<Vec<Account>, DbErr> {
    let bound = binding::Entity::find().filter(binding::Column::Operator.eq(operator.0));
    let bound = bound.order_by_asc(binding::Column::Platform).order_by_asc(binding::Column::Account).all(db).await?;
    Ok(bound.into_iter().map(|row| Account { platform: Platform(row.platform), account: row.account }).collect())
}

pub(crate) async fn unbind(db: &DatabaseConnection, account: &Account) -> Result<bool, DbErr> {
    let key = (account.platform.0.clone(), account.account.clone());
    Ok(binding::Entity::delete_by_id(key).exec(db).await?.rows_affected == 1)
}

pub(crate) async fn issue_code(
    db: &DatabaseConnection,
    code: &CodeHash,
    operator: OperatorId,
    until: Instant,
) -> Result<(), DbErr> {
    // Those that nobody presented in time.
    let long_past = (until - TimeDelta::days(1)).timestamp_millis();
    binding_code::Entity::delete_many().filter(binding_code::Column::UntilMs.lte(long_past)).exec(db).await?;
    let model = binding_code::Model { hash: code.0.clone(), operator: operator.0, until_ms: until.timestamp_millis() };
    binding_code::Entity::insert(set(model)).exec_without_returning(db).await?;
    Ok(())
}

/// Uses a code up: of two who present it at once, one finds it.
const USE_UP: &str = r#"DELETE FROM "binding_code" WHERE "hash" = $1 RETURNING "operator", "until_ms""#;

pub(crate) async fn redeem_code(
    db: &DatabaseConnection,
    account: &Account,
    code: &CodeHash,
    now: Instant,
) -> Result<Redeemed, DbErr> {
    let transaction = crate::group::begin(db).await?;
    let of_account = Condition::all()
        .add(binding_try::Column::Platform.eq(account.platform.0.as_str()))
        .add(binding_try::Column::Account.eq(account.account.as_str()));
    let an_hour_ago = (now - TimeDelta::hours(1)).timestamp_millis();
    binding_try::Entity::delete_many().filter(binding_try::Column::AtMs.lte(an_hour_ago)).exec(&transaction).await?;
    let tried = binding_try::Entity::find().filter(of_account).count(&transaction).await?;
    if tried >= CODE_TRIES as u64 {
        return Ok(Redeemed::TriedTooOften);
    }
    let tried = binding_try::ActiveModel {
        id: NotSet,
        platform: Set(account.platform.0.clone()),
        account: Set(account.account.clone()),
        at_ms: Set(now.timestamp_millis()),
    };
    binding_try::Entity::insert(tried).exec_without_returning(&transaction).await?;
    let used_up = Statement::from_sql_and_values(db.get_database_backend(), USE_UP, [code.0.as_str().into()]);
    let found = match transaction.query_one_raw(used_up).await? {
        Some(row) => Some((row.try_get::<i64>("", "operator")?, row.try_get::<i64>("", "until_ms")?)),
        None => None,
    };
    let good = found.filter(|(_, until_ms)| *until_ms > now.timestamp_millis());
    if let Some((operator, _)) = good {
        bind_account(&transaction, account, OperatorId(operator)).await?;
    }
    transaction.commit().await?;
    Ok(good.map_or(Redeemed::Refused, |(operator, _)| Redeemed::Bound(OperatorId(operator))))
}

pub(crate) async fn hold(
    db: &DatabaseConnection,
    name: &str,
    host: &str,
    now: Instant,
    until: Instant,
) -> Result<bool, DbErr> {
    let model = lease::Model { name: name.to_owned(), host: host.to_owned(), until_ms: until.timestamp_millis() };
    let free =
        Condition::any().add(lease::Column::Host.eq(host)).add(lease::Column::UntilMs.lte(now.timestamp_millis()));
    let take = OnConflict::column(lease::Column::Name)
        .update_columns([lease::Column::Host, lease::Column::UntilMs])
        .action_cond_where(free)
        .to_owned();
    Ok(lease::Entity::insert(set(model)).on_conflict(take).exec_without_returning(db).await? == 1)
}
