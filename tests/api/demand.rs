//! How often roles are searched for: counted without remembering who searched for what.

use chrono::TimeDelta;
use rolecall::entities::{active_day, search_demand, search_mark};
use rolecall::search::demand::{close, flush};
use sea_orm::{EntityTrait, PaginatorTrait};
use serde_json::{Value, json};

use crate::support::{Actor, PASSWORD, TestApp, on_both_databases};

const SEARCH: &str = "query($search: String, $filter: PostingFilter, $first: Int, $after: String, $last: Int, $before: String) {
    postings(search: $search, filter: $filter, first: $first, after: $after, last: $last, before: $before) { pageInfo { endCursor startCursor } } }";

async fn search(who: &Actor, variables: Value) -> Value {
    who.ask(SEARCH, variables).await["postings"]["pageInfo"].clone()
}

fn backend() -> Value {
    json!({"filter": {"roles": ["backend-developer"]}})
}

/// The demand for a role in this month, as this server shows it once it has counted.
async fn counted(app: &TestApp, role: &str) -> [Value; 3] {
    flush(&app.app.state).await.expect("counted");
    let query = "query($slug: String!, $month: YearMonth!) { role(slug: $slug) {
        searchDemand(month: $month) { searches candidatesSearching employersSearching } } }";
    let month = app.app.state.clock.today().format("%Y-%m").to_string();
    let found = app.anonymous().ask(query, json!({"slug": role, "month": month})).await["role"]["searchDemand"].clone();
    ["searches", "candidatesSearching", "employersSearching"].map(|field| found[field].clone())
}

/// A server over the same board that shows small numbers too.
async fn open_handed(app: &TestApp) -> TestApp {
    app.twin(|settings| settings.with("search-count-interval", "1h").with("market-min-seekers", "1")).await
}

async fn candidate(app: &TestApp, name: &str) -> Actor {
    let candidate = app.account(name).await;
    candidate.act("candidateUpdate", json!({"searchStatus": "ACTIVE"}), "candidate { id }").await.good();
    candidate
}

async fn count<E: EntityTrait>(app: &TestApp) -> u64
where
    E::Model: Sync,
{
    E::find().count(app.app.state.db.reads()).await.expect("a number")
}

on_both_databases! {
    async fn searches_for_a_role_are_counted(app: TestApp) {
        let (owner, employer) = app.employer("Analytical Engines").await;
        for _ in 0..2 {
            owner.posting(&employer, json!({"role": "backend-developer"})).await;
        }
        let who = app.anonymous();
        app.heard();
        let page = search(&who, json!({"filter": {"roles": ["backend-developer"]}, "first": 1})).await;
        assert_eq!(app.statements(), 1, "the page alone");
        search(&who, json!({"search": "Back-End Developer"})).await;
        search(&who, json!({"search": "rust", "filter": {"or": [{"roles": ["backend-developer"]}, {"countries": ["US"]}]}})).await;
        who.ask("{ search(query: \"backend developer\") { postings(first: 1) { totalCount } roles(first: 1) { totalCount } } }", json!({})).await;
        // None of these is a search for the role: further pages, all there is, what is not wanted, what does not exist,
        // too many roles, and look-ups.
        search(&who, json!({"filter": {"roles": ["backend-developer"]}, "first": 1, "after": page["endCursor"]})).await;
        search(&who, json!({"filter": {"roles": ["backend-developer"]}, "last": 1, "before": page["startCursor"]})).await;
        search(&who, json!({})).await;
        search(&who, json!({"filter": {"not": {"roles": ["backend-developer"]}}})).await;
        search(&who, json!({"filter": {"roles": ["no-such-role"]}})).await;
        let known = who.ask("{ roles(first: 11) { edges { node { slug } } } }", json!({})).await["roles"]["edges"].clone();
        let known: Vec<_> = known.as_array().expect("edges").iter().map(|edge| edge["node"]["slug"].clone()).chain([json!("backend-developer")]).collect();
        search(&who, json!({"filter": {"roles": known}})).await;
        who.ask("{ search(query: \"backend developer\") { roles(first: 1) { totalCount } } role(slug: \"backend-developer\") { id } }", json!({})).await;
        assert_eq!(who.send(SEARCH, json!({"filter": {"roles": ["backend-developer"]}, "first": 1000})).await.code(), "BAD_USER_INPUT");
        assert_eq!(counted(app, "backend-developer").await, [json!(4), json!(0), json!(0)]);
        app.heard();
        flush(&app.app.state).await.expect("nothing to count");
        assert_eq!(app.statements(), 0);
        search(&who, backend()).await;
        assert_eq!(counted(app, "backend-developer").await[0], 5, "they add up");
        assert_eq!(count::<search_demand::Entity>(app).await, 1, "nothing else was counted");
        assert_eq!((count::<search_mark::Entity>(app).await, count::<active_day::Entity>(app).await), (0, 0));
    }

    async fn people_count_once_a_month(app: TestApp) {
        let (owner, employer) = app.employer("Analytical Engines").await;
        let colleague = app.account("Colleague").await;
        owner.act("memberAdd", json!({"employerId": employer, "email": colleague.email, "role": "RECRUITER"}), "member { id }").await.good();
        let (ada, bob, eve) = (candidate(app, "Ada").await, candidate(app, "Bob").await, app.account("Eve").await);
        let twin = open_handed(app).await;
        for who in [&ada, &bob, &ada, &owner, &colleague, &eve] {
            search(who, backend()).await;
        }
        search(&ada.at(&twin.url), backend()).await;
        search(&bob, json!({"search": "Registered Nurse"})).await;
        let (here, there) = tokio::join!(flush(&app.app.state), flush(&twin.app.state));
        here.expect("counted");
        there.expect("counted");
        assert_eq!(counted(&twin, "backend-developer").await, [json!(7), json!(2), json!(1)]);
        assert_eq!(counted(app, "backend-developer").await, [json!(7), Value::Null, Value::Null], "too few to show");
        assert_eq!(counted(&twin, "registered-nurse").await, [json!(1), json!(1), json!(0)]);
        search(&ada, backend()).await;
        counted(app, "backend-developer").await;
        assert_eq!(counted(&twin, "backend-developer").await, [json!(8), json!(2), json!(1)], "still the same people");
        assert_eq!(count::<search_mark::Entity>(app).await, 4, "a mark for each, whoever they are");
    }

    async fn a_month_that_has_ended_is_numbers_alone(app: TestApp) {
        let ada = candidate(app, "Ada").await;
        search(&ada, backend()).await;
        counted(app, "backend-developer").await;
        let twin = open_handed(app).await;
        let this_month = twin.app.state.clock.today().format("%Y-%m").to_string();
        close(&twin.app.state).await.expect("nothing to do yet");
        assert_eq!(count::<search_mark::Entity>(app).await, 1);
        // What a server could not write down in time is too late.
        search(&candidate(app, "Bob").await.at(&twin.url), backend()).await;
        twin.app.state.clock.advance(TimeDelta::days(32));
        close(&twin.app.state).await.expect("closed");
        assert_eq!(count::<search_mark::Entity>(app).await, 0);
        search(&twin.anonymous(), backend()).await;
        flush(&twin.app.state).await.expect("counted");
        let by_month = "query($last: Int!) { role(slug: \"backend-developer\") { searchDemandByMonth(last: $last) { month searches candidatesSearching employersSearching } } }";
        let found = twin.anonymous().ask(by_month, json!({"last": 3})).await["role"]["searchDemandByMonth"].clone();
        let months = found.as_array().expect("months");
        let then = months.iter().find(|month| month["month"] == json!(this_month)).expect("this month");
        assert_eq!(*then, json!({"month": this_month, "searches": 1, "candidatesSearching": 1, "employersSearching": 0}));
        assert_eq!((months.len(), &months[2]["searches"], &months[2]["candidatesSearching"]), (3, &json!(1), &json!(0)));
        for wrong in [0, 37, -1] {
            assert_eq!(app.anonymous().send(by_month, json!({"last": wrong})).await.code(), "BAD_USER_INPUT");
        }
        app.heard();
        app.anonymous().ask(by_month, json!({"last": 36})).await;
        assert!(app.statements() <= 3, "the role, the numbers, the marks");
    }

    async fn a_search_of_ones_own_is_an_intent(app: TestApp) {
        let (ada, eve) = (candidate(app, "Ada").await, app.account("Eve").await);
        let twin = open_handed(app).await;
        twin.app.state.clock.advance(TimeDelta::days(1));
        let (ada, eve) = (ada.at(&twin.url).sign_in_again().await, eve.at(&twin.url).sign_in_again().await);
        let before = count::<active_day::Entity>(app).await;
        search(&ada, json!({})).await;
        flush(&twin.app.state).await.expect("nothing");
        assert_eq!(count::<active_day::Entity>(app).await, before, "who looks at everything looks for nothing");
        search(&ada, json!({"search": "words that are no title"})).await;
        search(&eve, json!({"search": "words that are no title"})).await;
        flush(&twin.app.state).await.expect("counted");
        flush(&twin.app.state).await.expect("counted");
        assert_eq!(count::<active_day::Entity>(app).await, before + 1, "of her who has a profile");
        assert_eq!(count::<search_demand::Entity>(app).await, 0);
    }

    async fn who_is_erased_leaves_nothing(app: TestApp) {
        let ada = candidate(app, "Ada").await;
        let days = count::<active_day::Entity>(app).await;
        search(&ada, backend()).await;
        ada.act("accountErase", json!({"password": PASSWORD, "confirm": true}), "erasedId").await.good();
        assert_eq!(counted(app, "backend-developer").await, [json!(1), json!(0), json!(0)]);
        assert_eq!((count::<search_mark::Entity>(app).await, count::<active_day::Entity>(app).await), (0, days));
    }

    async fn a_server_counts_by_itself_and_when_it_stops(app: TestApp) {
        let quick = app.twin(|settings| settings.with("search-count-interval", "10ms")).await;
        search(&quick.anonymous(), backend()).await;
        for _ in 0..500 {
            if count::<search_demand::Entity>(app).await == 1 {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        assert_eq!(counted(app, "backend-developer").await[0], 1);
        let slow = app.twin(|settings| settings.with("search-count-interval", "1h")).await;
        search(&slow.anonymous(), backend()).await;
        slow.stop().await.expect("stopped").expect("served");
        assert_eq!(counted(app, "backend-developer").await[0], 2);
        quick.close().await;
    }
}
