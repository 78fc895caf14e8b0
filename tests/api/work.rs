//! Background work: each job is run by one of however many servers, and an operator sees how it goes.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use chrono::TimeDelta;
use rolecall::app::App;
use rolecall::entities::{change, job, mail, mail_token, refresh_token, session};
use rolecall::state::State;
use rolecall::work::jobs::Running;
use rolecall::work::run::tick_of;
use rolecall::work::{JOBS, Job, work};
use sea_orm::{EntityTrait, PaginatorTrait};
use serde_json::json;

use crate::support::{Actor, TestApp, on_both_databases, text};

async fn row(app: &TestApp, name: &str) -> job::Model {
    let found = job::Entity::find_by_id(name).one(app.app.state.db.reads()).await;
    found.expect("a row").unwrap_or_else(|| panic!("the job {name}"))
}

fn job(name: &'static str, run: fn(&State) -> Running<'_>) -> Job {
    Job { name, interval: TimeDelta::minutes(1), run }
}

fn fine(_: &State) -> Running<'_> {
    Box::pin(async { Ok(()) })
}

fn failing(_: &State) -> Running<'_> {
    Box::pin(async { anyhow::bail!("no luck") })
}

fn panicking(_: &State) -> Running<'_> {
    Box::pin(async { panic!("out of order") })
}

/// Takes a while, and counts.
fn slow(_: &State) -> Running<'_> {
    static RUNS: AtomicUsize = AtomicUsize::new(0);
    Box::pin(async {
        RUNS.fetch_add(1, Ordering::Relaxed);
        tokio::time::sleep(Duration::from_millis(100)).await;
        Ok(())
    })
}

async fn count<E: EntityTrait>(app: &TestApp) -> u64
where
    E::Model: Sync,
{
    E::find().count(app.app.state.db.reads()).await.expect("a number")
}

async fn warnings(app: &TestApp, actor: &Actor) -> Vec<serde_json::Value> {
    app.letters(&actor.email, "POSTING_EXPIRING").await
}

on_both_databases! {
    async fn a_job_runs_when_it_is_due(app: TestApp) {
        let (state, jobs) = (&app.app.state, [job("fine", fine)]);
        tick_of(state, &jobs).await.expect("run");
        tick_of(state, &jobs).await.expect("not due");
        assert_eq!(row(app, "fine").await.runs, 1);
        state.clock.advance(TimeDelta::seconds(61));
        tick_of(state, &jobs).await.expect("run");
        let row = row(app, "fine").await;
        assert_eq!((row.runs, row.failures, row.lease_until, row.lease_holder), (2, 0, None, None));
        assert!(row.last_finished_at >= row.last_started_at && row.last_error.is_none());
    }

    async fn a_failing_job_is_recorded_and_keeps_none_from_running(app: TestApp) {
        let (state, jobs) = (&app.app.state, [job("a", failing), job("b", panicking), job("c", fine)]);
        tick_of(state, &jobs).await.expect("run");
        let (a, b, c) = (row(app, "a").await, row(app, "b").await, row(app, "c").await);
        assert_eq!(a.last_error.as_deref(), Some("no luck"));
        assert_eq!(b.last_error.as_deref(), Some("it panicked: out of order"));
        assert_eq!((a.runs, a.failures, c.runs, c.failures), (1, 1, 1, 0));
        // Later and later, and forgiven at once.
        state.clock.advance(TimeDelta::seconds(11));
        tick_of(state, &jobs).await.expect("run");
        state.clock.advance(TimeDelta::seconds(11));
        tick_of(state, &jobs).await.expect("not due");
        let a = row(app, "a").await;
        assert_eq!((a.failures, a.failures_in_a_row), (2, 2));
        state.clock.advance(TimeDelta::seconds(10));
        tick_of(state, &[job("a", fine)]).await.expect("run");
        let a = row(app, "a").await;
        assert_eq!((a.runs, a.failures, a.failures_in_a_row, a.last_error), (3, 2, 0, None));
    }

    async fn servers_share_the_jobs(app: TestApp) {
        let (state, jobs) = (&app.app.state, [job("slow", slow)]);
        let all = tokio::join!(tick_of(state, &jobs), tick_of(state, &jobs), tick_of(state, &jobs));
        for one in [all.0, all.1, all.2] {
            one.expect("run, or left to another");
        }
        assert_eq!(row(app, "slow").await.runs, 1);
    }

    async fn a_job_of_a_dead_server_is_taken_over(app: TestApp) {
        let (state, jobs) = (&app.app.state, [job("fine", fine)]);
        rolecall::work::lease::register(state.db.writes(), &jobs, state.clock.now()).await.expect("known");
        let claimed = rolecall::work::lease::claim(state.db.writes(), "fine", "dead", state.clock.now()).await;
        assert!(claimed.expect("claimed"));
        tick_of(state, &jobs).await.expect("left alone");
        assert_eq!(row(app, "fine").await.lease_holder.as_deref(), Some("dead"));
        state.clock.advance(TimeDelta::seconds(61));
        tick_of(state, &jobs).await.expect("taken over");
        assert_eq!(row(app, "fine").await.runs, 1);
        // Should the dead one come back, it has nothing to say any more.
        let renewed = rolecall::work::lease::renew(state.db.writes(), "fine", "dead", state.clock.now()).await;
        assert!(!renewed.expect("asked"));
    }

    async fn a_worker_works_until_it_is_told_to_stop(app: TestApp) {
        let ada = app.newcomer("Ada").await;
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        let stopped = async move { drop(stopped.await) };
        let worker = tokio::spawn(work(app.app.state.clone(), stopped, Duration::from_secs(20)));
        while app.files().is_empty() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        stop.send(()).expect("told");
        worker.await.expect("stopped");
        assert!(app.letters(&ada.email, "VERIFY_ADDRESS").await.is_empty());
        for job in JOBS {
            let row = row(app, job.name).await;
            assert!(row.lease_until.is_none() && row.lease_holder.is_none(), "{row:?}");
        }
    }

    async fn a_server_works_too_unless_told_not_to(app: TestApp) {
        app.newcomer("Ada").await;
        let mut config = (*app.app.state.config).clone();
        config.work = true;
        let serving = App { state: State { config: config.into(), ..app.app.state.clone() } };
        let listener = std::net::TcpListener::bind((std::net::Ipv4Addr::LOCALHOST, 0)).expect("a port");
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        let server = tokio::spawn(serving.serve(listener, async move { drop(stopped.await) }));
        while app.files().is_empty() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        stop.send(()).expect("told");
        server.await.expect("stopped").expect("served");
        assert!(row(app, "mail").await.lease_holder.is_none());
    }

    async fn an_administrator_sees_the_jobs(app: TestApp) {
        let query = "{ jobs { name intervalSeconds isRunning lastStartedAt lastFinishedAt nextRunAt runCount failureCount failuresInARow lastError } }";
        assert_eq!(app.anonymous().send(query, json!({})).await.code(), "UNAUTHENTICATED");
        assert_eq!(app.account("Ada").await.send(query, json!({})).await.code(), "FORBIDDEN");
        let admin = app.administrator().await;
        let before = admin.ask(query, json!({})).await;
        assert_eq!(before["jobs"].as_array().map(Vec::len), Some(JOBS.len()));
        assert_eq!(before["jobs"][0]["nextRunAt"], json!(null));
        app.tick().await;
        let after = admin.ask(query, json!({})).await;
        for job in after["jobs"].as_array().expect("jobs") {
            assert_eq!((&job["runCount"], &job["failureCount"], &job["lastError"]), (&json!(1), &json!(0), &json!(null)), "{job}");
        }
    }

    async fn employers_are_warned_once_of_each_end(app: TestApp) {
        let (owner, employer) = app.employer("Analytical Engines").await;
        let reviewer = app.account("Reviewer").await;
        let input = json!({"employerId": employer, "email": reviewer.email, "role": "REVIEWER"});
        owner.act("memberAdd", input, "member { id }").await.good();
        let soon = |days: i64| (app.app.state.clock.now() + TimeDelta::days(days)).to_rfc3339();
        let posting = owner.posting(&employer, json!({"validThrough": soon(20)})).await;
        owner.posting(&employer, json!({"title": "Other", "validThrough": soon(19)})).await;
        owner.posting(&employer, json!({"title": "Short", "validThrough": soon(3)})).await;
        app.tick().await;
        assert!(warnings(app, &owner).await.is_empty());
        app.app.state.clock.advance(TimeDelta::days(14));
        // Without the mail job, so that the letters can be read.
        let of_warnings: Vec<Job> = JOBS.iter().filter(|job| job.name == "posting-warnings").copied().collect();
        tick_of(&app.app.state, &of_warnings).await.expect("run");
        let told = warnings(app, &owner).await;
        assert_eq!(told.len(), 1, "one mail for both");
        let titles: Vec<_> = told[0]["postings"].as_array().expect("postings").iter().map(|p| text(&p["title"])).collect();
        assert_eq!(titles, ["Other", "Backend Developer"]);
        assert!(warnings(app, &reviewer).await.is_empty());
        app.app.state.clock.advance(TimeDelta::hours(2));
        tick_of(&app.app.state, &of_warnings).await.expect("run");
        assert_eq!(warnings(app, &owner).await.len(), 1);
        // A later end is another end.
        let owner = owner.sign_in_again().await;
        let later = json!({"id": posting["id"], "version": posting["version"], "validThrough": soon(14)});
        owner.act("postingUpdate", later, "posting { id }").await.good();
        app.app.state.clock.advance(TimeDelta::days(8));
        tick_of(&app.app.state, &of_warnings).await.expect("run");
        assert_eq!(warnings(app, &owner).await.len(), 2);
    }

    async fn what_has_served_its_purpose_goes(app: TestApp) {
        let ada = app.newcomer("Ada").await;
        let (_, employer) = app.employer("Analytical Engines").await;
        let owner = app.account("Owner").await;
        drop((employer, owner));
        app.tick().await;
        let (mails, sessions) = (count::<mail::Entity>(app).await, count::<session::Entity>(app).await);
        assert!(mails > 0 && sessions > 0 && count::<mail_token::Entity>(app).await > 0);
        app.app.state.clock.advance(TimeDelta::hours(25));
        app.tick().await;
        assert_eq!(count::<change::Entity>(app).await, 1, "by the last one the log is known");
        assert_eq!((count::<mail::Entity>(app).await, count::<session::Entity>(app).await), (mails, sessions));
        app.app.state.clock.advance(TimeDelta::days(30));
        app.tick().await;
        assert_eq!(count::<mail::Entity>(app).await, 0);
        assert_eq!(count::<mail_token::Entity>(app).await, 0);
        app.app.state.clock.advance(TimeDelta::days(31));
        let ada = ada.sign_in_again().await;
        app.tick().await;
        // Only what is young is left.
        assert_eq!(count::<session::Entity>(app).await, 1);
        assert_eq!(count::<refresh_token::Entity>(app).await, 1);
        ada.ask("{ viewer { id } }", json!({})).await;
    }
}
