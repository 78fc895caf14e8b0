//! Who may act for an employer. It never loses its last owner.

use sea_orm::sea_query::{Expr, OnConflict, Query};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, Iterable, QueryFilter,
    QueryOrder, QuerySelect, Set,
};
use uuid::Uuid;

use super::service;
use crate::accounts::model::Email;
use crate::accounts::viewer::{Denied, Owner, Viewer};
use crate::clock::Timestamp;
use crate::entities::sets::MemberRole;
use crate::entities::{account, employer, membership};
use crate::error::{Code, Failure, Outcome, Refusal};
use crate::ids::{self, Kind};

/// Permit: may end one membership, as an owner of the employer or because it is one's own.
#[derive(Clone, Copy, Debug)]
pub struct Remover {
    membership_id: Uuid,
    employer_id: Uuid,
}

impl Remover {
    /// The permit, if the viewer has it.
    ///
    /// # Errors
    /// Nobody is signed in, or the right is missing.
    pub fn of(viewer: &Viewer, target: &membership::Model) -> Result<Self, Denied> {
        if viewer.require()?.account.id != target.account_id {
            viewer.owner(target.employer_id)?;
        }
        Ok(Self { membership_id: target.id, employer_id: target.employer_id })
    }
}

/// A membership of an employer that the viewer belongs to.
///
/// # Errors
/// `NOT_FOUND` at `id`, also for those of other employers.
pub async fn find(db: &impl ConnectionTrait, viewer: &Viewer, id: Option<Uuid>) -> Outcome<membership::Model> {
    let not_found = || Failure::not_found("id", "member");
    let row = membership::Entity::find_by_id(id.ok_or_else(not_found)?).one(db).await?;
    row.filter(|row| viewer.is_member(row.employer_id)).ok_or_else(not_found)
}

/// Makes the account with this e-mail address a member.
///
/// # Errors
/// `INVALID`, `TOO_LONG`, `NOT_FOUND` or `TAKEN` at `email`.
pub async fn add(
    txn: &DatabaseTransaction,
    by: Owner,
    email: &str,
    role: MemberRole,
    now: Timestamp,
) -> Outcome<membership::Model> {
    let email = Email::parse(email)?;
    let account = account::Entity::find().filter(account::Column::EmailKey.eq(email.key())).one(txn).await?;
    let account = account.ok_or_else(|| {
        Failure::refused(Code::NotFound, "email", "No account has this e-mail address: the person registers first.")
    })?;
    insert(txn, (by.0.employer_id, account.id), role, "email", now).await
}

/// Makes an account a member of an employer.
///
/// # Errors
/// `TAKEN` at `path`.
pub(super) async fn insert(
    txn: &DatabaseTransaction,
    (employer_id, account_id): (Uuid, Uuid),
    role: MemberRole,
    path: &str,
    now: Timestamp,
) -> Outcome<membership::Model> {
    let row = membership::Model { id: ids::generate(now), employer_id, account_id, role, created_at: now };
    let pair = OnConflict::columns([membership::Column::EmployerId, membership::Column::AccountId]);
    let new = membership::Entity::insert(membership::ActiveModel::from(row.clone()))
        .on_conflict({ pair }.do_nothing().to_owned());
    if new.exec_without_returning(txn).await? > 0 {
        return Ok(row);
    }
    let present = membership::Entity::find()
        .filter(membership::Column::EmployerId.eq(employer_id))
        .filter(membership::Column::AccountId.eq(account_id));
    Err(match present.one(txn).await? {
        Some(present) => is_member(path).against(Kind::Membership, present.id).into(),
        None => is_member(path).into(),
    })
}

/// The refusal of somebody who is a member already.
pub(super) fn is_member(path: &str) -> Refusal {
    Refusal::new(Code::Taken, path, "This person is a member already.")
}

/// The member whose account has this address, if there is one.
pub(super) async fn with_address(
    db: &impl ConnectionTrait,
    employer_id: Uuid,
    email: &Email,
) -> Result<Option<membership::Model>, DbErr> {
    let account = Query::select()
        .column(account::Column::Id)
        .from(account::Entity)
        .and_where(account::Column::EmailKey.eq(email.key()))
        .to_owned();
    let member = membership::Entity::find()
        .filter(membership::Column::EmployerId.eq(employer_id))
        .filter(membership::Column::AccountId.in_subquery(account));
    member.one(db).await
}

/// The accounts of the members with at least this role, oldest account first, 200 at the most: whom mails for the
/// employer go to.
///
/// # Errors
/// The database failed.
pub async fn accounts_of(
    db: &impl ConnectionTrait,
    employer_id: Uuid,
    at_least: MemberRole,
) -> Result<Vec<account::Model>, DbErr> {
    let members = Query::select()
        .column(membership::Column::AccountId)
        .from(membership::Entity)
        .and_where(membership::Column::EmployerId.eq(employer_id))
        .and_where(membership::Column::Role.is_in(MemberRole::iter().filter(|role| *role >= at_least)))
        .to_owned();
    let accounts = account::Entity::find().filter(account::Column::Id.in_subquery(members));
    accounts.order_by_asc(account::Column::Id).limit(200).all(db).await
}

/// Gives a member other rights.
///
/// # Errors
/// `NOT_FOUND` at `id`; `LAST_OWNER` at `role`.
pub async fn change_role(
    txn: &DatabaseTransaction,
    by: Owner,
    id: Uuid,
    role: MemberRole,
) -> Outcome<membership::Model> {
    let employer_id = by.0.employer_id;
    lock(txn, employer_id).await?;
    let mut update = membership::Entity::update_many()
        .set(membership::ActiveModel { role: Set(role), ..Default::default() })
        .filter(membership::Column::Id.eq(id))
        .filter(membership::Column::EmployerId.eq(employer_id));
    if role != MemberRole::Owner {
        update = update.filter(an_owner_remains(employer_id, id));
    }
    match update.exec_with_returning(txn).await?.into_iter().next() {
        Some(changed) => Ok(changed),
        None => Err(not_changed(txn, employer_id, id, "role").await?),
    }
}

/// Ends a membership; gives its identifier and the employer.
///
/// # Errors
/// `NOT_FOUND` or `LAST_OWNER` at `id`.
pub async fn remove(txn: &DatabaseTransaction, by: Remover) -> Outcome<(Uuid, employer::Model)> {
    let Remover { membership_id, employer_id } = by;
    lock(txn, employer_id).await?;
    let delete = membership::Entity::delete_many()
        .filter(membership::Column::Id.eq(membership_id))
        .filter(membership::Column::EmployerId.eq(employer_id))
        .filter(an_owner_remains(employer_id, membership_id));
    if delete.exec(txn).await?.rows_affected > 0 {
        Ok((membership_id, service::find(txn, Some(employer_id), "id").await?))
    } else {
        Err(not_changed(txn, employer_id, membership_id, "id").await?)
    }
}

/// Lets one change of an employer's members happen after the other. Without it two owners who leave at the same time
/// would each see the other stay, since neither statement waits for the other's row.
async fn lock(txn: &DatabaseTransaction, employer_id: Uuid) -> Result<(), DbErr> {
    let row = employer::Entity::find_by_id(employer_id).select_only().column(employer::Column::Id).lock_exclusive();
    row.into_tuple::<Uuid>().one(txn).await.map(drop)
}

/// Holds for a member who is no owner, or not the only one.
fn an_owner_remains(employer_id: Uuid, without: Uuid) -> Condition {
    let others = Query::select()
        .expr(Expr::val(1))
        .from(membership::Entity)
        .and_where(membership::Column::EmployerId.eq(employer_id))
        .and_where(membership::Column::Role.eq(MemberRole::Owner))
        .and_where(membership::Column::Id.ne(without))
        .to_owned();
    Condition::any().add(membership::Column::Role.ne(MemberRole::Owner)).add(Expr::exists(others))
}

async fn not_changed(txn: &DatabaseTransaction, employer_id: Uuid, id: Uuid, path: &str) -> Result<Failure, DbErr> {
    let present = membership::Entity::find_by_id(id).filter(membership::Column::EmployerId.eq(employer_id));
    Ok(match present.one(txn).await? {
        Some(_) => Failure::refused(Code::LastOwner, path, "This is the last owner: make someone else one first."),
        None => Failure::not_found("id", "member"),
    })
}
