//! Live changes over WebSocket and server-sent events.

mod events;
mod limits;
mod saved;
mod sockets;
mod subscriptions;

use serde_json::{Value, json};

use crate::support::{Actor, TestApp};

pub const PUBLISHED: &str = "subscription($filter: PostingFilter, $search: String) {
    postingPublished(filter: $filter, search: $search) { id title employer { name } } }";

/// Publishes a draft, and gives its identifier.
async fn publish(who: &Actor, draft: &Value) -> Value {
    let seen = json!({"id": draft["id"], "version": draft["version"]});
    let published = who.act("postingPublish", seen, "posting { id status }").await.good()["posting"].clone();
    assert_eq!(published["status"], "PUBLISHED");
    published["id"].clone()
}

/// A number of drafts of an employer.
async fn drafts(owner: &Actor, employer: &str, count: usize) -> Vec<Value> {
    let item = |number: usize| {
        json!({"externalId": format!("D-{number}"), "title": format!("Backend Developer {number}"),
               "description": "You write the services behind the board, and keep them running.", "workplace": "REMOTE",
               "isWorldwide": true})
    };
    let query = "mutation($input: PostingsSyncInput!) { postingsSync(input: $input) {
        results { posting { id version } userErrors { message path } } userErrors { message } } }";
    let mut drafts = Vec::new();
    for items in (0..count).map(item).collect::<Vec<_>>().chunks(100) {
        let made = owner.ask(query, json!({"input": {"employerId": employer, "items": items}})).await;
        for result in made["postingsSync"]["results"].as_array().expect("results") {
            assert_eq!(result["userErrors"], json!([]));
            drafts.push(result["posting"].clone());
        }
    }
    drafts
}

/// An employer with a posting, and somebody who applied to it.
struct Hiring {
    owner: Actor,
    posting: Value,
    candidate: Actor,
    application: Value,
}

const APPLICATION: &str = "application { id status version }";

impl Hiring {
    async fn new(app: &TestApp) -> Self {
        let (owner, employer) = app.employer("Analytical Engines").await;
        let posting = owner.posting(&employer, json!({})).await;
        let candidate = app.account("Casey").await;
        let application = apply(&candidate, &posting).await;
        Self { owner, posting, candidate, application }
    }

    async fn move_to(&self, who: &Actor, seen: &Value, to: &str) -> Value {
        let input = json!({"id": seen["id"], "version": seen["version"], "to": to});
        who.act("applicationMove", input, APPLICATION).await.good()["application"].clone()
    }
}

async fn apply(candidate: &Actor, posting: &Value) -> Value {
    let input = json!({"postingId": posting["id"]});
    candidate.act("applicationSubmit", input, APPLICATION).await.good()["application"].clone()
}
