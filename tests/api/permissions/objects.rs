//! The objects whose fields are held against the table: one of each kind, with every field filled.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::Who;
use crate::files::resume;
use crate::inputs::bases::{Board, base};
use crate::support::Actor;

/// An object and whose it is.
pub struct Object {
    pub id: Value,
    pub own: Actor,
}

/// One object of every personal kind: a candidate's that applied to the first employer, and the employer's own.
pub async fn objects(board: &Board<'_>) -> BTreeMap<&'static str, Object> {
    let ada = board.app.account("Ada").await;
    let (_, profile) = base(board, "candidateUpdate").await;
    let mut profile = profile;
    profile["visibility"] = json!("PRIVATE");
    profile.as_object_mut().expect("an object").remove("version");
    let candidate = ada.act("candidateUpdate", profile, "candidate { id }").await.good()["candidate"]["id"].clone();
    let owner = &board.owner;
    let question = json!([{"text": "May you?", "kind": "YES_NO", "isRequired": true}]);
    let posting = owner.posting(&board.employer, json!({"externalId": "A-1", "questions": question})).await;
    let resume = resume(board.app, &ada).await["id"].clone();
    let input = json!({"postingId": posting["id"], "resumeId": resume, "coverLetter": "I build engines.",
        "answers": [{"question": 0, "value": {"yesNo": true}}]});
    let submitted =
        ada.act("applicationSubmit", input, "application { id version }").await.good()["application"].clone();
    let application = submitted["id"].clone();
    let note = owner.act("applicationNote", json!({"id": application, "body": "Strong."}), "note { id }").await.good();
    owner.act("applicationRate", json!({"id": application, "stars": 4}), "application { id }").await.good();
    let step = json!({"id": application, "version": submitted["version"], "to": "REJECTED", "reason": "Too far."});
    owner.act("applicationMove", step, "application { id }").await.good();
    let found = board.app.account("Found").await;
    let visible = found.act("candidateUpdate", json!({"visibility": "EMPLOYERS"}), "candidate { id }").await.good();
    let invite = board.invitation(&visible["candidate"]["id"]).await;
    let invitation = owner.act("candidateInvite", invite, "invitation { id }").await.good();
    let session = ada.ask("{ viewer { sessions { id } } }", json!({})).await["viewer"]["sessions"][0]["id"].clone();
    let members = "query($id: ID!) { employer(id: $id) { members { edges { node { id name } } } } }";
    let member =
        owner.ask(members, json!({"id": board.employer})).await["employer"]["members"]["edges"][0]["node"]["id"]
            .clone();
    let report = json!({"postingId": posting["id"], "reason": "SPAM", "text": "It sells looms."});
    let report = ada.act("postingReport", report, "report { id }").await.good();
    let export = ada.ask("mutation { accountExport { export { id } } }", json!({})).await["accountExport"].clone();
    let events = "{ viewer { securityEvents { edges { node { id } } } } }";
    let event = ada.ask(events, json!({})).await["viewer"]["securityEvents"]["edges"][0]["node"]["id"].clone();
    let admin = &board.admin;
    let kept = "{ auditLog(first: 1) { edges { node { id } } } moderationQueue(first: 1) { edges { node { id } } } }";
    let kept = admin.ask(kept, json!({})).await;
    let first = |list: &str| kept[list]["edges"][0]["node"]["id"].clone();
    let (searcher, search) = base(board, "savedSearchDelete").await;
    let object = |id: Value, own: &Actor| Object { id, own: own.clone() };
    BTreeMap::from([
        ("Account", object(json!(ada.id), &ada)),
        ("Session", object(session, &ada)),
        ("Candidate", object(candidate, &ada)),
        ("Application", object(application, &ada)),
        ("Resume", object(resume, &ada)),
        ("ApplicationNote", object(note["note"]["id"].clone(), owner)),
        ("Invitation", object(invitation["invitation"]["id"].clone(), &found)),
        ("Member", object(member, owner)),
        ("MemberInvitation", object(board.member_invitation().await, owner)),
        ("AuditEntry", object(first("auditLog"), admin)),
        ("ModerationCase", object(first("moderationQueue"), admin)),
        ("SecurityEvent", object(event, &ada)),
        ("PostingReport", object(report["report"]["id"].clone(), &ada)),
        ("SavedSearch", object(search["id"].clone(), &searcher)),
        ("AccountExport", object(export["export"]["id"].clone(), &ada)),
        ("Posting", object(posting["id"].clone(), owner)),
        ("Employer", object(json!(board.employer), owner)),
    ])
}

/// Who sees objects of this kind at all.
#[expect(clippy::match_same_arms, reason = "a row for each kind of object")]
pub fn sees(kind: &str, who: Who) -> bool {
    match kind {
        "Session" | "SecurityEvent" | "AccountExport" | "SavedSearch" => who == Who::Own,
        "Account" | "PostingReport" => who == Who::Own || who == Who::Administrator,
        "AuditEntry" | "ModerationCase" => who == Who::Own || who == Who::Administrator,
        "Candidate" => who == Who::Own || who.is_member() || who == Who::Administrator,
        "Application" | "Resume" | "Invitation" => who == Who::Own || who.is_member(),
        "ApplicationNote" | "Member" => who.is_member(),
        "MemberInvitation" => who == Who::Owner,
        "Posting" | "Employer" => true,
        unknown => panic!("say in this table who sees {unknown}"),
    }
}
