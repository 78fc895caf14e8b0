//! What a copy of everything held about a person consists of. What an employer noted about the person, and how it rated
//! them, is the employer's and not in it; nor is anything about anybody else.

use std::collections::HashMap;

use sea_orm::{
    ColumnTrait, Condition, DatabaseConnection, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect,
    Select,
};
use serde_json::{Value, json};
use uuid::Uuid;

use super::document::Document;
use super::lookups::{
    days, employers, histories, jobs, places, postings, skills, studies, target_places, target_roles,
};
use crate::clock::Timestamp;
use crate::entities::{
    account, account_export, application, audit_entry, candidate, idempotency_key, invitation, mail, mail_opt_out,
    member_invitation, membership, moderation_case, posting_copy, posting_report, saved_posting, saved_search, session,
};
use crate::ids::{self, Kind};

/// Rows that are read in one go.
const BATCH: u64 = 200;

/// What a section is made from and goes into.
pub struct Scribe<'a, 'd> {
    /// Where it is read.
    pub db: &'a DatabaseConnection,
    /// Whom it is about.
    pub account: &'a account::Model,
    /// The profile of the person, if there is one.
    pub candidate: Option<&'a candidate::Model>,
    /// Where it goes.
    pub document: &'a mut Document<'d>,
}

impl Scribe<'_, '_> {
    /// Writes everything.
    ///
    /// # Errors
    /// The database failed.
    pub async fn everything(&mut self) -> anyhow::Result<()> {
        self.account().await?;
        self.profile().await?;
        self.applications().await?;
        self.invitations().await?;
        self.saved_postings().await?;
        self.saved_searches().await?;
        self.memberships().await?;
        self.sessions().await?;
        self.mails().await?;
        self.reports().await?;
        self.exports().await?;
        self.retries().await?;
        self.log().await
    }

    async fn account(&mut self) -> anyhow::Result<()> {
        let me = self.account;
        let unwanted = mail_opt_out::Entity::find().filter(mail_opt_out::Column::AccountId.eq(me.id));
        let unwanted: Vec<_> = unwanted.all(self.db).await?.into_iter().map(|row| row.kind).collect();
        let account = json!({
            "id": ids::encode(Kind::Account, me.id), "email": me.email, "emailVerifiedAt": me.email_verified_at,
            "name": me.name, "isAdmin": me.is_admin, "hasPassword": me.password_hash.is_some(),
            "createdAt": me.created_at, "updatedAt": me.updated_at, "unwantedMails": unwanted,
        });
        self.document.field("account", &account).await
    }

    async fn profile(&mut self) -> anyhow::Result<()> {
        let Some(me) = self.candidate else { return self.document.field("candidate", &Value::Null).await };
        let home = places(self.db, me.home_place_id).await?;
        let pay = me.expected_pay.map(
            |amount| json!({"minorUnits": amount, "currency": me.expected_currency, "period": me.expected_period}),
        );
        let candidate = json!({
            "id": ids::encode(Kind::Candidate, me.id), "headline": me.headline, "about": me.about,
            "homePlace": home.into_values().next(), "searchStatus": me.search_status, "visibility": me.visibility,
            "remote": me.wants_remote, "expectedPay": pay, "importedAs": me.external_id,
            "createdAt": me.created_at, "updatedAt": me.updated_at,
            "targetRoles": target_roles(self.db, me.id).await?, "targetPlaces": target_places(self.db, me.id).await?,
            "skills": skills(self.db, me.id).await?, "experience": jobs(self.db, me.id).await?,
            "education": studies(self.db, me.id).await?, "activeDays": days(self.db, me.id).await?,
        });
        self.document.field("candidate", &candidate).await
    }

    async fn applications(&mut self) -> anyhow::Result<()> {
        self.document.begin_list("applications")?;
        let mine = self.candidate.map(|me| application::Column::CandidateId.eq(me.id));
        let mut last = None;
        while let Some(mine) = mine.clone() {
            let page = page(application::Entity::find().filter(mine), application::Column::Id, last);
            let rows = page.all(self.db).await?;
            let Some(end) = rows.last() else { break };
            last = Some(end.id);
            let history = histories(self.db, rows.iter().map(|row| row.id)).await?;
            let copies = posting_copy::Entity::find()
                .filter(posting_copy::Column::Id.is_in(rows.iter().filter_map(|row| row.posting_copy_id)));
            let copies: HashMap<_, _> = copies.all(self.db).await?.into_iter().map(|row| (row.id, row.body)).collect();
            let postings = postings(self.db, rows.iter().map(|row| row.posting_id)).await?;
            for row in rows {
                let application = json!({
                    "id": ids::encode(Kind::Application, row.id), "posting": postings.get(&row.posting_id),
                    "status": row.status, "submittedAt": row.submitted_at, "updatedAt": row.updated_at,
                    "coverLetter": row.cover_letter, "answers": row.answers, "reason": row.reason,
                    "importedAs": row.external_id, "history": history.get(&row.id),
                    "postingAsAppliedTo": row.posting_copy_id.and_then(|id| copies.get(&id)),
                });
                self.document.item(&application).await?;
            }
        }
        self.document.end_list();
        Ok(())
    }

    async fn invitations(&mut self) -> anyhow::Result<()> {
        self.document.begin_list("invitationsToApply")?;
        let mine = self.candidate.map(|me| invitation::Column::CandidateId.eq(me.id));
        let mut last = None;
        while let Some(mine) = mine.clone() {
            let rows = page(invitation::Entity::find().filter(mine), invitation::Column::Id, last).all(self.db).await?;
            let Some(end) = rows.last() else { break };
            last = Some(end.id);
            let postings = postings(self.db, rows.iter().map(|row| row.posting_id)).await?;
            for row in rows {
                let invitation = json!({
                    "posting": postings.get(&row.posting_id), "message": row.message, "createdAt": row.created_at,
                    "declinedAt": row.declined_at,
                });
                self.document.item(&invitation).await?;
            }
        }
        self.document.end_list();
        Ok(())
    }

    async fn saved_postings(&mut self) -> anyhow::Result<()> {
        self.document.begin_list("savedPostings")?;
        let mine = self.candidate.map(|me| saved_posting::Column::CandidateId.eq(me.id));
        let mut last = None;
        while let Some(mine) = mine.clone() {
            let page = page(saved_posting::Entity::find().filter(mine), saved_posting::Column::PostingId, last);
            let rows = page.all(self.db).await?;
            let Some(end) = rows.last() else { break };
            last = Some(end.posting_id);
            let postings = postings(self.db, rows.iter().map(|row| row.posting_id)).await?;
            for row in rows {
                let saved = json!({"posting": postings.get(&row.posting_id), "savedAt": row.saved_at});
                self.document.item(&saved).await?;
            }
        }
        self.document.end_list();
        Ok(())
    }

    async fn saved_searches(&mut self) -> anyhow::Result<()> {
        // Without a profile there is none.
        let owner = self.candidate.map_or_else(Uuid::nil, |me| me.id);
        let mine = saved_search::Entity::find().filter(saved_search::Column::CandidateId.eq(owner));
        self.rows(
            "savedSearches",
            mine,
            saved_search::Column::Id,
            |row| row.id,
            |row| {
                json!({
                    "name": row.name, "search": row.search, "filter": row.filter.map(|mut kept| kept["filter"].take()),
                    "alerts": row.alerts, "createdAt": row.created_at, "seenAt": row.seen_at,
                    "lastAlertedAt": row.last_alerted_at,
                })
            },
        )
        .await
    }

    /// Requests that carried a key for their repetition. What was answered is sealed, and goes within a day.
    async fn retries(&mut self) -> anyhow::Result<()> {
        let mine = idempotency_key::Entity::find()
            .select_only()
            .column(idempotency_key::Column::CreatedAt)
            .filter(idempotency_key::Column::AccountId.eq(self.account.id))
            .order_by_asc(idempotency_key::Column::CreatedAt);
        self.document.begin_list("requestsWithAKey")?;
        for created_at in mine.into_tuple::<Timestamp>().all(self.db).await? {
            self.document.item(&json!({"createdAt": created_at})).await?;
        }
        self.document.end_list();
        Ok(())
    }

    async fn memberships(&mut self) -> anyhow::Result<()> {
        let mine = membership::Entity::find().filter(membership::Column::AccountId.eq(self.account.id));
        let mine = mine.order_by_asc(membership::Column::CreatedAt).all(self.db).await?;
        let asked = member_invitation::Entity::find()
            .filter(member_invitation::Column::EmailKey.eq(&self.account.email_key))
            .order_by_asc(member_invitation::Column::CreatedAt);
        let asked = asked.all(self.db).await?;
        let named = mine.iter().map(|row| row.employer_id).chain(asked.iter().map(|row| row.employer_id));
        let employers = employers(self.db, named).await?;
        self.document.begin_list("memberships")?;
        for row in mine {
            let name = employers.get(&row.employer_id);
            self.document.item(&json!({"employer": name, "role": row.role, "since": row.created_at})).await?;
        }
        self.document.end_list();
        self.document.begin_list("invitationsToBecomeAMember")?;
        for row in asked {
            let name = employers.get(&row.employer_id);
            self.document.item(&json!({"employer": name, "role": row.role, "createdAt": row.created_at})).await?;
        }
        self.document.end_list();
        Ok(())
    }

    async fn sessions(&mut self) -> anyhow::Result<()> {
        let mine = session::Entity::find().filter(session::Column::AccountId.eq(self.account.id));
        self.rows(
            "sessions",
            mine,
            session::Column::Id,
            |row| row.id,
            |row| {
                json!({
                    "userAgent": row.user_agent, "createdAt": row.created_at, "lastUsedAt": row.last_used_at,
                    "expiresAt": row.expires_at, "revokedAt": row.revoked_at,
                })
            },
        )
        .await
    }

    async fn mails(&mut self) -> anyhow::Result<()> {
        let mine = mail::Entity::find().filter(mail::Column::AccountId.eq(self.account.id));
        // What they say stands in the mailbox; the outbox forgets it once they have left.
        self.rows(
            "mails",
            mine,
            mail::Column::Id,
            |row| row.id,
            |row| json!({"recipient": row.recipient, "createdAt": row.created_at, "sentAt": row.sent_at}),
        )
        .await
    }

    async fn reports(&mut self) -> anyhow::Result<()> {
        self.document.begin_list("reports")?;
        let mut last = None;
        loop {
            let mine = posting_report::Entity::find().filter(posting_report::Column::AccountId.eq(self.account.id));
            let rows = page(mine, posting_report::Column::Id, last).all(self.db).await?;
            let Some(end) = rows.last() else { break };
            last = Some(end.id);
            let cases = moderation_case::Entity::find()
                .filter(moderation_case::Column::Id.is_in(rows.iter().map(|row| row.case_id)));
            let cases: HashMap<_, _> = cases.all(self.db).await?.into_iter().map(|row| (row.id, row)).collect();
            let postings = postings(self.db, cases.values().filter_map(|case| case.posting_id)).await?;
            for row in rows {
                let posting = cases.get(&row.case_id).and_then(|case| postings.get(&case.posting_id?));
                let report =
                    json!({"posting": posting, "reason": row.reason, "text": row.body, "createdAt": row.created_at});
                self.document.item(&report).await?;
            }
        }
        self.document.end_list();
        Ok(())
    }

    async fn exports(&mut self) -> anyhow::Result<()> {
        let mine = account_export::Entity::find().filter(account_export::Column::AccountId.eq(self.account.id));
        self.rows(
            "exports",
            mine,
            account_export::Column::Id,
            |row| row.id,
            |row| json!({"requestedAt": row.requested_at, "readyAt": row.ready_at}),
        )
        .await
    }

    async fn log(&mut self) -> anyhow::Result<()> {
        let me = self.account.id;
        let mine = Condition::any().add(audit_entry::Column::ActorId.eq(me)).add(audit_entry::Column::SubjectId.eq(me));
        let mine = audit_entry::Entity::find().filter(mine);
        self.rows(
            "auditLog",
            mine,
            audit_entry::Column::Id,
            |row| row.id,
            |row| {
                // From where an administrator acted is about the administrator.
                let is_own = row.actor_id.is_none() || row.actor_id == Some(me);
                json!({"action": row.action, "at": row.at, "ipAddress": row.ip_address.filter(|_| is_own)})
            },
        )
        .await
    }

    /// Writes a list of the rows of one table.
    async fn rows<E: EntityTrait<Model: FromQueryResult>>(
        &mut self,
        name: &str,
        select: Select<E>,
        column: E::Column,
        id: impl Fn(&E::Model) -> Uuid,
        value: impl Fn(E::Model) -> Value,
    ) -> anyhow::Result<()> {
        self.document.begin_list(name)?;
        let mut last = None;
        loop {
            let rows = page(select.clone(), column, last).all(self.db).await?;
            let Some(end) = rows.last() else { break };
            last = Some(id(end));
            for row in rows {
                self.document.item(&value(row)).await?;
            }
        }
        self.document.end_list();
        Ok(())
    }
}

/// The next rows behind the last identifier.
fn page<E: EntityTrait>(select: Select<E>, id: E::Column, last: Option<Uuid>) -> Select<E> {
    let select = select.order_by_asc(id).limit(BATCH);
    match last {
        Some(last) => select.filter(id.gt(last)),
        None => select,
    }
}
