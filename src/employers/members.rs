//! Who may act for an employer. It never loses its last owner.

use sea_orm::sea_query::{Expr, OnConflict, Query};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter, QuerySelect, Set,
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
    let row = membership::Model {
        id: ids::generate(now),
        employer_id: by.0.employer_id,
        account_id: account.id,
        role,
        created_at: now,
    };
    let pair = OnConflict::columns([membership::Column::EmployerId, membership::Column::AccountId]);
    let new = membership::Entity::insert(membership::ActiveModel::from(row.clone()))
        .on_conflict({ pair }.do_nothing().to_owned());
    if new.exec_without_returning(txn).await? > 0 {
        return Ok(row);
    }
    let refusal = Refusal::new(Code::Taken, "email", "This person is a member already.");
    let present = membership::Entity::find()
        .filter(membership::Column::EmployerId.eq(row.employer_id))
        .filter(membership::Column::AccountId.eq(row.account_id));
    Err(match present.one(txn).await? {
        Some(present) => refusal.against(Kind::Membership, present.id).into(),
        None => refusal.into(),
    })
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
