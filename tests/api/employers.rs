//! Employers and their members.

use serde_json::{Value, json};

use crate::support::{Actor, TestApp, on_both_databases};

const MEMBERS: &str = "query($id: ID!) { employer(id: $id) {
    viewerRole viewerCanUpdate viewerCanManageMembers members(first: 10) { totalCount edges { node { id role email isViewer } } }
} }";

const EMPLOYERS: &str =
    "query($search: String, $filter: EmployerFilter, $orderBy: [EmployerOrder!], $first: Int, $after: String) {
    employers(search: $search, filter: $filter, orderBy: $orderBy, first: $first, after: $after) {
        pageInfo { endCursor } edges { node { slug } }
    }
}";

const EMPLOYER: &str = "employer { id version slug name about website headcount industry { slug } places { countryCode city } verifiedAt }";

async fn slugs(actor: &Actor, variables: Value) -> Vec<String> {
    let data = actor.ask(EMPLOYERS, variables).await;
    let edges = data["employers"]["edges"].as_array().expect("edges").iter();
    edges.map(|edge| edge["node"]["slug"].as_str().expect("a slug").to_owned()).collect()
}

/// The employer as everyone sees it.
async fn reload(actor: &Actor, id: &str) -> Value {
    actor
        .ask(
            &format!("query($id: ID!) {{ employer(id: $id) {{ {} }} }}", &EMPLOYER[11..EMPLOYER.len() - 2]),
            json!({"id": id}),
        )
        .await
}

/// Identifier of an account's membership.
async fn member(seen_by: &Actor, employer: &str, person: &Actor) -> String {
    let data = seen_by.ask(MEMBERS, json!({"id": employer})).await;
    let edges = data["employer"]["members"]["edges"].as_array().expect("members");
    let mine = edges.iter().find(|edge| edge["node"]["email"] == person.email.as_str()).expect("a member");
    mine["node"]["id"].as_str().expect("an id").to_owned()
}

on_both_databases! {
    async fn who_makes_an_employer_owns_it(app: TestApp) {
        let ada = app.account("Ada").await;
        let input = json!({"name": "Analytical Engines", "website": "https://engines.example", "about": "We compute."});
        let made = ada.act("employerCreate", input.clone(), "employer { id slug name isVerified viewerRole }
            query { viewer { employers { role employer { slug } } } }").await.good();
        assert_eq!(made["employer"]["slug"], "analytical-engines");
        assert_eq!(made["employer"]["isVerified"], false);
        assert_eq!(made["employer"]["viewerRole"], "OWNER");
        let mine = json!([{"role": "OWNER", "employer": {"slug": "analytical-engines"}}]);
        assert_eq!(made["query"]["viewer"]["employers"], mine);
        let namesake = ada.act("employerCreate", input, "employer { slug }").await.good();
        assert_eq!(namesake["employer"]["slug"], "analytical-engines-2");
        let chosen = json!({"name": "Another", "slug": "analytical-engines"});
        assert_eq!(ada.act("employerCreate", chosen, "").await.refusals(), ["TAKEN input.slug"]);
        let nobody = app.anonymous().act("employerCreate", json!({"name": "Nobody's"}), "").await;
        assert_eq!(nobody.answer.code(), "UNAUTHENTICATED");
    }

    async fn everything_wrong_with_an_employer_is_told_at_once(app: TestApp) {
        let ada = app.account("Ada").await;
        let places = json!([
            {"countryCode": "ZZ"},
            {"countryCode": "US", "city": " "},
            {"countryCode": "US", "regionCode": "US-XX"},
            {"countryCode": "US"},
            {"countryCode": "US"},
        ]);
        let input = json!({"name": " ", "slug": "A", "industry": "no-such-industry", "about": "", "places": places});
        assert_eq!(ada.act("employerCreate", input, "").await.refusals(), [
            "REQUIRED input.name",
            "TOO_SHORT input.slug",
            "REQUIRED input.about",
            "NOT_FOUND input.industry",
            "REQUIRED input.places.1.city",
            "NOT_FOUND input.places.0.countryCode",
            "NOT_FOUND input.places.2.regionCode",
            "DUPLICATE input.places.4",
        ]);
        let places = vec![json!({"countryCode": "US"}); 21];
        let input = json!({"name": "Many", "places": places});
        assert_eq!(ada.act("employerCreate", input, "").await.refusals(), ["TOO_LONG input.places"]);
        assert!(slugs(&ada, json!({})).await.is_empty());
    }

    async fn an_update_keeps_what_is_absent_and_clears_what_is_null(app: TestApp) {
        let ada = app.account("Ada").await;
        let input = json!({"name": "Engines", "about": "We compute.", "website": "https://engines.example"});
        let made = ada.act("employerCreate", input, "employer { id }").await.good();
        let id = made["employer"]["id"].as_str().expect("an id");
        let changes = json!({
            "id": id, "version": 1, "about": null, "headcount": "SMALL", "industry": "financial-services",
            "places": [{"countryCode": "US", "regionCode": "US-NY", "city": "New York"}, {"countryCode": "DE"}],
        });
        let changed = ada.act("employerUpdate", changes, EMPLOYER).await.good();
        let expected = json!({
            "id": id, "version": 2, "slug": "engines", "name": "Engines", "about": null,
            "website": "https://engines.example", "headcount": "SMALL", "industry": {"slug": "financial-services"},
            "places": [{"countryCode": "US", "city": "New York"}, {"countryCode": "DE", "city": null}],
            "verifiedAt": null,
        });
        assert_eq!(changed["employer"], expected);
        let replaced = json!({"id": id, "version": 2, "places": [{"countryCode": "DE"}]});
        let replaced = ada.act("employerUpdate", replaced, EMPLOYER).await.good();
        assert_eq!(replaced["employer"]["places"], json!([{"countryCode": "DE", "city": null}]));
        let nameless = json!({"id": id, "version": 3, "name": null, "slug": null});
        let refusals = ada.act("employerUpdate", nameless, "").await.refusals();
        assert_eq!(refusals, ["REQUIRED input.name", "REQUIRED input.slug"]);
    }

    async fn only_an_owner_who_saw_the_latest_version_changes_an_employer(app: TestApp) {
        let (ada, id) = app.employer("Engines").await;
        let bob = app.account("Bob").await;
        let before = reload(&app.anonymous(), &id).await;
        let changes = |version: i32| json!({"id": id, "version": version, "name": "Mine"});
        assert_eq!(bob.act("employerUpdate", changes(2), "").await.answer.code(), "FORBIDDEN");
        assert_eq!(app.administrator().await.act("employerUpdate", changes(2), "").await.answer.code(), "FORBIDDEN");
        assert_eq!(app.anonymous().act("employerUpdate", changes(2), "").await.answer.code(), "UNAUTHENTICATED");
        let late = "mutation($input: EmployerUpdateInput!) { employerUpdate(input: $input) {
            userErrors { code path ... on ConflictError { conflictsWith { id } } } } }";
        let late = ada.ask(late, json!({"input": changes(1)})).await;
        let told = json!([{"code": "STALE_VERSION", "path": ["input", "version"], "conflictsWith": {"id": id}}]);
        assert_eq!(late["employerUpdate"]["userErrors"], told);
        let nothing = json!({"id": ada.id, "version": 1, "name": "Mine"});
        assert_eq!(ada.act("employerUpdate", nothing, "").await.refusals(), ["NOT_FOUND input.id"]);
        ada.create_employer("Other").await;
        let taken = json!({"id": id, "version": 2, "slug": "other"});
        assert_eq!(ada.act("employerUpdate", taken, "").await.refusals(), ["TAKEN input.slug"]);
        assert_eq!(reload(&app.anonymous(), &id).await, before);
    }

    async fn only_administrators_verify_and_twice_is_once(app: TestApp) {
        let ada = app.account("Ada").await;
        let id = ada.create_employer("Engines").await;
        let verdict = json!({"id": id, "isVerified": true});
        assert_eq!(ada.act("employerVerify", verdict.clone(), "").await.answer.code(), "FORBIDDEN");
        let admin = app.administrator().await;
        let first = admin.act("employerVerify", verdict.clone(), EMPLOYER).await.good();
        assert_eq!(first["employer"]["version"], 2);
        assert_eq!(admin.act("employerVerify", verdict, EMPLOYER).await.good(), first);
        let cleared = admin.act("employerVerify", json!({"id": id, "isVerified": false}), EMPLOYER).await.good();
        assert_eq!(cleared["employer"]["verifiedAt"], Value::Null);
        let nothing = json!({"id": "employer_nothing", "isVerified": true});
        assert_eq!(admin.act("employerVerify", nothing, "").await.refusals(), ["NOT_FOUND input.id"]);
    }

    async fn members_are_seen_by_members_and_managed_by_owners(app: TestApp) {
        let (ada, id) = app.employer("Engines").await;
        let (bob, eve) = (app.account("Bob").await, app.account("Eve").await);
        let hidden = json!({"viewerRole": null, "viewerCanUpdate": false, "viewerCanManageMembers": false, "members": null});
        for stranger in [&bob, &app.anonymous(), &app.administrator().await] {
            assert_eq!(stranger.ask(MEMBERS, json!({"id": id})).await["employer"], hidden);
        }
        let add = |email: &str, role: &str| json!({"employerId": id, "email": email, "role": role});
        let upper = bob.email.to_uppercase();
        ada.act("memberAdd", add(&upper, "REVIEWER"), "member { role name }").await.good();
        assert_eq!(ada.act("memberAdd", add(&bob.email, "OWNER"), "").await.refusals(), ["TAKEN input.email"]);
        assert_eq!(ada.act("memberAdd", add("nobody@example.org", "OWNER"), "").await.refusals(), ["NOT_FOUND input.email"]);
        assert_eq!(bob.act("memberAdd", add(&eve.email, "REVIEWER"), "").await.answer.code(), "FORBIDDEN");
        let seen = bob.ask(MEMBERS, json!({"id": id})).await;
        assert_eq!(seen["employer"]["viewerRole"], "REVIEWER");
        assert_eq!(seen["employer"]["viewerCanManageMembers"], false);
        assert_eq!(seen["employer"]["members"]["totalCount"], 2);
        let (owner, reviewer) = (member(&ada, &id, &ada).await, member(&ada, &id, &bob).await);
        let promotion = json!({"id": reviewer, "role": "OWNER"});
        assert_eq!(bob.act("memberUpdate", promotion.clone(), "").await.answer.code(), "FORBIDDEN");
        assert_eq!(bob.act("memberRemove", json!({"id": owner}), "").await.answer.code(), "FORBIDDEN");
        assert_eq!(eve.act("memberUpdate", promotion, "").await.refusals(), ["NOT_FOUND input.id"]);
        assert_eq!(eve.act("memberRemove", json!({"id": owner}), "").await.refusals(), ["NOT_FOUND input.id"]);
        assert_eq!(bob.ask(MEMBERS, json!({"id": id})).await, seen);
        let node = "query($id: ID!) { node(id: $id) { id } }";
        assert_eq!(eve.ask(node, json!({"id": owner})).await["node"], Value::Null);
        assert_eq!(bob.ask(node, json!({"id": owner})).await["node"]["id"], owner.as_str());
        let left = bob.act("memberRemove", json!({"id": reviewer}), "removedMemberId employer { id viewerRole }").await.good();
        assert_eq!(left["removedMemberId"], reviewer.as_str());
        assert_eq!(left["employer"], json!({"id": id, "viewerRole": null}));
        assert_eq!(bob.ask(MEMBERS, json!({"id": id})).await["employer"], hidden);
    }

    async fn an_employer_never_loses_its_last_owner(app: TestApp) {
        let (ada, id) = app.employer("Engines").await;
        let owner = member(&ada, &id, &ada).await;
        let demotion = |member: &str| json!({"id": member, "role": "RECRUITER"});
        assert_eq!(ada.act("memberUpdate", demotion(&owner), "").await.refusals(), ["LAST_OWNER input.role"]);
        assert_eq!(ada.act("memberRemove", json!({"id": owner}), "").await.refusals(), ["LAST_OWNER input.id"]);
        ada.act("memberUpdate", json!({"id": owner, "role": "OWNER"}), "member { role }").await.good();
        let bob = app.account("Bob").await;
        ada.act("memberAdd", json!({"employerId": id, "email": bob.email, "role": "OWNER"}), "member { id }").await.good();
        let other = member(&ada, &id, &bob).await;
        let (one, two) = tokio::join!(
            ada.act("memberRemove", json!({"id": owner}), ""),
            bob.act("memberUpdate", demotion(&other), ""),
        );
        let mut refusals = one.refusals();
        refusals.extend(two.refusals());
        assert_eq!(refusals.len(), 1, "{refusals:?}");
        assert!(refusals[0].starts_with("LAST_OWNER"), "{refusals:?}");
    }

    async fn employers_are_found_by_name_and_filter(app: TestApp) {
        let ada = app.account("Ada").await;
        ada.create_employer("Analytical Engines").await;
        ada.create_employer("AT&T 100%").await;
        let input = json!({
            "name": "Zürich Röder AG", "industry": "financial-services", "headcount": "MEDIUM",
            "places": [{"countryCode": "US", "regionCode": "US-NY", "city": "New York"}, {"countryCode": "DE"}],
        });
        let made = ada.act("employerCreate", input, "employer { id }").await.good();
        app.administrator().await.verify(made["employer"]["id"].as_str().expect("an id")).await;
        let anyone = app.anonymous();
        let all = ["analytical-engines", "at-t-100", "zurich-roder-ag"];
        assert_eq!(slugs(&anyone, json!({})).await, all);
        assert_eq!(slugs(&anyone, json!({"search": "ROD zür"})).await, all[2..]);
        assert_eq!(slugs(&anyone, json!({"search": "at&t"})).await, all[1..2]);
        assert_eq!(slugs(&anyone, json!({"search": "gines"})).await, [""; 0]);
        let filters = [
            (json!({"countries": ["DE", "FR"], "industries": ["financial-services"]}), &all[2..]),
            (json!({"headcounts": ["MEDIUM"], "isVerified": true}), &all[2..]),
            (json!({"isVerified": false}), &all[..2]),
            (json!({"industries": ["no-such-industry"]}), &[]),
            (json!({"countries": []}), &[]),
        ];
        for (filter, expected) in filters {
            assert_eq!(slugs(&anyone, json!({"filter": filter})).await, expected, "{filter}");
        }
        let newest = json!([{"field": "CREATED_AT", "direction": "DESC"}]);
        let first = anyone.ask(EMPLOYERS, json!({"first": 1, "orderBy": newest})).await;
        assert_eq!(first["employers"]["edges"][0]["node"]["slug"], all[2]);
        let after = &first["employers"]["pageInfo"]["endCursor"];
        let rest = slugs(&anyone, json!({"first": 5, "after": after, "orderBy": newest})).await;
        assert_eq!(rest, ["at-t-100", "analytical-engines"]);
        let wrong = anyone.send(EMPLOYERS, json!({"after": after})).await;
        assert_eq!(wrong.code(), "CURSOR_MISMATCH");
        assert_eq!(anyone.send("{ employer { id } }", json!({})).await.code(), "BAD_USER_INPUT");
        let found = anyone.ask("{ employer(slug: \"at-t-100\") { name } }", json!({})).await;
        assert_eq!(found["employer"]["name"], "AT&T 100%");
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
