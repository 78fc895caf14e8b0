//! Searches that are kept.

use chrono::TimeDelta;
use rolecall::entities::{active_day, saved_search};
use sea_orm::{EntityTrait, PaginatorTrait};
use serde_json::{Value, json};

use super::search;
use crate::support::{Actor, TestApp, on_both_databases};

const NODE: &str = "query($id: ID!) { node(id: $id) { ... on SavedSearch {
    id name search filter alerts newMatchCount seenAt version postings { totalCount edges { node { title } } } } } }";

async fn node(who: &Actor, id: &Value) -> Value {
    who.ask(NODE, json!({"id": id})).await["node"].clone()
}

on_both_databases! {
    async fn a_search_is_kept_run_and_counted(app: TestApp) {
        let (owner, employer) = app.employer("Analytical Engines").await;
        let remote = json!({"title": "Rust Engineer", "workplace": "REMOTE", "isWorldwide": true});
        owner.posting(&employer, remote.clone()).await;
        let ada = app.account("Ada").await;
        let filter = json!({"workplaces": ["REMOTE", "HYBRID", "REMOTE"], "not": {"countries": ["US"], "workplaces": ["ONSITE"]}});
        let input = json!({"name": "  Rust,\tremote ", "search": "rust", "filter": filter, "alerts": "WEEKLY"});
        let made = search(&ada, input).await;
        let kept = json!({"workplaces": ["HYBRID", "REMOTE"], "not": {"countries": ["US"], "workplaces": ["ONSITE"]}});
        assert_eq!((&made["name"], &made["filter"], &made["alerts"]), (&json!("Rust, remote"), &kept, &json!("WEEKLY")));
        assert_eq!((&made["newMatchCount"], &made["version"]), (&json!(0), &json!(1)), "what was there before is not new");
        assert_eq!(active_day::Entity::find().count(app.app.state.db.reads()).await.expect("a number"), 1, "an intent event");

        app.app.state.clock.advance(TimeDelta::seconds(1));
        owner.posting(&employer, remote.clone()).await;
        owner.posting(&employer, json!({"title": "Rust Engineer"})).await;
        let draft = owner.draft(&employer, remote).await;
        let seen = node(&ada, &made["id"]).await;
        assert_eq!((&seen["newMatchCount"], &seen["postings"]["totalCount"]), (&json!(1), &json!(2)));
        // The echoed filter can be sent as it is.
        let list = "query($filter: PostingFilter, $search: String) { postings(filter: $filter, search: $search) { totalCount } }";
        let same = ada.ask(list, json!({"filter": made["filter"], "search": made["search"]})).await;
        assert_eq!(same["postings"]["totalCount"], 2);

        let input = json!({"id": made["id"]});
        let marked = ada.act("savedSearchMarkSeen", input.clone(), "savedSearch { newMatchCount version }").await.good();
        assert_eq!(marked["savedSearch"], json!({"newMatchCount": 0, "version": 1}));
        app.app.state.clock.advance(TimeDelta::seconds(1));
        owner.act("postingPublish", json!({"id": draft["id"], "version": draft["version"]}), "posting { id }").await.good();
        assert_eq!(node(&ada, &made["id"]).await["newMatchCount"], 1);

        let gone = ada.act("savedSearchDelete", input.clone(), "deletedId").await.good();
        assert_eq!(gone["deletedId"], made["id"]);
        assert_eq!(node(&ada, &made["id"]).await, Value::Null);
        assert_eq!(ada.act("savedSearchDelete", input, "deletedId").await.refusals(), ["NOT_FOUND input.id"]);
    }

    async fn what_a_filter_names_must_exist(app: TestApp) {
        let ada = app.account("Ada").await;
        for (filter, refusals) in [
            (json!({"roles": ["backend-developer", "no-such-role"]}), vec!["NOT_FOUND input.filter.roles.1"]),
            (json!({"skills": ["no-such-skill"], "allSkills": ["rust", "nor-this"], "industries": ["nothing"]}),
                vec!["NOT_FOUND input.filter.skills.0", "NOT_FOUND input.filter.allSkills.1", "NOT_FOUND input.filter.industries.0"]),
            (json!({"employers": ["employer_01jq0000000000000000000000"]}), vec!["NOT_FOUND input.filter.employers.0"]),
            (json!({"employers": ["posting_01jq0000000000000000000000"]}), vec!["INVALID input.filter.employers.0"]),
            (json!({"countries": ["US", "ZZ"], "places": [{"region": "US-ZZ"}, {"country": "QQ"}, {"region": "US-NY"}]}), vec![
                "NOT_FOUND input.filter.countries.1", "NOT_FOUND input.filter.places.0.region", "NOT_FOUND input.filter.places.1.country",
            ]),
            (json!({"places": [{"near": {"latitude": 91.0, "longitude": 0.0, "km": 5.0}}]}), vec!["INVALID input.filter.places.0.near.latitude"]),
            (json!({"languages": ["en", "english"]}), vec!["INVALID input.filter.languages.1"]),
            (json!({"or": [{"roles": ["backend-developer"]}, {"not": {"roles": ["nobody"]}}]}), vec!["NOT_FOUND input.filter.or.1.not.roles.0"]),
            (json!({"payAtLeast": {"amount": "-1", "currency": "USD"}}), vec!["INVALID input.filter.payAtLeast.amount"]),
            (json!({"not": {"not": {"not": {"not": {}}}}}), vec!["INVALID input.filter.not.not.not.not"]),
        ] {
            let refused = ada.act("savedSearchCreate", json!({"name": "Any", "filter": filter}), "savedSearch { id }").await;
            assert_eq!(refused.refusals(), refusals, "{filter}");
        }
        let wrong = json!({"name": " ", "search": "--"});
        let refused = ada.act("savedSearchCreate", wrong, "savedSearch { id }").await;
        assert_eq!(refused.refusals(), ["REQUIRED input.name", "REQUIRED input.search"]);
        assert_eq!(saved_search::Entity::find().count(app.app.state.db.reads()).await.expect("a number"), 0);
        // A query may name what does not exist, and finds nothing.
        let nothing = ada.ask("{ postings(filter: {roles: [\"no-such-role\"]}) { totalCount } }", json!({})).await;
        assert_eq!(nothing["postings"]["totalCount"], 0);
    }

    async fn a_search_is_changed_by_those_who_saw_it(app: TestApp) {
        let ada = app.account("Ada").await;
        let made = search(&ada, json!({"name": "Rust", "search": "rust", "filter": {"countries": ["US"]}, "alerts": "DAILY"})).await;
        let shown = "savedSearch { name search filter alerts version }";
        let change = |version: i32, more: Value| {
            let mut input = json!({"id": made["id"], "version": version});
            input.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
            input
        };
        let kept = ada.act("savedSearchUpdate", change(1, json!({"name": "Rust jobs"})), shown).await.good();
        assert_eq!(kept["savedSearch"], json!({"name": "Rust jobs", "search": "rust", "filter": {"countries": ["US"]}, "alerts": "DAILY", "version": 2}));
        let stale = ada.act("savedSearchUpdate", change(1, json!({"name": "Late"})), shown).await;
        assert_eq!(stale.refusals(), ["STALE_VERSION input.version"]);
        let cleared = change(2, json!({"search": null, "filter": null, "alerts": null}));
        let cleared = ada.act("savedSearchUpdate", cleared, shown).await.good();
        assert_eq!(cleared["savedSearch"], json!({"name": "Rust jobs", "search": null, "filter": null, "alerts": "OFF", "version": 3}));
        let nameless = ada.act("savedSearchUpdate", change(3, json!({"name": null, "filter": {"roles": ["nobody"]}})), shown).await;
        assert_eq!(nameless.refusals(), ["REQUIRED input.name", "NOT_FOUND input.filter.roles.0"]);
        let bob = app.account("Bob").await;
        let foreign = bob.act("savedSearchUpdate", change(3, json!({"name": "Mine"})), shown).await;
        assert_eq!(foreign.refusals(), ["NOT_FOUND input.id"]);
        assert_eq!((node(&bob, &made["id"]).await, node(&app.anonymous(), &made["id"]).await), (Value::Null, Value::Null));
        assert_eq!(node(&ada, &made["id"]).await["version"], 3);
    }

    async fn a_candidate_keeps_a_hundred_in_a_list(app: TestApp) {
        let ada = app.account("Ada").await;
        for number in 0..100 {
            search(&ada, json!({"name": format!("Search {number}")})).await;
        }
        let refused = ada.act("savedSearchCreate", json!({"name": "One more"}), "savedSearch { id }").await;
        assert_eq!(refused.refusals(), ["TOO_LONG input"]);
        let list = "query($first: Int, $after: String) { viewer { savedSearches(first: $first, after: $after) {
            totalCount pageInfo { endCursor hasNextPage } edges { cursor node { id name } } } } }";
        let (mut names, mut after) = (Vec::new(), Value::Null);
        loop {
            let page = ada.ask(list, json!({"first": 30, "after": after})).await["viewer"]["savedSearches"].clone();
            assert_eq!(page["totalCount"], 100);
            names.extend(page["edges"].as_array().expect("edges").iter().map(|edge| crate::support::text(&edge["node"]["name"])));
            after = page["pageInfo"]["endCursor"].clone();
            if page["pageInfo"]["hasNextPage"] == false {
                break;
            }
        }
        let newest_first: Vec<_> = (0..100).rev().map(|number| format!("Search {number}")).collect();
        assert_eq!(names, newest_first);
        let first = ada.ask(list, json!({"first": 1})).await["viewer"]["savedSearches"]["edges"][0].clone();
        ada.act("savedSearchDelete", json!({"id": first["node"]["id"]}), "deletedId").await.good();
        let made = ada.act("savedSearchCreate", json!({"name": "One more"}), "edge { cursor node { id name } }").await.good();
        assert_eq!(made["edge"], ada.ask(list, json!({"first": 1})).await["viewer"]["savedSearches"]["edges"][0]);
    }

    async fn counting_costs_no_statement(app: TestApp) {
        let ada = app.account("Ada").await;
        let mut counts = Vec::new();
        for number in [2, 6] {
            while saved_search::Entity::find().count(app.app.state.db.reads()).await.expect("a number") < number {
                search(&ada, json!({"name": "Rust", "search": "rust", "filter": {"roles": ["backend-developer"]}})).await;
            }
            for fields in ["id name search filter alerts seenAt version", "id newMatchCount"] {
                let mut fewest = usize::MAX;
                for _ in 0..3 {
                    app.statements();
                    ada.ask(&format!("{{ viewer {{ savedSearches {{ edges {{ node {{ {fields} }} }} }} }} }}"), json!({})).await;
                    fewest = fewest.min(app.statements());
                }
                counts.push(fewest);
            }
        }
        assert_eq!(counts[0], counts[2], "{counts:?}");
        assert_eq!((counts[1], counts[3]), (counts[0], counts[2]), "{counts:?}");
    }

    async fn a_count_has_its_price(app: TestApp) {
        let ada = app.account("Ada").await;
        let ask = |fields: &str| format!("{{ viewer {{ savedSearches(first: 100) {{ edges {{ node {{ {fields} }} }} }} }} }}");
        ada.ask(&ask("id newMatchCount"), json!({})).await;
        let aliases: Vec<_> = (0..6).map(|number| format!("a{number}: newMatchCount")).collect();
        assert_eq!(ada.send(&ask(&aliases.join(" ")), json!({})).await.code(), "COST_EXCEEDED");
    }
}
