//! Inviting people to an employer.

use chrono::TimeDelta;
use serde_json::json;

use crate::support::{Actor, Payload, TestApp, on_both_databases, text};

const SHOWN: &str = "invitation { id email role inviterName employer { name } }";

async fn invite(owner: &Actor, employer: &str, email: &str, role: &str) -> Payload {
    owner.act("memberInvite", json!({"employerId": employer, "email": email, "role": role}), SHOWN).await
}

async fn accept(actor: &Actor, token: &str) -> Payload {
    actor.act("memberInvitationAccept", json!({"token": token}), "member { id role isViewer employer { name } }").await
}

async fn revoke(actor: &Actor, id: &str) -> Payload {
    actor.act("memberInvitationRevoke", json!({"id": id}), "invitation { id }").await
}

const LIST: &str = "query($id: ID!) { employer(id: $id) { invitations { totalCount edges { node { id email } } } } }";

on_both_databases! {
    async fn a_person_is_invited_and_accepts(app: TestApp) {
        let (owner, employer) = app.employer("Analytical Engines").await;
        let made = invite(&owner, &employer, "ada@work.example", "RECRUITER").await.good();
        assert_eq!(made["invitation"]["role"], "RECRUITER");
        assert_eq!(made["invitation"]["inviterName"], "Analytical Engines");
        let seen = owner.ask(LIST, json!({"id": employer})).await;
        assert_eq!(seen["employer"]["invitations"]["edges"][0]["node"]["email"], "ada@work.example");
        let token = app.token("ada@work.example", "MEMBER_INVITED").await;
        // She signs in with another address: what counts is that she reads the mail of this one.
        let ada = app.account("Ada").await;
        assert_eq!(app.anonymous().send("mutation { memberInvitationAccept(input: {token: \"x\"}) { member { id } } }", json!({})).await.code(), "UNAUTHENTICATED");
        assert_eq!(accept(&ada, "nonsense").await.refusals(), ["BAD_CREDENTIALS input.token"]);
        let member = accept(&ada, &token).await.good();
        assert_eq!(member["member"]["role"], "RECRUITER");
        assert_eq!(member["member"]["isViewer"], true);
        assert_eq!(accept(&ada, &token).await.refusals(), ["BAD_CREDENTIALS input.token"]);
        let seen = owner.ask(LIST, json!({"id": employer})).await;
        assert_eq!(seen["employer"]["invitations"]["totalCount"], 0);
        ada.draft(&employer, json!({})).await;
    }

    async fn a_token_makes_one_member(app: TestApp) {
        let (owner, employer) = app.employer("Analytical Engines").await;
        invite(&owner, &employer, "ada@work.example", "REVIEWER").await.good();
        let token = app.token("ada@work.example", "MEMBER_INVITED").await;
        let (ada, bob) = (app.account("Ada").await, app.account("Bob").await);
        let (one, other) = tokio::join!(accept(&ada, &token), accept(&bob, &token));
        let refusals = [one.refusals(), other.refusals()].concat();
        assert_eq!(refusals, ["BAD_CREDENTIALS input.token"]);
    }

    async fn only_owners_invite_and_see_invitations(app: TestApp) {
        let (owner, employer) = app.employer("Analytical Engines").await;
        let recruiter = app.account("Recruiter").await;
        let input = json!({"employerId": employer, "email": recruiter.email, "role": "RECRUITER"});
        owner.act("memberAdd", input, "member { id }").await.good();
        let made = invite(&owner, &employer, "ada@work.example", "OWNER").await.good();
        let id = text(&made["invitation"]["id"]);
        let rival = app.employer("Difference Engines").await.0;
        for other in [&recruiter, &rival] {
            let refused = invite(other, &employer, "eve@work.example", "OWNER").await;
            assert_eq!(refused.answer.code(), "FORBIDDEN");
            assert_eq!(revoke(other, &id).await.refusals(), ["NOT_FOUND input.id"]);
            assert_eq!(other.ask(LIST, json!({"id": employer})).await["employer"]["invitations"], json!(null));
            assert_eq!(other.ask("query($id: ID!) { node(id: $id) { id } }", json!({"id": id})).await["node"], json!(null));
        }
        assert_eq!(app.anonymous().ask(LIST, json!({"id": employer})).await["employer"]["invitations"], json!(null));
        assert_eq!(owner.ask("query($id: ID!) { node(id: $id) { id } }", json!({"id": id})).await["node"]["id"], id.as_str());
        assert!(app.letters("eve@work.example", "MEMBER_INVITED").await.is_empty());
    }

    async fn an_invitation_ends(app: TestApp) {
        let (owner, employer) = app.employer("Analytical Engines").await;
        let ada = app.account("Ada").await;
        let made = invite(&owner, &employer, "ada@work.example", "OWNER").await.good();
        assert_eq!(invite(&owner, &employer, "Ada@Work.example", "OWNER").await.refusals(), ["TAKEN input.email"]);
        let id = text(&made["invitation"]["id"]);
        let revoked = app.token("ada@work.example", "MEMBER_INVITED").await;
        revoke(&owner, &id).await.good();
        assert_eq!(revoke(&owner, &id).await.refusals(), ["NOT_FOUND input.id"]);
        assert_eq!(accept(&ada, &revoked).await.refusals(), ["BAD_CREDENTIALS input.token"]);
        invite(&owner, &employer, "ada@work.example", "OWNER").await.good();
        let late = app.token("ada@work.example", "MEMBER_INVITED").await;
        app.app.state.clock.advance(TimeDelta::days(8));
        let (ada, owner) = (ada.sign_in_again().await, owner.sign_in_again().await);
        assert_eq!(accept(&ada, &late).await.refusals(), ["BAD_CREDENTIALS input.token"]);
        // One that is too old makes room for the next.
        invite(&owner, &employer, "ada@work.example", "OWNER").await.good();
    }

    async fn what_an_owner_began_ends_with_the_owner(app: TestApp) {
        let (owner, employer) = app.employer("Analytical Engines").await;
        let eve = app.account("Eve").await;
        let input = json!({"employerId": employer, "email": eve.email, "role": "OWNER"});
        let member = owner.act("memberAdd", input, "member { id }").await.good();
        invite(&eve, &employer, "eve@home.example", "OWNER").await.good();
        let token = app.token("eve@home.example", "MEMBER_INVITED").await;
        owner.act("memberRemove", json!({"id": member["member"]["id"]}), "removedMemberId").await.good();
        assert_eq!(accept(&eve, &token).await.refusals(), ["BAD_CREDENTIALS input.token"]);
    }

    async fn members_are_not_invited(app: TestApp) {
        let (owner, employer) = app.employer("Analytical Engines").await;
        let ada = app.account("Ada").await;
        let input = json!({"employerId": employer, "email": ada.email, "role": "REVIEWER"});
        owner.act("memberAdd", input, "member { id }").await.good();
        assert_eq!(invite(&owner, &employer, &ada.email, "OWNER").await.refusals(), ["TAKEN input.email"]);
        assert_eq!(invite(&owner, &employer, "nonsense", "OWNER").await.refusals(), ["INVALID input.email"]);
        // A member who holds a token that went to another address stays what she is.
        invite(&owner, &employer, "ada@work.example", "OWNER").await.good();
        let token = app.token("ada@work.example", "MEMBER_INVITED").await;
        assert_eq!(accept(&ada, &token).await.refusals(), ["TAKEN input.token"]);
        let seen = ada.ask("query($id: ID!) { employer(id: $id) { viewerRole } }", json!({"id": employer})).await;
        assert_eq!(seen["employer"]["viewerRole"], "REVIEWER");
    }

    async fn fifty_invitations_a_day_are_enough(app: TestApp) {
        let (owner, employer) = app.employer("Analytical Engines").await;
        for number in 0..50 {
            invite(&owner, &employer, &format!("person-{number}@example.org"), "REVIEWER").await.good();
        }
        let other = owner.create_employer("Another").await;
        let refused = invite(&owner, &other, "person-51@example.org", "REVIEWER").await;
        assert_eq!(refused.refusals(), ["NOT_ALLOWED input.email"]);
    }
}
