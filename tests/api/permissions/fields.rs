//! Who sees which field of what is personal.

use serde_json::{Value, json};

use super::objects::{Object, objects, sees};
use super::{Who, missing, viewers};
use crate::inputs::bases::Board;
use crate::inputs::schema::Inputs;
use crate::support::{TestApp, on_both_databases};

/// Kinds of objects that hold nothing personal, and those that are reached through a personal one alone, whose fields
/// need no row of their own.
const PUBLIC: &[&str] =
    &["CitedDemand", "CitedSalary", "Course", "Industry", "Outlook", "Place", "Role", "Skill", "TrainingPath"];

/// What nothing on the board has.
const EMPTY: &[&str] = &["rejectReason", "verificationRequestedAt"];

/// Who sees a field of an object that they see: those who see the object if there is no other word for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::enum_variant_names, reason = "they read as a sentence: shown to members")]
enum Shown {
    /// To everyone who sees the object; it may be empty.
    ToAll,
    /// To whom it belongs.
    ToOwn,
    /// To members of the employer.
    ToMembers,
    /// To owners of the employer.
    ToOwners,
    /// To members and administrators.
    ToStaff,
    /// To administrators.
    ToAdministrators,
}

/// The table.
#[expect(clippy::match_same_arms, reason = "a row for each kind of object")]
fn shown(kind: &str, field: &str) -> Shown {
    match (kind, field) {
        (
            "Account",
            "id" | "email" | "isEmailVerified" | "name" | "isAdmin" | "createdAt" | "sessions" | "candidate"
            | "applications" | "employers",
        ) => Shown::ToAll,
        ("Account", "savedPostings" | "savedSearches") | ("Posting", "viewerHasSaved" | "viewerSavedAt") => {
            Shown::ToAll
        }
        (
            "SavedSearch",
            "id" | "name" | "search" | "filter" | "alerts" | "newMatchCount" | "seenAt" | "lastAlertedAt" | "postings"
            | "createdAt" | "version",
        ) => Shown::ToAll,
        ("MemberInvitation", "id" | "employer" | "email" | "role" | "inviterName" | "createdAt" | "expiresAt") => {
            Shown::ToAll
        }
        ("Account", "unwantedNotifications" | "suspendedAt" | "suspensionReason" | "exports") => Shown::ToAll,
        ("Account", "securityEvents") => Shown::ToOwn,
        ("Employer", "verificationRequestedAt") => Shown::ToMembers,
        (
            "AuditEntry",
            "id" | "action" | "at" | "actorId" | "actor" | "subjectId" | "subject" | "ipAddress" | "requestId"
            | "details",
        )
        | ("SecurityEvent", "id" | "action" | "at" | "ipAddress")
        | (
            "ModerationCase",
            "id" | "kind" | "status" | "openedAt" | "employer" | "posting" | "note" | "reports" | "decision" | "reason"
            | "decidedBy" | "decidedAt",
        )
        | ("AccountExport", "id" | "status" | "requestedAt" | "readyAt" | "expiresAt" | "size" | "url")
        | ("PostingReport", "id" | "posting" | "reason" | "text" | "createdAt" | "status") => Shown::ToAll,
        ("PostingReport", "reporter") => Shown::ToAdministrators,
        ("Employer", "invitations") => Shown::ToOwners,
        ("Session", "id" | "createdAt" | "lastUsedAt" | "expiresAt" | "userAgent" | "isCurrent") => Shown::ToAll,
        ("Candidate", "expectedPay" | "account" | "invitations" | "resumes") => Shown::ToOwn,
        (
            "Candidate",
            "id" | "name" | "headline" | "about" | "homePlace" | "searchStatus" | "visibility" | "targetRoles"
            | "targetPlaces" | "remote" | "skills" | "experience" | "education" | "createdAt" | "updatedAt" | "version"
            | "viewerCanUpdate",
        ) => Shown::ToAll,
        ("Application", "notes" | "ratings") => Shown::ToMembers,
        (
            "Application",
            "id" | "status" | "submittedAt" | "updatedAt" | "version" | "posting" | "postingCopy" | "candidate"
            | "resume" | "coverLetter" | "answers" | "reason" | "match" | "events" | "viewerCanMoveTo",
        ) => Shown::ToAll,
        ("Resume", "id" | "title" | "fileName" | "contentType" | "size" | "sha256" | "createdAt" | "url") => {
            Shown::ToAll
        }
        ("ApplicationNote", "id" | "body" | "author" | "createdAt") => Shown::ToAll,
        ("Invitation", "id" | "posting" | "candidate" | "message" | "createdAt" | "declinedAt" | "application") => {
            Shown::ToAll
        }
        ("Member", "id" | "employer" | "role" | "name" | "email" | "isViewer" | "createdAt") => Shown::ToAll,
        ("Posting", "applications") => Shown::ToMembers,
        ("Posting", "externalId" | "rejectReason") => Shown::ToStaff,
        (
            "Posting",
            "id" | "title" | "description" | "language" | "status" | "isOpen" | "version" | "createdAt" | "updatedAt"
            | "publishedAt" | "validThrough" | "closedAt" | "closeReason" | "employer" | "role" | "industry"
            | "employmentTypes" | "workplace" | "places" | "applicantCountries" | "isWorldwide" | "experienceLevel"
            | "experienceMonths" | "education" | "openings" | "payStatus" | "pay" | "benefits" | "skillRequirements"
            | "applyKind" | "applyTarget" | "questions" | "similar" | "match" | "viewerApplication" | "competition"
            | "viewerCanUpdate" | "jsonLd",
        ) => Shown::ToAll,
        ("Employer", "members" | "viewerRole") => Shown::ToMembers,
        (
            "Employer",
            "id"
            | "slug"
            | "name"
            | "about"
            | "website"
            | "industry"
            | "headcount"
            | "isVerified"
            | "verifiedAt"
            | "places"
            | "createdAt"
            | "updatedAt"
            | "version"
            | "viewerCanUpdate"
            | "viewerCanManageMembers"
            | "postings",
        ) => Shown::ToAll,
        _ => panic!("say in this table who sees {kind}.{field}"),
    }
}

fn is_shown(shown: Shown, who: Who) -> bool {
    match shown {
        Shown::ToAll => true,
        Shown::ToOwn => who == Who::Own,
        Shown::ToMembers => who.is_member(),
        Shown::ToOwners => who == Who::Owner,
        Shown::ToStaff => who.is_member() || who == Who::Administrator,
        Shown::ToAdministrators => who == Who::Administrator,
    }
}

/// A field with what has to be selected of it.
fn selection(inputs: &Inputs, kind: &str, field: &str) -> String {
    if inputs.is_leaf(kind, field) { field.to_owned() } else { format!("{field} {{ __typename }}") }
}

on_both_databases! {
    async fn every_field_is_shown_to_those_in_the_table_alone(app: TestApp) {
        let inputs = Inputs::read();
        let board = Board::new(app).await;
        let objects = objects(&board).await;
        let viewers = viewers(&board).await;
        let mut wrong = Vec::new();
        for kind in inputs.nodes() {
            if PUBLIC.contains(&kind.as_str()) {
                continue;
            }
            let Object { id, own } = objects.get(kind.as_str()).unwrap_or_else(|| panic!("objects() has no {kind}"));
            let mut viewers = viewers.clone();
            viewers.insert(Who::Own, own.clone());
            let fields = inputs.fields(&kind);
            let rows: Vec<_> = fields.iter().map(|field| (field, shown(&kind, field))).collect();
            let selections: Vec<_> = fields.iter().map(|field| selection(&inputs, &kind, field)).collect();
            let query = format!("query($id: ID!) {{ node(id: $id) {{ ... on {kind} {{ {} }} }} }}", selections.join(" "));
            for (who, viewer) in &viewers {
                // Whoever owns an employer's object is its owner too.
                let who = if *who == Who::Own && own.id == board.owner.id { Who::Owner } else { *who };
                let node = viewer.ask(&query, json!({ "id": id })).await["node"].clone();
                if node.is_null() == sees(&kind, who) {
                    wrong.push(format!("{kind} by {who:?}: {}", if node.is_null() { "hidden" } else { "shown" }));
                }
                if node.is_null() {
                    let absent = viewer.send(&query, json!({"id": missing(id)})).await;
                    assert_eq!(absent.body["data"], json!({ "node": null }), "{kind} by {who:?}");
                    continue;
                }
                for (field, shown) in &rows {
                    if !is_shown(*shown, who) && node[field.as_str()] != Value::Null {
                        wrong.push(format!("{kind}.{field} by {who:?}: {}", node[field.as_str()]));
                    }
                    // What is kept from some must be there, or the table proves nothing.
                    if *shown != Shown::ToAll && !EMPTY.contains(&field.as_str()) && is_shown(*shown, who) && node[field.as_str()].is_null() {
                        wrong.push(format!("{kind}.{field} by {who:?}: nothing to see"));
                    }
                }
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }
}
