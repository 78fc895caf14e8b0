//! The lives of a posting and of an application (`domain.md` §3 and §4) walked at random: after every step the server is
//! where the tables say, and what they do not allow changes nothing.

use std::fmt::Debug;

use chrono::TimeDelta;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{Config, TestRunner};
use rolecall::applications::lapse::lapse;
use serde_json::{Value, json};

use crate::support::{Actor, Payload, TestApp, on_both_databases};

const WALKS: u32 = 8;
const STEPS: usize = 14;

/// Takes walks, and shortens the one that goes astray.
fn walk<A: Debug + Clone>(step: impl Strategy<Value = A>, run: impl AsyncFn(Vec<A>)) {
    let config = Config { cases: WALKS, failure_persistence: None, ..Config::default() };
    let steps = proptest::collection::vec(step, 1..STEPS);
    let taken = TestRunner::new(config).run(&steps, |steps| {
        tokio::task::block_in_place(|| tokio::runtime::Handle::current().block_on(run(steps)));
        Ok(())
    });
    taken.unwrap_or_else(|failure| panic!("{failure}"));
}

/// What an act should come to: another state, the same without a change, or a refusal.
enum Fate {
    Moves(&'static str),
    Stays,
    Refused,
}

fn version(seen: &Value, is_stale: bool) -> i64 {
    let version = seen["version"].as_i64().expect("a version");
    if is_stale { version - 1 } else { version }
}

/// What anyone may do to a posting.
const POSTING_ACTS: [&str; 10] =
    ["update", "publish", "submit", "pause", "resume", "FILLED", "CANCELLED", "WITHDRAWN", "approve", "reject"];

const POSTING_STATES: [&str; 6] = ["DRAFT", "PENDING_REVIEW", "PUBLISHED", "PAUSED", "CLOSED", "REJECTED"];

/// `DRAFT → PENDING_REVIEW → PUBLISHED ⇄ PAUSED → CLOSED` and `PENDING_REVIEW → REJECTED → DRAFT`. An act that asks for
/// what is already so changes nothing.
fn posting_fate(status: &'static str, close_reason: &Value, act: &str, is_verified: bool) -> Fate {
    let is_shown = ["PUBLISHED", "PAUSED"].contains(&status);
    let goal = match act {
        "update" if status == "REJECTED" => return Fate::Moves("DRAFT"),
        "update" if status == "DRAFT" || is_shown => return Fate::Moves(status),
        "publish" | "submit" if status == "DRAFT" && !is_verified => "PENDING_REVIEW",
        "publish" | "submit" if status == "DRAFT" || is_shown => "PUBLISHED",
        "publish" | "submit" if status == "PENDING_REVIEW" => status,
        "resume" if is_shown => "PUBLISHED",
        "pause" if is_shown => "PAUSED",
        "approve" if status == "PENDING_REVIEW" => "PUBLISHED",
        "reject" if status == "PENDING_REVIEW" => "REJECTED",
        "FILLED" | "CANCELLED" | "WITHDRAWN" if is_shown || close_reason == act => "CLOSED",
        _ => return Fate::Refused,
    };
    if goal == status { Fate::Stays } else { Fate::Moves(goal) }
}

async fn act_on_posting(owner: &Actor, admin: &Actor, posting: &Value, act: &str, is_stale: bool) -> Payload {
    let mut input = json!({"id": posting["id"], "version": version(posting, is_stale)});
    let (who, name) = match act {
        "update" => {
            input["description"] = json!("You write the services behind the board, and keep all of them running.");
            (owner, "postingUpdate")
        }
        "publish" => (owner, "postingPublish"),
        "submit" => (owner, "postingSubmit"),
        "pause" => (owner, "postingPause"),
        "resume" => (owner, "postingResume"),
        "approve" | "reject" => {
            input["decision"] = json!(if act == "approve" { "APPROVE" } else { "REJECT" });
            if act == "reject" {
                input["reason"] = json!("It does not say what the work is.");
            }
            (admin, "postingReview")
        }
        reason => {
            input["reason"] = json!(reason);
            (owner, "postingClose")
        }
    };
    who.act(name, input, "posting { id }").await
}

async fn walk_posting(owner: &Actor, admin: &Actor, employer: (&str, bool), steps: Vec<(&str, bool)>) {
    const SHOWN: &str = "query($id: ID!) { posting(id: $id) { id version status closeReason publishedAt } }";
    let mut posting = owner.draft(employer.0, json!({})).await;
    posting = owner.ask(SHOWN, json!({"id": posting["id"]})).await["posting"].clone();
    for (act, is_stale) in steps {
        let status = *POSTING_STATES.iter().find(|known| posting["status"] == **known).expect("a status");
        let fate = posting_fate(status, &posting["closeReason"], act, employer.1);
        let done = act_on_posting(owner, admin, &posting, act, is_stale).await;
        let after = owner.ask(SHOWN, json!({"id": posting["id"]})).await["posting"].clone();
        match fate {
            Fate::Moves(to) if !is_stale => {
                done.good();
                assert_eq!(after["status"], to, "{act}");
                assert_eq!(after["version"], json!(version(&posting, false) + 1), "{act}");
                if to == "CLOSED" {
                    assert_eq!(after["closeReason"], act);
                }
                if posting["publishedAt"].is_string() {
                    assert_eq!(after["publishedAt"], posting["publishedAt"], "the first publication never moves");
                }
            }
            Fate::Stays => {
                done.good();
                assert_eq!(after, posting, "{act}");
            }
            Fate::Moves(_) => {
                assert_eq!(done.refusals(), ["STALE_VERSION input.version"], "{act}");
                assert_eq!(after, posting);
            }
            Fate::Refused => {
                let told = done.refusals();
                let is_told = |code: &str| told.first().is_some_and(|told| told.starts_with(code));
                assert!(is_told("WRONG_STATE") || (is_stale && is_told("STALE_VERSION")), "{act}: {told:?}");
                assert_eq!(after, posting, "{act}");
            }
        }
        posting = after;
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Who {
    Employer,
    Candidate,
    System,
    /// The owner of another employer.
    Rival,
    /// Somebody else who looks for work.
    Stranger,
}

const STATES: [&str; 14] = [
    "SUBMITTED",
    "IN_REVIEW",
    "SHORTLISTED",
    "ASSESSMENT",
    "INTERVIEW",
    "OFFERED",
    "OFFER_ACCEPTED",
    "OFFER_DECLINED",
    "HIRED",
    "REJECTED",
    "RESCINDED",
    "WITHDRAWN",
    "LAPSED",
    "SUBMITTED AGAIN",
];

/// The table of `domain.md` §4: from, to, who.
const TABLE: &[(&[&str], &[&str], Who)] = &[
    (&["SUBMITTED"], &["IN_REVIEW"], Who::Employer),
    (&["IN_REVIEW"], &["SHORTLISTED", "ASSESSMENT", "INTERVIEW"], Who::Employer),
    (&["SHORTLISTED"], &["ASSESSMENT", "INTERVIEW", "OFFERED"], Who::Employer),
    (&["ASSESSMENT"], &["SHORTLISTED", "INTERVIEW", "OFFERED"], Who::Employer),
    (&["INTERVIEW"], &["SHORTLISTED", "ASSESSMENT", "OFFERED"], Who::Employer),
    (&["OFFERED"], &["OFFER_ACCEPTED", "OFFER_DECLINED"], Who::Candidate),
    (&["OFFER_ACCEPTED"], &["HIRED"], Who::Employer),
    (&BEFORE_OFFER, &["REJECTED"], Who::Employer),
    (&["OFFERED", "OFFER_ACCEPTED"], &["RESCINDED"], Who::Employer),
    (&BEFORE_OFFER, &["WITHDRAWN"], Who::Candidate),
    (&["OFFERED", "OFFER_ACCEPTED"], &["WITHDRAWN"], Who::Candidate),
    (&BEFORE_OFFER, &["LAPSED"], Who::System),
    // Whoever was turned away may try again, while the posting is open.
    (
        &["HIRED", "REJECTED", "WITHDRAWN", "OFFER_DECLINED", "RESCINDED", "LAPSED"],
        &["SUBMITTED AGAIN"],
        Who::Candidate,
    ),
];

const BEFORE_OFFER: [&str; 5] = ["SUBMITTED", "IN_REVIEW", "SHORTLISTED", "ASSESSMENT", "INTERVIEW"];

fn is_allowed(who: Who, from: &str, to: &str) -> bool {
    TABLE.iter().any(|(from_any, to_any, by)| *by == who && from_any.contains(&from) && to_any.contains(&to))
}

struct Hiring<'a> {
    app: &'a TestApp,
    owner: Actor,
    rival: Actor,
    stranger: Actor,
    posting: Value,
}

const APPLICATION: &str = "application { id status version events { from to party } }";

impl Hiring<'_> {
    async fn submit(&self, candidate: &Actor) -> Payload {
        candidate.act("applicationSubmit", json!({"postingId": self.posting["id"]}), APPLICATION).await
    }

    /// Whether it was done.
    async fn try_to(&self, candidate: &Actor, at: &Value, who: Who, to: &str, is_stale: bool) -> bool {
        let mut input = json!({"id": at["id"], "version": version(at, is_stale)});
        let actor = match who {
            Who::Employer => &self.owner,
            Who::Rival => &self.rival,
            Who::Stranger => &self.stranger,
            Who::Candidate => candidate,
            Who::System => {
                // The posting has ended by then, and long ago.
                let later = self.app.app.state.clock.now() + TimeDelta::days(110);
                if to == "LAPSED" {
                    lapse(&self.app.app.state.db, later).await.expect("a run");
                }
                let query = "query($id: ID!) { application(id: $id) { status } }";
                return candidate.ask(query, json!({"id": at["id"]})).await["application"]["status"] != at["status"];
            }
        };
        let done = match (who, to) {
            (Who::Candidate, "SUBMITTED AGAIN") => {
                return self.submit(candidate).await.value["userErrors"] == json!([]);
            }
            (Who::Candidate | Who::Stranger, "WITHDRAWN") => actor.act("applicationWithdraw", input, APPLICATION).await,
            (Who::Candidate, "OFFER_ACCEPTED") => actor.act("applicationOfferAccept", input, APPLICATION).await,
            (Who::Candidate, "OFFER_DECLINED") => actor.act("applicationOfferDecline", input, APPLICATION).await,
            (_, "SUBMITTED AGAIN") => return false,
            _ => {
                input["to"] = json!(to);
                input["reason"] = json!("Because.");
                actor.act("applicationMove", input, APPLICATION).await
            }
        };
        done.value["application"].is_object()
    }

    async fn walk(&self, steps: Vec<(Who, &str, bool)>) {
        let shown =
            format!("query($id: ID!) {{ application(id: $id) {{ {} }} }}", &APPLICATION[14..APPLICATION.len() - 2]);
        let candidate = self.app.account("Casey").await;
        let mut now = self.submit(&candidate).await.good()["application"].clone();
        for (who, to, is_stale) in steps {
            let from = now["status"].as_str().expect("a status");
            // The system sees no version, and a new application has none.
            let is_stale = is_stale && who != Who::System && to != "SUBMITTED AGAIN";
            let is_due = is_allowed(who, from, to) && !is_stale;
            let is_done = self.try_to(&candidate, &now, who, to, is_stale).await;
            assert_eq!(is_done, is_due, "{from} to {to} by {who:?}, stale: {is_stale}");
            if is_done && to == "SUBMITTED AGAIN" {
                let newest = "{ viewer { applications(first: 1) { edges { node { id } } } } }";
                let id =
                    candidate.ask(newest, json!({})).await["viewer"]["applications"]["edges"][0]["node"]["id"].clone();
                assert_ne!(id, now["id"]);
                now = candidate.ask(&shown, json!({"id": id})).await["application"].clone();
                assert_eq!(now["status"], "SUBMITTED");
                continue;
            }
            let after = candidate.ask(&shown, json!({"id": now["id"]})).await["application"].clone();
            if is_done {
                assert_eq!((&after["status"], &after["version"]), (&json!(to), &json!(version(&now, false) + 1)));
                let events = after["events"].as_array().expect("events");
                assert_eq!(events.len(), now["events"].as_array().map_or(0, Vec::len) + 1);
                let party = format!("{who:?}").to_uppercase();
                assert!(events.contains(&json!({"from": from, "to": to, "party": party})), "{events:?}");
            } else {
                assert_eq!(after, now, "{from} to {to} by {who:?} changed something");
            }
            now = after;
        }
    }
}

on_both_databases! {
    async fn a_posting_moves_as_its_table_says(app: TestApp) {
        let admin = app.administrator().await;
        let (verified, employer) = app.employer("Analytical Engines").await;
        let newcomer = app.account("Newcomer").await;
        let unverified = newcomer.create_employer("Newcomer").await;
        let step = (select(&POSTING_ACTS[..]), proptest::bool::weighted(0.15));
        walk(&step, async |steps| walk_posting(&verified, &admin, (&employer, true), steps).await);
        walk(&step, async |steps| walk_posting(&newcomer, &admin, (&unverified, false), steps).await);
    }

    async fn an_application_moves_as_its_table_says(app: TestApp) {
        let (owner, employer) = app.employer("Analytical Engines").await;
        let (rival, _) = app.employer("Difference Engines").await;
        let posting = owner.posting(&employer, json!({"openings": 10_000})).await;
        let hiring = Hiring { app, owner, rival, stranger: app.account("Sam").await, posting };
        let who = prop_oneof![
            12 => Just(Who::Employer), 6 => Just(Who::Candidate), 1 => Just(Who::System), 1 => Just(Who::Rival), 1 => Just(Who::Stranger)
        ];
        let any = (who, select(&STATES[..]), proptest::bool::weighted(0.1));
        // Most random moves are refused; whoever knows the table gets further.
        let known = select(TABLE).prop_flat_map(|(_, to, who)| (Just(who), select(to), Just(false)));
        walk(prop_oneof![1 => any, 3 => known], async |steps| hiring.walk(steps).await);
    }
}
