//! Employers and their members.

use serde_json::json;

use crate::support::{TestApp, on_both_databases};

on_both_databases! {
    async fn whoever_makes_an_employer_owns_it(app: TestApp) {
        let ada = app.account("Ada").await;
        let first = ada.act("employerCreate", json!({"name": "Analytical Engines"}), "employer { id slug isVerified viewerRole }").await.good();
        assert_eq!(first["employer"]["slug"], "analytical-engines");
        assert_eq!(first["employer"]["viewerRole"], "OWNER");
        assert_eq!(first["employer"]["isVerified"], false);
        let second = ada.act("employerCreate", json!({"name": "Analytical Engines"}), "employer { slug }").await.good();
        assert_eq!(second["employer"]["slug"], "analytical-engines-2");
        let anonymous = app.anonymous().act("employerCreate", json!({"name": "X"}), "employer { id }").await;
        assert_eq!(anonymous.answer.code(), "UNAUTHENTICATED");
    }

    async fn the_last_owner_stays(app: TestApp) {
        let (owner, employer) = app.employer("Analytical Engines").await;
        let colleague = app.account("Colleague").await;
        let add = json!({"employerId": employer, "email": colleague.email, "role": "RECRUITER"});
        owner.act("memberAdd", add, "member { id role }").await.good();
        let seen = owner.ask(
            "query($id: ID!) { employer(id: $id) { members { totalCount edges { node { id role } } } } }",
            json!({"id": employer})).await;
        assert_eq!(seen["employer"]["members"]["totalCount"], 2);
        let me = seen["employer"]["members"]["edges"][0]["node"]["id"].clone();
        let refused = owner.act("memberRemove", json!({"id": me}), "employer { id }").await;
        assert_eq!(refused.refusals(), ["LAST_OWNER input.id"]);
        let hidden = app.anonymous().ask(
            "query($id: ID!) { employer(id: $id) { name members { totalCount } } }", json!({"id": employer})).await;
        assert_eq!(hidden["employer"]["members"], json!(null));
    }

    async fn a_recruiter_writes_and_a_reviewer_does_not(app: TestApp) {
        let (owner, employer) = app.employer("Analytical Engines").await;
        for (name, role) in [("Rita", "RECRUITER"), ("Vera", "REVIEWER")] {
            let member = app.account(name).await;
            let add = json!({"employerId": employer, "email": member.email, "role": role});
            owner.act("memberAdd", add, "member { id }").await.good();
            let input = json!({"employerId": employer, "title": "Job", "description": "d".repeat(30)});
            let made = member.act("postingCreate", input, "posting { id }").await;
            if role == "RECRUITER" {
                made.good();
            } else {
                assert_eq!(made.answer.code(), "FORBIDDEN");
            }
        }
    }
}
