//! How long sessions last, and what is kept of their tokens.

use aws_lc_rs::digest::{SHA256, digest};
use chrono::TimeDelta;
use rolecall::entities::refresh_token;
use sea_orm::EntityTrait;
use serde_json::json;

use crate::support::{Payload, TestApp, on_both_databases, text};

const ENDED: &str = "BAD_CREDENTIALS input.refreshToken";

async fn renew(app: &TestApp, token: &str) -> Payload {
    app.anonymous().act("sessionRefresh", json!({"refreshToken": token}), "session { accessToken refreshToken }").await
}

fn token_of(renewed: Payload) -> String {
    text(&renewed.good()["session"]["refreshToken"])
}

on_both_databases! {
    async fn a_session_that_is_not_used_ends_after_14_days(app: TestApp) {
        let (ada, bob) = (app.account("Ada").await, app.account("Bob").await);
        app.app.state.clock.advance(TimeDelta::days(14) - TimeDelta::minutes(1));
        let token = token_of(renew(app, &ada.refresh_token).await);
        app.app.state.clock.advance(TimeDelta::minutes(2));
        assert_eq!(renew(app, &bob.refresh_token).await.refusals(), [ENDED]);
        token_of(renew(app, &token).await);
    }

    async fn a_session_ends_after_30_days_however_it_is_used(app: TestApp) {
        let ada = app.account("Ada").await;
        let mut token = ada.refresh_token.clone();
        for _ in 0..3 {
            app.app.state.clock.advance(TimeDelta::days(9));
            token = token_of(renew(app, &token).await);
        }
        app.app.state.clock.advance(TimeDelta::days(3) - TimeDelta::minutes(1));
        let renewed = renew(app, &token).await.good();
        let ada = ada.with_token(&renewed["session"]["accessToken"]);
        ada.ask("{ viewer { id } }", json!({})).await;
        app.app.state.clock.advance(TimeDelta::minutes(2));
        assert_eq!(renew(app, &text(&renewed["session"]["refreshToken"])).await.refusals(), [ENDED]);
        // The token would hold for three minutes more; its session does not.
        assert_eq!(ada.send("{ viewer { id } }", json!({})).await.code(), "UNAUTHENTICATED");
    }

    async fn a_repeated_request_is_forgiven_for_30_seconds_and_until_its_answer_is_used(app: TestApp) {
        let ada = app.account("Ada").await;
        let first = token_of(renew(app, &ada.refresh_token).await);
        app.app.state.clock.advance(TimeDelta::seconds(29));
        let second = token_of(renew(app, &ada.refresh_token).await);
        assert_eq!(renew(app, &first).await.refusals(), [ENDED], "its place was taken");
        let third = token_of(renew(app, &second).await);
        // The successor was used: whoever has the first one stole it, or was robbed.
        assert_eq!(renew(app, &ada.refresh_token).await.refusals(), [ENDED]);
        assert_eq!(renew(app, &third).await.refusals(), [ENDED]);
    }

    async fn of_two_who_renew_at_once_one_at_least_goes_on(app: TestApp) {
        let ada = app.account("Ada").await;
        let (one, other) = tokio::join!(renew(app, &ada.refresh_token), renew(app, &ada.refresh_token));
        let tokens = [token_of(one), token_of(other)];
        let mut good = 0;
        for token in &tokens {
            good += usize::from(renew(app, token).await.refusals().is_empty());
        }
        assert_eq!(good, 1, "the later one took the place of the other");
    }

    async fn tokens_are_kept_as_hashes(app: TestApp) {
        let ada = app.account("Ada").await;
        let token = token_of(renew(app, &ada.refresh_token).await);
        assert!(token.len() >= 43, "256 bits");
        let rows = refresh_token::Entity::find().all(app.app.state.db.reads()).await.expect("tokens");
        let kept: Vec<_> = rows.into_iter().map(|row| row.token_hash).collect();
        for token in [&ada.refresh_token, &token] {
            assert!(kept.contains(&digest(&SHA256, token.as_bytes()).as_ref().to_vec()));
            assert!(!kept.iter().any(|kept| kept == token.as_bytes()));
        }
    }
}
