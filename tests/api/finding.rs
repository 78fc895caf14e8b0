//! How employers find people who want to be found, and ask them to apply.

use serde_json::{Value, json};

use crate::support::{Actor, TestApp, on_both_databases, text};

const FIND: &str = "query($filter: CandidateFilter, $order: [CandidateOrder!], $posting: ID) {
    candidates(filter: $filter, orderBy: $order, matchPosting: $posting) {
        totalCount edges { node { id name headline expectedPay { period } account { email } } } } }";

async fn person(app: &TestApp, name: &str, mut profile: Value) -> (Actor, String) {
    let actor = app.account(name).await;
    profile["headline"] = json!(name);
    let made = actor.act("candidateUpdate", profile, "candidate { id }").await.good();
    (actor, text(&made["candidate"]["id"]))
}

fn names(found: &Value) -> Vec<String> {
    found["candidates"]["edges"].as_array().expect("edges").iter().map(|edge| text(&edge["node"]["headline"])).collect()
}

on_both_databases! {
    async fn only_those_who_want_to_are_found(app: TestApp) {
        let (owner, _) = app.employer("Analytical Engines").await;
        let visible = json!({"visibility": "EMPLOYERS", "targetRoles": ["backend-developer"], "remote": true,
            "targetPlaces": [{"countryCode": "DE"}], "skills": [{"skill": "rust", "level": 4, "months": 40}],
            "expectedPay": {"amount": "90000", "currency": "EUR", "period": "YEAR"}});
        person(app, "Ada", visible).await;
        person(app, "Bob", json!({"visibility": "PRIVATE", "skills": [{"skill": "rust", "level": 5}]})).await;
        person(app, "Cy", json!({"visibility": "EMPLOYERS", "searchStatus": "CLOSED"})).await;
        person(app, "Di", json!({"visibility": "EMPLOYERS", "homePlace": {"countryCode": "FR"}, "skills": [{"skill": "rust", "level": 2}]})).await;
        let find = async |filter: Value| names(&owner.ask(FIND, json!({ "filter": filter })).await);
        assert_eq!(find(json!({})).await, ["Di", "Ada"], "last changed first");
        assert_eq!(find(json!({"roles": ["backend-developer"]})).await, ["Ada"]);
        assert_eq!(find(json!({"skills": [{"skill": "rust"}]})).await, ["Di", "Ada"]);
        assert_eq!(find(json!({"skills": [{"skill": "rust", "minLevel": 3, "minMonths": 36}]})).await, ["Ada"]);
        assert_eq!(find(json!({"places": [{"country": "FR"}]})).await, ["Di"]);
        assert_eq!(find(json!({"places": [{"country": "DE"}, {"country": "FR"}]})).await, ["Di", "Ada"]);
        assert_eq!(find(json!({"remote": true})).await, ["Ada"]);
        assert_eq!(find(json!({"searchStatuses": ["OPEN"]})).await, Vec::<String>::new());
        let found = owner.ask(FIND, json!({})).await;
        for edge in found["candidates"]["edges"].as_array().expect("edges") {
            assert_eq!((&edge["node"]["expectedPay"], &edge["node"]["account"]), (&Value::Null, &Value::Null));
        }
    }

    async fn only_members_of_verified_employers_look(app: TestApp) {
        person(app, "Ada", json!({"visibility": "EMPLOYERS"})).await;
        let unverified = app.account("Newcomer").await;
        unverified.create_employer("Newcomer").await;
        assert_eq!(app.anonymous().send(FIND, json!({})).await.code(), "UNAUTHENTICATED");
        for who in [app.account("Eve").await, unverified, app.administrator().await] {
            assert_eq!(who.send(FIND, json!({})).await.code(), "FORBIDDEN");
        }
    }

    async fn people_are_listed_by_fit(app: TestApp) {
        let (owner, employer) = app.employer("Analytical Engines").await;
        let (rival, _) = app.employer("Difference Engines").await;
        let asked = json!([{"skill": "rust", "importance": "REQUIRED", "minLevel": 3}, {"skill": "sql", "importance": "PREFERRED"}]);
        let posting = owner.posting(&employer, json!({"skillRequirements": asked})).await;
        for (name, skills) in [("Best", json!([{"skill": "rust", "level": 5}, {"skill": "sql"}])), ("None", json!([])), ("Good", json!([{"skill": "rust", "level": 3}]))] {
            person(app, name, json!({"visibility": "EMPLOYERS", "skills": skills})).await;
        }
        let variables = json!({"order": [{"field": "MATCH", "direction": "DESC"}], "posting": posting["id"]});
        assert_eq!(names(&owner.ask(FIND, variables.clone()).await), ["Best", "Good", "None"]);
        assert_eq!(rival.send(FIND, variables).await.code(), "BAD_USER_INPUT");
        let without = json!({"order": [{"field": "MATCH", "direction": "DESC"}]});
        assert_eq!(owner.send(FIND, without).await.code(), "BAD_USER_INPUT");
    }

    async fn a_person_is_asked_once_and_may_decline(app: TestApp) {
        let (owner, employer) = app.employer("Analytical Engines").await;
        let posting = owner.posting(&employer, json!({})).await;
        let draft = owner.draft(&employer, json!({})).await;
        let (ada, id) = person(app, "Ada", json!({"visibility": "EMPLOYERS"})).await;
        let (_, hidden) = person(app, "Bob", json!({})).await;
        let invite = async |who: &Actor, candidate: &str, posting: &Value| {
            let input = json!({"candidateId": candidate, "postingId": posting["id"], "message": "Come and build engines."});
            who.act("candidateInvite", input, "invitation { id candidate { name } message }").await
        };
        assert_eq!(invite(&owner, &hidden, &posting).await.refusals(), ["NOT_FOUND input.candidateId"]);
        assert_eq!(invite(&owner, "candidate_01jq0000000000000000000000", &posting).await.refusals(), ["NOT_FOUND input.candidateId"]);
        assert_eq!(invite(&owner, &id, &draft).await.refusals(), ["WRONG_STATE input.postingId"]);
        assert_eq!(invite(&ada, &id, &posting).await.refusals(), ["NOT_FOUND input.postingId"]);
        let made = invite(&owner, &id, &posting).await.good()["invitation"].clone();
        assert_eq!(made["candidate"]["name"], "Ada");
        assert_eq!(invite(&owner, &id, &posting).await.refusals(), ["TAKEN input.candidateId"]);
        let mine = "{ viewer { candidate { invitations { totalCount edges { node { id message declinedAt posting { title } } } } } } }";
        let listed = ada.ask(mine, json!({})).await["viewer"]["candidate"]["invitations"].clone();
        assert_eq!((&listed["totalCount"], &listed["edges"][0]["node"]["id"]), (&json!(1), &made["id"]));
        let decline = json!({"id": made["id"]});
        assert_eq!(app.account("Eve").await.act("invitationDecline", decline.clone(), "invitation { id }").await.refusals(), ["NOT_FOUND input.id"]);
        let declined = ada.act("invitationDecline", decline, "invitation { declinedAt }").await.good();
        assert!(declined["invitation"]["declinedAt"].is_string());
        let node = "query($id: ID!) { node(id: $id) { id } }";
        assert_eq!(app.employer("Difference Engines").await.0.ask(node, json!({"id": made["id"]})).await["node"], Value::Null);
    }

    async fn a_profile_is_shown_where_it_was_sent(app: TestApp) {
        let (owner, employer) = app.employer("Analytical Engines").await;
        let (rival, _) = app.employer("Difference Engines").await;
        let posting = owner.posting(&employer, json!({})).await;
        let (ada, id) = person(app, "Ada", json!({"expectedPay": {"amount": "1", "currency": "EUR", "period": "HOUR"}})).await;
        let node = "query($id: ID!) { node(id: $id) { ... on Candidate { headline expectedPay { period } } } }";
        assert_eq!(owner.ask(node, json!({ "id": id })).await["node"], Value::Null);
        ada.act("applicationSubmit", json!({"postingId": posting["id"]}), "application { id }").await.good();
        assert_eq!(owner.ask(node, json!({ "id": id })).await["node"], json!({"headline": "Ada", "expectedPay": null}));
        assert_eq!(rival.ask(node, json!({ "id": id })).await["node"], Value::Null);
    }
}
