//! The text in which a posting is found: title, employer, role and skills first, then the description.
//!
//! It is written after everything else of a posting, and again when its employer is renamed. Both hold the employer's
//! name for the length of their transaction (see [`hold_name`]), so neither can miss what the other wrote.

use std::collections::HashMap;

use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ColumnTrait, DatabaseTransaction, DbErr, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect,
    QueryTrait,
};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::clock::Timestamp;
use crate::entities::sets::{Deed, Subject};
use crate::entities::{employer, gather, posting, role, skill, skill_requirement};
use crate::feed;
use crate::text;

/// Postings whose texts are read and written at once. A description has 20,000 characters at the most.
const BATCH: u64 = 100;

/// What of a posting its text is made of, and the text as it is.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Found {
    id: Uuid,
    title: String,
    description: String,
    role_id: Option<Uuid>,
    search_text: String,
    search_hash: Option<i64>,
}

impl From<&posting::Model> for Found {
    fn from(row: &posting::Model) -> Self {
        let (title, description) = (row.title.clone(), row.description.clone());
        let (search_text, search_hash) = (row.search_text.clone(), row.search_hash);
        Self { id: row.id, title, description, role_id: row.role_id, search_text, search_hash }
    }
}

/// The text of a posting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SearchText {
    /// Its words, each with a blank on both sides.
    pub words: String,
    /// See [`hash`].
    pub hash: i64,
}

impl SearchText {
    /// The text of a posting with these words in it.
    #[must_use]
    pub fn of<'a>(title: &'a str, others: impl IntoIterator<Item = &'a str>, description: &'a str) -> Self {
        let words = text::searchable(std::iter::once(title).chain(others).chain(std::iter::once(description)));
        Self { hash: hash(&text::searchable([title]), &words), words }
    }
}

/// What tells a text from any other, of the words of its title and all of its words: the same on every machine.
#[must_use]
pub fn hash(title: &str, words: &str) -> i64 {
    let digest = Sha256::new().chain_update(title).chain_update([0]).chain_update(words).finalize();
    digest.iter().take(8).fold(0, |number, byte| number << 8 | i64::from(*byte))
}

/// The employer's name, which nobody changes before the transaction ends. To be asked for before a posting is written:
/// who renames an employer holds the employer first and its postings then.
///
/// # Errors
/// The database failed.
pub async fn hold_name(txn: &DatabaseTransaction, employer_id: Uuid) -> Result<String, DbErr> {
    let name = employer::Entity::find_by_id(employer_id).select_only().column(employer::Column::Name).lock_shared();
    Ok(name.into_tuple().one(txn).await?.unwrap_or_default())
}

/// Brings the texts of postings of one employer up to date; gives those that changed. Three statements, however many
/// postings there are.
///
/// # Errors
/// The database failed.
pub async fn bring_up(
    txn: &DatabaseTransaction,
    employer_name: &str,
    postings: &[Found],
) -> Result<HashMap<Uuid, SearchText>, DbErr> {
    let titles = role_titles(txn, postings).await?;
    let skills = skill_names(txn, postings).await?;
    let text = |found: &Found| {
        let role = found.role_id.and_then(|id| titles.get(&id)).map(String::as_str);
        let skills = skills.get(&found.id).into_iter().flatten().map(String::as_str);
        SearchText::of(&found.title, std::iter::once(employer_name).chain(role).chain(skills), &found.description)
    };
    let is_changed =
        |found: &Found, text: &SearchText| found.search_hash != Some(text.hash) || found.search_text != text.words;
    let changed = postings.iter().map(|found| (found, text(found))).filter(|(found, text)| is_changed(found, text));
    let changed: HashMap<_, _> = changed.map(|(found, text)| (found.id, text)).collect();
    write(txn, &changed).await?;
    Ok(changed)
}

/// Brings the texts of all postings of an employer up to date after it was renamed, some at a time.
///
/// # Errors
/// The database failed.
pub async fn rename_employer(
    txn: &DatabaseTransaction,
    employer_id: Uuid,
    name: &str,
    now: Timestamp,
) -> Result<(), DbErr> {
    let mut behind = Uuid::nil();
    loop {
        let some = posting::Entity::find()
            .select_only()
            .columns([posting::Column::Id, posting::Column::Title, posting::Column::Description])
            .columns([posting::Column::RoleId, posting::Column::SearchText, posting::Column::SearchHash])
            .filter(posting::Column::EmployerId.eq(employer_id))
            .filter(posting::Column::Id.gt(behind))
            .order_by_asc(posting::Column::Id)
            .limit(BATCH);
        let some: Vec<Found> = some.into_model().all(txn).await?;
        let Some(last) = some.last() else { return Ok(()) };
        behind = last.id;
        let changed = bring_up(txn, name, &some).await?;
        // Whoever keeps an index of words is told, although nobody sees a difference in the posting itself.
        feed::record_all(txn, Subject::Posting, changed.into_keys(), Deed::Updated, now).await?;
    }
}

async fn role_titles(txn: &DatabaseTransaction, postings: &[Found]) -> Result<HashMap<Uuid, String>, DbErr> {
    let roles = role::Entity::find().select_only().columns([role::Column::Id, role::Column::Title]);
    let roles = roles.filter(role::Column::Id.is_in(postings.iter().filter_map(|found| found.role_id)));
    Ok(roles.into_tuple().all(txn).await?.into_iter().collect())
}

async fn skill_names(txn: &DatabaseTransaction, postings: &[Found]) -> Result<HashMap<Uuid, Vec<String>>, DbErr> {
    use skill_requirement::Column as C;
    let mut skills = skill_requirement::Entity::find()
        .select_only()
        .column(C::PostingId)
        .column(skill::Column::Name)
        .filter(C::PostingId.is_in(postings.iter().map(|found| found.id)))
        .order_by_asc(C::Position);
    let same = Expr::col((skill_requirement::Entity, C::SkillId)).equals((skill::Entity, skill::Column::Id));
    QueryTrait::query(&mut skills).inner_join(skill::Entity, same);
    Ok(gather(skills.into_tuple::<(Uuid, String)>().all(txn).await?))
}

/// Nobody sees the text itself, so the version stays.
async fn write(txn: &DatabaseTransaction, texts: &HashMap<Uuid, SearchText>) -> Result<(), DbErr> {
    let mut texts = texts.iter();
    let Some((id, text)) = texts.next() else { return Ok(()) };
    let is = |id: &Uuid| Expr::col(posting::Column::Id).eq(*id);
    let others = texts.clone();
    let words = others.clone().fold(Expr::case(is(id), &*text.words), |all, (id, text)| all.case(is(id), &*text.words));
    let hashes = others.fold(Expr::case(is(id), text.hash), |all, (id, text)| all.case(is(id), text.hash));
    let ids = std::iter::once(id).chain(texts.map(|(id, _)| id)).copied();
    posting::Entity::update_many()
        .col_expr(posting::Column::SearchText, Expr::Case(Box::new(words)))
        .col_expr(posting::Column::SearchHash, Expr::Case(Box::new(hashes)))
        .filter(posting::Column::Id.is_in(ids))
        .exec(txn)
        .await
        .map(drop)
}
