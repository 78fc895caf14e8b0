//! The budget of cost points of an account, and of an address without one.

use chrono::{DateTime, TimeDelta, Utc};
use rolecall::entities::employer;
use sea_orm::{EntityTrait, PaginatorTrait};
use serde_json::{Value, json};

use super::{SMALL, poor};
use crate::support::{Actor, Answer, TestApp, on_both_databases, text};

const CREATE: &str = "mutation($input: EmployerCreateInput!) { employerCreate(input: $input) { employer { id } } }";
const LEFT: &str = "{ rateLimit { cost limit remaining resetAt } }";
const TITLES: &str = "{ postings(first: 5) { edges { node { title } } } }";

/// Asks until it is too much, and says how often it was not.
async fn exhaust(who: &Actor, query: &str) -> (usize, Answer) {
    for count in 0..2_000 {
        let answer = who.send(query, json!({})).await;
        if answer.status == 429 {
            return (count, answer);
        }
    }
    panic!("{query} has no limit");
}

/// The number under a letter in a structured field: `"account";r=12;t=3`.
fn part(field: &str, letter: &str) -> u64 {
    let parts = field.split(';').find_map(|part| part.strip_prefix(&format!("{letter}=")));
    parts.unwrap_or_else(|| panic!("{letter} in {field}")).parse().expect("a number")
}

async fn get(url: &str, query: &str) -> u16 {
    let address = url::Url::parse_with_params(&format!("{url}/graphql"), [("query", query)]).expect("an address");
    reqwest::get(address).await.expect("an answer").status().as_u16()
}

on_both_databases! {
    async fn over_budget_nothing_runs_until_there_is_enough_again(app: TestApp) {
        let limited = poor(app, "100").await;
        let ada = app.account("Ada").await.at(&limited.url);
        let mut made = 0;
        let refused = loop {
            let answer = ada.send(CREATE, json!({"input": {"name": format!("Engines {made}")}})).await;
            if answer.status != 200 {
                break answer;
            }
            assert!(answer.body.get("errors").is_none(), "{}", answer.body);
            made += 1;
        };
        assert!((10..=60).contains(&made), "{made}");
        assert_eq!((refused.status, refused.code()), (429, "RATE_LIMITED"));
        assert!(refused.body.get("data").is_none(), "{}", refused.body);
        assert_eq!(refused.header("retry-after"), refused.retry_after().to_string());
        assert!((1..=60).contains(&refused.retry_after()));
        let employers = employer::Entity::find().count(app.app.state.db.reads()).await.expect("a number");
        assert_eq!(employers, made);

        // Others have budgets of their own, and so has this account at another server.
        let bob = app.account("Bob").await.at(&limited.url);
        assert_eq!(bob.send(SMALL, json!({})).await.status, 200);
        assert_eq!(limited.anonymous().send(SMALL, json!({})).await.status, 200);
        assert_eq!(ada.at(&app.url).send(SMALL, json!({})).await.status, 200);
        limited.app.state.clock.advance(TimeDelta::seconds(60));
        ada.ask(CREATE, json!({"input": {"name": "Engines again"}})).await;
    }

    async fn an_answer_tells_what_is_left(app: TestApp) {
        let limited = poor(app, "100").await;
        let ada = app.account("Ada").await.at(&limited.url);
        let before = limited.app.state.clock.now();
        for (who, name) in [(&ada, "account"), (&limited.anonymous(), "address")] {
            who.ask(LEFT, json!({})).await;
            let answer = who.send(LEFT, json!({})).await;
            assert_eq!(answer.header("ratelimit-policy"), format!("\"{name}\";q=100;w=60"));
            let left = answer.header("ratelimit");
            assert!(left.starts_with(&format!("\"{name}\";r=")), "{left}");
            assert!((1..100).contains(&part(left, "r")) && (1..=60).contains(&part(left, "t")), "{left}");
            let told = &answer.data()["rateLimit"];
            assert_eq!((&told["cost"], &told["limit"]), (&json!(1), &json!(100)), "a document that is known costs its price");
            assert!(told["remaining"].as_u64().expect("a number") <= part(left, "r"));
            let reset_at = text(&told["resetAt"]).parse::<DateTime<Utc>>().expect("a time");
            assert!(reset_at > before && reset_at < before + TimeDelta::minutes(5), "{reset_at}");
            assert_eq!(answer.body["extensions"]["cost"], json!({"requested": 1, "limit": 100}));
        }
        // Refusals tell it as well, whatever they are for.
        for query in ["{", "{ nothing }", "query($n: Int!) { rateLimit { cost } postings(first: $n) { totalCount } }"] {
            let refused = ada.send(query, json!({})).await;
            assert!(!refused.code().is_empty(), "{query}");
            assert!(refused.header("ratelimit").starts_with("\"account\";r="), "{query}");
        }
        let (_, refused) = exhaust(&ada, TITLES).await;
        assert!(refused.header("ratelimit").starts_with("\"account\";r="));
        assert_eq!(refused.header("ratelimit-policy"), "\"account\";q=100;w=60");
    }

    async fn nothing_is_told_where_there_is_no_limit(app: TestApp) {
        let free = app.twin(|settings| settings.with("budget-per-account", "0").with("budget-per-address", "0")).await;
        for who in [free.anonymous(), app.account("Ada").await.at(&free.url)] {
            let answer = who.send(LEFT, json!({})).await;
            assert_eq!(answer.data()["rateLimit"], Value::Null);
            assert_eq!((answer.header("ratelimit"), answer.header("ratelimit-policy")), ("", ""));
        }
    }

    async fn an_address_is_what_a_trusted_proxy_says(app: TestApp) {
        let limited = poor(app, "100").await;
        let somebody = limited.anonymous();
        exhaust(&somebody, SMALL).await;
        // A bucket fills while somebody asks: what it holds by then is soon gone.
        let (count, _) = exhaust(&somebody.at_address("203.0.113.9"), SMALL).await;
        assert!(count < 50, "made up: {count}");

        let behind = app.twin(|settings| {
            settings.with("max-cost", "100").with("budget-per-address", "100").with("trusted-proxies", "1")
        });
        let behind = behind.await;
        let from = |address: &str| behind.anonymous().at_address(address);
        exhaust(&from("192.0.2.7"), SMALL).await;
        let (count, _) = exhaust(&from("203.0.113.9, 192.0.2.7"), SMALL).await;
        assert!(count < 50, "made up before the proxy: {count}");
        assert_eq!(from("192.0.2.8").send(SMALL, json!({})).await.status, 200);
        // A customer has a whole /64.
        exhaust(&from("2001:db8:1:2::1"), SMALL).await;
        let (count, _) = exhaust(&from("2001:db8:1:2:ffff::2"), SMALL).await;
        assert!(count < 50, "{count}");
        assert_eq!(from("2001:db8:1:3::1").send(SMALL, json!({})).await.status, 200);
    }

    async fn what_is_refused_costs_as_well(app: TestApp) {
        let limited = poor(app, "400").await;
        let somebody = limited.anonymous();
        // A long text is work, whatever comes of it.
        let long = |number: usize| format!("{{ nothing{number} {} }}", "x ".repeat(1_900).repeat(4));
        let mut refused = 0;
        while somebody.send(&long(refused), json!({})).await.status != 429 {
            refused += 1;
            assert!(refused < 20, "a flood of long documents has no limit");
        }
        assert!(refused > 0);
        limited.app.state.clock.advance(TimeDelta::seconds(60));
        let (count, _) = exhaust(&somebody, "{").await;
        assert!(count >= 200, "a short one costs two points at most: {count}");
        limited.app.state.clock.advance(TimeDelta::seconds(60));
        let forger = somebody.with_token(&json!("a.b.c"));
        let (count, last) = exhaust(&forger, SMALL).await;
        assert!(count >= 200, "so does a token that does not hold: {count}");
        assert_eq!(last.code(), "RATE_LIMITED");
        // Who is signed in does not pay for strangers with the same address.
        assert_eq!(app.account("Ada").await.at(&limited.url).send(SMALL, json!({})).await.status, 200);
    }

    async fn what_the_server_keeps_costs_a_point(app: TestApp) {
        let limited = poor(app, "1000").await;
        // Made anew each time this would be 2,200 points.
        for _ in 0..200 {
            assert_eq!(get(&limited.url, TITLES).await, 200);
        }
        let (count, _) = exhaust(&limited.anonymous(), TITLES).await;
        assert!(count < 200, "{count}");
        limited.app.state.clock.advance(TimeDelta::seconds(1));
        assert_eq!(get(&limited.url, TITLES).await, 200, "what is kept is there for a point");
        assert_eq!(get(&limited.url, "{ postings(first: 90) { edges { node { id title } } } }").await, 429);
    }
}
