//! What is told to whom.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{Hiring, PUBLISHED, apply, drafts, publish};
use crate::support::{Socket, TestApp, on_both_databases};

const CHANGED: &str =
    "subscription($id: ID) { applicationChanged(applicationId: $id) { id status version candidate { headline } } }";

on_both_databases! {
    async fn a_posting_published_at_another_server_is_told_to_whom_it_concerns(app: TestApp) {
        let other = app.twin(|settings| settings).await;
        let (owner, employer) = app.employer("Analytical Engines").await;
        let mut socket = Socket::ready(&app.url, None).await;
        socket.subscribe("roles", PUBLISHED, json!({"filter": {"roles": ["backend-developer"]}})).await;
        socket.subscribe("words", PUBLISHED, json!({"search": "nurse"})).await;
        app.until_listening(2).await;

        let there = owner.at(&other.url);
        let backend = there.draft(&employer, json!({})).await;
        socket.expect_silence().await;
        let backend = publish(&there, &backend).await;
        let told = json!({"postingPublished":
            {"id": backend, "title": "Backend Developer", "employer": {"name": "Analytical Engines"}}});
        assert_eq!(socket.data("roles").await, told);
        let nurse = there.posting(&employer, json!({"title": "Nurse"})).await;
        assert_eq!(socket.data("words").await["postingPublished"]["id"], nurse["id"]);
        socket.expect_silence().await;
        other.close().await;
    }

    async fn a_posting_is_told_whenever_it_becomes_open(app: TestApp) {
        let (owner, employer) = app.employer("Analytical Engines").await;
        let mut socket = Socket::ready(&app.url, None).await;
        socket.subscribe("1", PUBLISHED, json!({})).await;
        app.until_listening(1).await;
        let posting = owner.posting(&employer, json!({})).await;
        assert_eq!(socket.data("1").await["postingPublished"]["id"], posting["id"]);
        let seen = |posting: &Value| json!({"id": posting["id"], "version": posting["version"]});
        let paused = owner.act("postingPause", seen(&posting), "posting { id version }").await.good()["posting"].clone();
        let resumed = owner.act("postingResume", seen(&paused), "posting { id version }").await.good()["posting"].clone();
        assert_eq!(socket.data("1").await["postingPublished"]["id"], posting["id"]);

        // Its time passes, and is prolonged.
        app.app.state.clock.advance(chrono::TimeDelta::days(61));
        let tokens = app.anonymous().act("sessionCreate", json!({"email": owner.email, "password": crate::support::PASSWORD}),
            "session { accessToken }").await.good();
        let owner = owner.with_token(&tokens["session"]["accessToken"]);
        let mut change = seen(&resumed);
        change["validThrough"] = json!(app.app.state.clock.now() + chrono::TimeDelta::days(30));
        owner.act("postingUpdate", change, "posting { id }").await.good();
        assert_eq!(socket.data("1").await["postingPublished"]["id"], posting["id"]);
    }

    async fn an_application_is_told_to_both_sides_and_nobody_else(app: TestApp) {
        let hiring = Hiring::new(app).await;
        let bystander = app.account("Bystander").await;
        let (rival, _) = app.employer("Difference Engines").await;
        let mut sockets = Vec::new();
        for actor in [&hiring.candidate, &hiring.owner, &bystander, &rival] {
            let mut socket = Socket::ready(&app.url, actor.token.as_deref()).await;
            socket.subscribe("all", CHANGED, json!({})).await;
            sockets.push(socket);
        }
        let id = &hiring.application["id"];
        sockets[0].subscribe("one", CHANGED, json!({"id": id})).await;
        // Four that listen for the end of their sessions, five for applications.
        app.until_listening(9).await;

        let moved = hiring.move_to(&hiring.owner, &hiring.application, "IN_REVIEW").await;
        for (index, ids) in [(0, vec!["all", "one"]), (1, vec!["all"])] {
            let mut told = BTreeSet::new();
            for _ in &ids {
                let message = sockets[index].message().await;
                let changed = &message["payload"]["data"]["applicationChanged"];
                assert_eq!((&changed["id"], &changed["status"], &changed["version"]), (id, &json!("IN_REVIEW"), &moved["version"]));
                told.insert(message["id"].as_str().expect("an id").to_owned());
            }
            assert_eq!(told, ids.into_iter().map(str::to_owned).collect());
        }
        // Another application of the same employer is none of the first candidate's business.
        let newcomer = app.account("Newcomer").await;
        apply(&newcomer, &hiring.posting).await;
        assert_eq!(sockets[1].data("all").await["applicationChanged"]["status"], "SUBMITTED");
        for socket in &mut sockets {
            socket.expect_silence().await;
        }
    }

    async fn a_hidden_application_is_told_like_an_absent_one(app: TestApp) {
        let hiring = Hiring::new(app).await;
        let bystander = app.account("Bystander").await;
        let mut socket = Socket::ready(&app.url, bystander.token.as_deref()).await;
        let mut answers = Vec::new();
        for id in [hiring.application["id"].clone(), json!("application_01jq0000000000000000000000"), json!("nonsense")] {
            socket.subscribe("1", CHANGED, json!({"id": id})).await;
            let mut answer = socket.message().await;
            assert_eq!(answer["type"], "error");
            answer["payload"][0]["locations"].take();
            answers.push(answer);
        }
        assert_eq!(answers[0], answers[1]);
        assert_eq!(answers[0], answers[2]);
        assert_eq!(answers[0]["payload"][0]["extensions"]["code"], "BAD_USER_INPUT");
        let mut nobody = Socket::ready(&app.url, None).await;
        nobody.subscribe("1", CHANGED, json!({})).await;
        assert_eq!(nobody.error("1").await, "UNAUTHENTICATED");
    }

    async fn who_leaves_an_employer_is_told_nothing_more(app: TestApp) {
        let hiring = Hiring::new(app).await;
        let reviewer = app.account("Rita").await;
        let employer = hiring.owner.ask("query($id: ID!) { posting(id: $id) { employer { id } } }",
            json!({"id": hiring.posting["id"]})).await["posting"]["employer"]["id"].clone();
        let input = json!({"employerId": employer, "email": reviewer.email, "role": "REVIEWER"});
        let member = hiring.owner.act("memberAdd", input, "member { id }").await.good()["member"]["id"].clone();
        let mut socket = Socket::ready(&app.url, reviewer.token.as_deref()).await;
        socket.subscribe("1", CHANGED, json!({})).await;
        let mut owners = Socket::ready(&app.url, hiring.owner.token.as_deref()).await;
        owners.subscribe("1", CHANGED, json!({})).await;
        app.until_listening(4).await;
        let moved = hiring.move_to(&hiring.owner, &hiring.application, "IN_REVIEW").await;
        assert_eq!(socket.data("1").await["applicationChanged"]["status"], "IN_REVIEW");
        assert_eq!(owners.data("1").await["applicationChanged"]["status"], "IN_REVIEW");
        hiring.owner.act("memberRemove", json!({"id": member}), "removedMemberId").await.good();
        hiring.move_to(&hiring.owner, &moved, "INTERVIEW").await;
        assert_eq!(owners.data("1").await["applicationChanged"]["status"], "INTERVIEW");
        socket.expect_silence().await;
    }

    async fn a_market_is_told_once_in_a_while(app: TestApp) {
        let calm = app.twin(|settings| settings.with("live-market-interval", "1h")).await;
        let (owner, employer) = app.employer("Analytical Engines").await;
        let mut socket = Socket::ready(&calm.url, None).await;
        let query = "subscription { marketChanged(filter: {countries: [\"US\"]}) { asOf seekersPerPosting { postings } } }";
        socket.subscribe("1", query, json!({})).await;
        calm.until_listening(1).await;
        owner.posting(&employer, json!({})).await;
        assert!(socket.data("1").await["marketChanged"]["asOf"].is_string());
        owner.posting(&employer, json!({})).await;
        socket.subscribe("2", PUBLISHED, json!({})).await;
        calm.until_listening(2).await;
        owner.posting(&employer, json!({})).await;
        assert!(socket.data("2").await["postingPublished"]["id"].is_string(), "nothing of the market came before");
        calm.close().await;
    }

    async fn an_outage_of_the_log_is_survived(app: TestApp) {
        use sea_orm::ConnectionTrait;
        let (owner, employer) = app.employer("Analytical Engines").await;
        let mut socket = Socket::ready(&app.url, None).await;
        socket.subscribe("1", PUBLISHED, json!({})).await;
        app.until_listening(1).await;
        let txn = async |sql: &str| {
            let txn = app.app.state.db.begin().await.expect("a transaction");
            txn.execute_unprepared(sql).await.expect("renamed");
            txn.commit().await.expect("committed");
        };
        txn("ALTER TABLE change RENAME TO unreadable").await;
        tokio::time::sleep(std::time::Duration::from_millis(400)).await;
        txn("ALTER TABLE unreadable RENAME TO change").await;
        let posting = owner.posting(&employer, json!({})).await;
        assert_eq!(socket.data("1").await["postingPublished"]["id"], posting["id"]);
    }

    async fn nothing_is_lost_or_doubled_among_many_changes_at_once(app: TestApp) {
        let other = app.twin(|settings| settings).await;
        let (owner, employer) = app.employer("Analytical Engines").await;
        let drafts = drafts(&owner, &employer, 200).await;
        let mut sockets = vec![Socket::ready(&app.url, None).await, Socket::ready(&other.url, None).await];
        for socket in &mut sockets {
            socket.subscribe("1", "subscription { postingPublished { id } }", json!({})).await;
        }
        app.until_listening(1).await;
        other.until_listening(1).await;
        let there = owner.at(&other.url);
        let publishing = drafts.iter().enumerate().map(|(index, draft)| {
            let who = if index % 2 == 0 { &owner } else { &there };
            publish(who, draft)
        });
        let (published, told) = tokio::join!(futures_util::future::join_all(publishing), async {
            let mut told = Vec::new();
            for socket in &mut sockets {
                let mut ids = Vec::new();
                for _ in 0..200 {
                    ids.push(socket.data("1").await["postingPublished"]["id"].clone());
                }
                socket.expect_silence().await;
                told.push(ids);
            }
            told
        });
        let sorted = |ids: &[Value]| ids.iter().map(|id| id.as_str().expect("an id").to_owned()).collect::<BTreeSet<_>>();
        for ids in told {
            assert_eq!(ids.len(), 200);
            assert_eq!(sorted(&ids), sorted(&published));
        }
        other.close().await;
    }
}
