//! Who may do what.

use super::{Who, missing, outcome, viewers};
use crate::inputs::bases::{Board, base};
use crate::inputs::fingerprint::fingerprint;
use crate::inputs::probe;
use crate::inputs::schema::Inputs;
use crate::support::{TestApp, on_both_databases};

/// To whom an action is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Open {
    /// Everyone, signed in or not: what it needs is in the input.
    ToAll,
    /// Everyone who is signed in, for themselves.
    ToSelf,
    /// To those alone whose object it is.
    ToOwn,
    /// Members of the employer, at least of this kind. To everyone else the object does not exist.
    ToMembers(Who),
    /// The same, and it does not exist to other members either.
    ToMembersOnly(Who),
    /// The same for an employer, which everyone can see.
    OfPublic(Who),
    /// Everyone who is signed in and holds a token. Not tried: it makes a member of whoever has it.
    ByToken,
    Administrators,
    /// Everyone who is signed in, for themselves, and who knows the password.
    ByPassword,
}

/// The table.
fn open(mutation: &str) -> Open {
    match mutation {
        "accountRegister"
        | "sessionCreate"
        | "sessionRefresh"
        | "emailVerify"
        | "emailChange"
        | "passwordReset"
        | "passwordResetRequest" => Open::ToAll,
        "memberInvitationAccept" => Open::ByToken,
        "emailChangeRequest"
        | "emailVerificationRequest"
        | "notificationUpdate"
        | "sessionsRevokeAll"
        | "passwordChange"
        | "employerCreate"
        | "candidateUpdate"
        | "applicationSubmit"
        | "postingReport"
        | "postingSave"
        | "postingUnsave"
        | "savedSearchCreate"
        | "accountExport"
        | "uploadCreate" => Open::ToSelf,
        "accountErase" => Open::ByPassword,
        "sessionRevoke"
        | "applicationWithdraw"
        | "applicationOfferAccept"
        | "applicationOfferDecline"
        | "resumeAdd"
        | "resumeRename"
        | "resumeRemove"
        | "savedSearchUpdate"
        | "savedSearchDelete"
        | "savedSearchMarkSeen"
        | "invitationDecline" => Open::ToOwn,
        "applicationNote" | "applicationRate" => Open::ToMembers(Who::Reviewer),
        "postingCreate" | "postingUpdate" | "postingsSync" | "postingPublish" | "postingSubmit" | "postingPause"
        | "postingResume" | "postingClose" | "postingDelete" | "applicationMove" | "applicationsMove"
        | "candidateInvite" => Open::ToMembers(Who::Recruiter),
        "memberUpdate" | "memberRemove" => Open::ToMembers(Who::Owner),
        "memberInvitationRevoke" => Open::ToMembersOnly(Who::Owner),
        "memberAdd" | "memberInvite" | "employerUpdate" | "employerVerificationRequest" => Open::OfPublic(Who::Owner),
        "employerVerify" | "postingReview" | "moderationDecide" | "accountSuspend" | "accountReinstate" => {
            Open::Administrators
        }
        unknown => panic!("say in this table who may do {unknown}"),
    }
}

/// What a viewer is told who may not.
fn refusal(open: Open, who: Who) -> Option<&'static str> {
    let signed_in = who != Who::Nobody;
    match open {
        Open::ToAll => None,
        _ if !signed_in => Some("UNAUTHENTICATED"),
        Open::ToSelf | Open::ByToken => None,
        Open::ToMembersOnly(least) => (!who.is_member() || who < least).then_some("NOT_FOUND"),
        Open::ByPassword => Some("BAD_CREDENTIALS"),
        Open::ToOwn => (who != Who::Own).then_some("NOT_FOUND"),
        Open::ToMembers(least) | Open::OfPublic(least) if who.is_member() => (who < least).then_some("FORBIDDEN"),
        Open::ToMembers(_) => Some("NOT_FOUND"),
        Open::OfPublic(_) => Some("FORBIDDEN"),
        Open::Administrators => (who != Who::Administrator).then_some("FORBIDDEN"),
    }
}

on_both_databases! {
    async fn every_mutation_is_open_to_those_in_the_table_alone(app: TestApp) {
        let inputs = Inputs::read();
        let board = Board::new(app).await;
        let viewers = viewers(&board).await;
        let mut wrong = Vec::new();
        for mutation in inputs.mutations() {
            let rule = open(&mutation);
            if inputs.input_of(&mutation).is_none() || rule == Open::ToAll {
                continue;
            }
            let query = probe(&inputs, &mutation);
            for (who, viewer) in &viewers {
                if rule == Open::ByToken && *who != Who::Nobody {
                    continue;
                }
                let (_, input) = base(&board, &mutation).await;
                let before = fingerprint(&app.app.state.db).await;
                let told = outcome(&viewer.send(&query, serde_json::json!({"input": input})).await, &mutation);
                let Some(expected) = refusal(rule, *who) else {
                    if rule != Open::ToSelf && told != "DONE" {
                        wrong.push(format!("{mutation} by {who:?}: {told}, not DONE"));
                    }
                    continue;
                };
                // An item of many is refused by itself.
                let expected = if mutation == "applicationsMove" && expected == "FORBIDDEN" { "NOT_ALLOWED" } else { expected };
                if !told.starts_with(expected) {
                    wrong.push(format!("{mutation} by {who:?}: {told}, not {expected}"));
                }
                if fingerprint(&app.app.state.db).await != before {
                    wrong.push(format!("{mutation} by {who:?}: refused, and something changed"));
                }
                let absent = viewer.send(&query, serde_json::json!({"input": missing(&input)})).await;
                let absent = outcome(&absent, &mutation);
                let is_secret = !who.is_member() && !matches!(rule, Open::OfPublic(_));
                if is_secret && absent != told {
                    wrong.push(format!("{mutation} by {who:?}: {told} for what is there, {absent} for what is not"));
                }
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }
}
