//! The audit log, moderation and suspension.

mod audit;
mod moderation;
mod suspension;

use rolecall::entities::{account, mail};
use rolecall::ids::{self, Kind};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, Set};
use serde_json::{Value, json};

use crate::support::{Actor, TestApp};

/// Everyone who must be turned away where only administrators may go, with what they are told.
pub async fn outsiders(app: &TestApp, employer: &str, owner: &Actor) -> Vec<(&'static str, Actor, &'static str)> {
    let (recruiter, reviewer) = (app.account("Recruiter").await, app.account("Reviewer").await);
    for (who, role) in [(&recruiter, "RECRUITER"), (&reviewer, "REVIEWER")] {
        let member = json!({"employerId": employer, "email": who.email, "role": role});
        owner.act("memberAdd", member, "member { id }").await.good();
    }
    vec![
        ("anonymous", app.anonymous(), "UNAUTHENTICATED"),
        ("candidate", app.account("Candidate").await, "FORBIDDEN"),
        ("recruiter", recruiter, "FORBIDDEN"),
        ("reviewer", reviewer, "FORBIDDEN"),
        ("owner", owner.clone(), "FORBIDDEN"),
        ("other owner", app.employer("Difference Engines").await.0, "FORBIDDEN"),
    ]
}

/// Makes an account one whose address is proven, so that it gets mails.
pub async fn prove_address(app: &TestApp, who: &Actor) {
    let now = app.app.state.clock.now();
    let id = ids::decode(Kind::Account, &who.id).expect("an account");
    let row = account::ActiveModel { id: Set(id), email_verified_at: Set(Some(now)), ..Default::default() };
    row.update(app.app.state.db.writes()).await.expect("updated");
}

/// The letters to an address, oldest first, without those that ask to prove it.
pub async fn letters(app: &TestApp, who: &Actor) -> Vec<Value> {
    let mine = mail::Entity::find().filter(mail::Column::Recipient.eq(&who.email)).order_by_asc(mail::Column::Id);
    let rows = mine.all(app.app.state.db.reads()).await.expect("mails");
    let letters = rows.into_iter().filter_map(|row| row.letter);
    letters.filter(|letter| letter["kind"] != "VERIFY_ADDRESS").collect()
}

/// Actions of the audit log about one subject, newest first.
pub async fn actions_on(admin: &Actor, subject: &Value) -> Vec<String> {
    let query = "query($filter: AuditFilter) { auditLog(filter: $filter, first: 100) { edges { node { action } } } }";
    let log = admin.ask(query, json!({"filter": {"subject": subject}})).await;
    let edges = log["auditLog"]["edges"].as_array().expect("edges").clone();
    edges.iter().map(|edge| crate::support::text(&edge["node"]["action"])).collect()
}
