//! The outbox: every mail leaves once, whatever the mail server is like, and nobody gets what they do not want.

use chrono::TimeDelta;
use rolecall::entities::sets::NotificationKind;
use rolecall::mail::delivery::deliver;
use rolecall::mail::letter::Letter;
use rolecall::mail::outbox::{Recipient, enqueue};
use rolecall::mail::samples;
use rolecall::mail::subscription::Subscription;
use sea_orm::EntityTrait;
use serde_json::json;

use crate::support::{Actor, Mood, Sink, TestApp, on_both_databases};

/// A letter that a person can do without.
fn news() -> Letter {
    let letter = samples::all().into_iter().find(|(name, _)| *name == "invited-to-apply");
    letter.expect("a sample").1
}

async fn write(app: &TestApp, to: &Recipient, letter: &Letter, key: &str) {
    let txn = app.app.state.db.begin().await.expect("a transaction");
    enqueue(&txn, to, letter, key, app.app.state.clock.now()).await.expect("written");
    txn.commit().await.expect("committed");
}

/// A mail that waits, and nothing else.
async fn one_mail(app: &TestApp, key: &str) -> Actor {
    let ada = app.account("Ada").await;
    app.tick().await;
    write(app, &Recipient::of(&app.row_of(&ada).await), &news(), key).await;
    ada
}

async fn unsubscribe(app: &TestApp, method: reqwest::Method, token: &str) -> (u16, String) {
    let url = format!("{}/unsubscribe?token={token}", app.url);
    let request = reqwest::Client::new().request(method, url).body("List-Unsubscribe=One-Click");
    let response = request.header("Content-Type", "application/x-www-form-urlencoded").send().await.expect("an answer");
    (response.status().as_u16(), response.text().await.expect("a page"))
}

fn is_given_up(mail: &rolecall::entities::mail::Model) -> bool {
    mail.failed_at.is_some() && mail.letter.is_none() && mail.recipient_name.is_none()
}

on_both_databases! {
    async fn a_mail_becomes_a_file_and_is_erased(app: TestApp) {
        let ada = app.newcomer("Ada").await;
        let token = app.token(&ada.email, "VERIFY_ADDRESS").await;
        app.tick().await;
        let files = app.files();
        assert_eq!(files.len(), 1);
        let plain = files[0].replace("=\r\n", "").replace("=3D", "=");
        assert!(plain.contains(&format!("http://localhost:8080/verify-email?token={token}")), "{plain}");
        assert!(plain.contains("Content-Type: text/html") && plain.contains("Content-Type: text/plain"));
        let mails = app.mails().await;
        assert!(mails[0].sent_at.is_some() && mails[0].letter.is_none() && mails[0].recipient_name.is_none());
        assert!(!format!("{mails:?}").contains(&token));
    }

    async fn a_mail_is_written_once_for_its_key_and_with_its_transaction(app: TestApp) {
        let ada = one_mail(app, "news").await;
        let to = Recipient::of(&app.row_of(&ada).await);
        write(app, &to, &news(), "news").await;
        let txn = app.app.state.db.begin().await.expect("a transaction");
        enqueue(&txn, &to, &news(), "other news", app.app.state.clock.now()).await.expect("written");
        txn.rollback().await.expect("rolled back");
        assert_eq!(app.letters(&ada.email, "INVITED_TO_APPLY").await.len(), 1);
        // Not after it has left either.
        app.app.state.clock.advance(TimeDelta::minutes(1));
        app.tick().await;
        write(app, &to, &news(), "news").await;
        assert!(app.letters(&ada.email, "INVITED_TO_APPLY").await.is_empty());
    }

    async fn a_mail_reaches_a_server(app: TestApp) {
        let ada = one_mail(app, "news").await;
        let sink = Sink::start().await;
        deliver(&app.sending_to(&sink)).await.expect("sent");
        let taken = sink.taken();
        assert_eq!(taken.len(), 1);
        assert_eq!(taken[0].to, ada.email);
        let id = app.mails().await.pop().expect("a mail").id;
        assert!(taken[0].text.contains(&format!("Message-ID: <{id}@localhost>")), "{}", taken[0].text);
        assert!(taken[0].text.contains("List-Unsubscribe-Post: List-Unsubscribe=One-Click"));
    }

    async fn a_server_that_is_away_loses_and_doubles_nothing(app: TestApp) {
        one_mail(app, "news").await;
        let nowhere = app.sending("smtp://127.0.0.1:1");
        assert!(deliver(&nowhere).await.is_err());
        let sink = Sink::start().await;
        let state = app.sending_to(&sink);
        for mood in [Mood::Away, Mood::Closed] {
            sink.set(mood);
            assert!(deliver(&state).await.is_err(), "{mood:?}");
        }
        let mail = app.mails().await.pop().expect("a mail");
        assert!(mail.attempts == 0 && mail.letter.is_some() && mail.claimed_until.is_none(), "{mail:?}");
        sink.set(Mood::Takes);
        deliver(&state).await.expect("sent");
        deliver(&state).await.expect("nothing to do");
        assert_eq!(sink.taken().len(), 1);
    }

    async fn a_refusal_for_now_is_tried_again_later_and_later(app: TestApp) {
        one_mail(app, "news").await;
        let sink = Sink::start().await;
        let state = app.sending_to(&sink);
        for (number, mood) in [Mood::Later, Mood::HangsUp, Mood::Later].into_iter().enumerate() {
            sink.set(mood);
            deliver(&state).await.expect("tried");
            // Not before its time.
            deliver(&state).await.expect("nothing to do");
            assert_eq!(sink.tries(), number + 1, "{mood:?}");
            let mail = app.mails().await.pop().expect("a mail");
            assert!(mail.letter.is_some() && mail.last_error.is_some(), "{mail:?}");
            state.clock.advance(TimeDelta::seconds(30 << number));
        }
        sink.set(Mood::Takes);
        deliver(&state).await.expect("sent");
        assert_eq!(sink.taken().len(), 1);
        assert!(app.mails().await.pop().expect("a mail").sent_at.is_some());
    }

    async fn a_refusal_for_good_ends_the_mail(app: TestApp) {
        one_mail(app, "news").await;
        let sink = Sink::start().await;
        sink.set(Mood::Never);
        let state = app.sending_to(&sink);
        deliver(&state).await.expect("tried");
        state.clock.advance(TimeDelta::days(1));
        deliver(&state).await.expect("nothing to do");
        assert_eq!(sink.tries(), 1);
        let mail = app.mails().await.pop().expect("a mail");
        assert!(is_given_up(&mail), "{mail:?}");
        assert!(mail.last_error.as_deref().is_some_and(|error| error.contains("no such mailbox")), "{mail:?}");
    }

    async fn a_mail_is_given_up_after_three_days(app: TestApp) {
        one_mail(app, "refused").await;
        let sink = Sink::start().await;
        let state = app.sending_to(&sink);
        sink.set(Mood::Later);
        deliver(&state).await.expect("tried");
        state.clock.advance(TimeDelta::days(3));
        deliver(&state).await.expect("tried");
        assert!(is_given_up(&app.mails().await.pop().expect("a mail")));
        // So is one for which no server was there in all that time; one that no worker touched is sent.
        one_mail(app, "alone").await;
        state.clock.advance(TimeDelta::days(4));
        sink.set(Mood::Takes);
        deliver(&state).await.expect("sent");
        assert_eq!(sink.taken().len(), 1);
        one_mail(app, "left alone").await;
        state.clock.advance(TimeDelta::days(4));
        assert!(deliver(&app.sending("smtp://127.0.0.1:1")).await.is_err());
        assert!(is_given_up(&app.mails().await.pop().expect("a mail")));
    }

    async fn several_workers_send_each_mail_once(app: TestApp) {
        let ada = one_mail(app, "news/0").await;
        let to = Recipient::of(&app.row_of(&ada).await);
        for number in 1..60 {
            write(app, &to, &news(), &format!("news/{number}")).await;
        }
        let sink = Sink::start().await;
        let state = app.sending_to(&sink);
        while app.mails().await.iter().any(|mail| mail.sent_at.is_none()) {
            let all = tokio::join!(deliver(&state), deliver(&state), deliver(&state), deliver(&state));
            for one in [all.0, all.1, all.2, all.3] {
                one.expect("sent");
            }
        }
        assert_eq!(sink.taken().len(), 60);
        assert_eq!(sink.tries(), 60);
    }

    async fn a_mail_of_a_dead_worker_is_sent_by_another(app: TestApp) {
        one_mail(app, "news").await;
        let sink = Sink::start().await;
        let state = app.sending_to(&sink);
        let held = state.clock.now() + TimeDelta::minutes(10);
        let columns = rolecall::entities::mail::ActiveModel { claimed_until: sea_orm::Set(Some(held)), ..Default::default() };
        rolecall::entities::mail::Entity::update_many().set(columns).exec(state.db.writes()).await.expect("held");
        deliver(&state).await.expect("nothing to do");
        assert_eq!(sink.tries(), 0);
        state.clock.advance(TimeDelta::minutes(11));
        deliver(&state).await.expect("sent");
        assert_eq!(sink.taken().len(), 1);
    }

    async fn a_click_ends_one_kind_of_mail(app: TestApp) {
        let ada = one_mail(app, "news").await;
        let row = app.row_of(&ada).await;
        let which = Subscription::Notifications { account: row.id, kind: NotificationKind::InvitedToApply };
        let token = which.token(&app.app.state.signer);
        let (status, page) = unsubscribe(app, reqwest::Method::GET, &token).await;
        assert_eq!(status, 200);
        assert!(page.contains("<form method=\"post\">"), "{page}");
        let unwanted = "{ viewer { unwantedNotifications } }";
        assert_eq!(ada.ask(unwanted, json!({})).await["viewer"]["unwantedNotifications"], json!([]), "a look ends nothing");
        for _ in 0..2 {
            assert_eq!(unsubscribe(app, reqwest::Method::POST, &token).await.0, 200);
        }
        assert_eq!(ada.ask(unwanted, json!({})).await["viewer"]["unwantedNotifications"], json!(["INVITED_TO_APPLY"]));
        // Neither the mail that waits leaves, nor is another one written; those of other kinds are.
        let sink = Sink::start().await;
        deliver(&app.sending_to(&sink)).await.expect("tried");
        assert_eq!(sink.tries(), 0);
        assert!(is_given_up(&app.mails().await.pop().expect("a mail")));
        write(app, &Recipient::of(&row), &news(), "more news").await;
        assert!(app.letters(&ada.email, "INVITED_TO_APPLY").await.is_empty());
        let other = samples::all().into_iter().find(|(name, _)| *name == "application-offered").expect("a sample").1;
        write(app, &Recipient::of(&row), &other, "an offer").await;
        assert_eq!(app.letters(&ada.email, "APPLICATION_MOVED").await.len(), 1);
        // And she can have them again.
        let wish = json!({"kind": "INVITED_TO_APPLY", "isWanted": true});
        let done = ada.act("notificationUpdate", wish, "account { unwantedNotifications }").await.good();
        assert_eq!(done["account"]["unwantedNotifications"], json!([]));
        write(app, &Recipient::of(&row), &news(), "news again").await;
        assert_eq!(app.letters(&ada.email, "INVITED_TO_APPLY").await.len(), 1);
    }

    async fn a_forged_link_ends_nothing(app: TestApp) {
        let ada = one_mail(app, "news").await;
        let row = app.row_of(&ada).await;
        let which = Subscription::Notifications { account: row.id, kind: NotificationKind::InvitedToApply };
        let other_key = rolecall::signing::Signer::new(&[1; 32]);
        for token in ["", "nonsense", &which.token(&other_key), &format!("{}x", which.token(&app.app.state.signer))] {
            for method in [reqwest::Method::GET, reqwest::Method::POST] {
                assert_eq!(unsubscribe(app, method, token).await.0, 400, "{token}");
            }
        }
        // Nor does a link of somebody who is gone.
        let gone = Subscription::Notifications { account: uuid::Uuid::nil(), kind: NotificationKind::InvitedToApply };
        assert_eq!(unsubscribe(app, reqwest::Method::POST, &gone.token(&app.app.state.signer)).await.0, 200);
        assert_eq!(app.letters(&ada.email, "INVITED_TO_APPLY").await.len(), 1);
        let anonymous = app.anonymous();
        let wish = json!({"kind": "INVITED_TO_APPLY", "isWanted": false});
        let refused = anonymous.act("notificationUpdate", wish, "account { id }").await;
        assert_eq!(refused.answer.code(), "UNAUTHENTICATED");
    }

    async fn nobody_is_written_to_at_an_address_that_is_not_proven(app: TestApp) {
        let ada = app.newcomer("Ada").await;
        let to = Recipient::of(&app.row_of(&ada).await);
        for (number, (name, letter)) in samples::all().into_iter().enumerate() {
            let before = app.mails().await.len();
            write(app, &to, &letter, &format!("sample/{number}")).await;
            assert_eq!(app.mails().await.len() > before, letter.is_for_strangers(), "{name}");
        }
    }
}
