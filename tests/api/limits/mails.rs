//! How many mails somebody may have sent.

use chrono::TimeDelta;
use serde_json::json;

use super::{is_throttled, told};
use crate::support::{Actor, PASSWORD, Payload, TestApp, on_both_databases};

async fn forget(who: &Actor, email: &str) -> Payload {
    who.act("passwordResetRequest", json!({"email": email}), "email").await
}

on_both_databases! {
    async fn a_recipient_gets_so_many_an_hour_whether_or_not_there_is_one(app: TestApp) {
        let limited = app.twin(|settings| settings.with("mails-per-recipient", "3")).await;
        let (ada, somebody) = (app.account("Ada").await, limited.anonymous());
        for number in 0..5 {
            let known = forget(&somebody, &ada.email.to_uppercase()).await;
            let unknown = forget(&somebody, "nobody@example.org").await;
            assert_eq!(is_throttled(&known), number >= 3, "{number}");
            assert_eq!((told(&known).0, told(&known).2), (told(&unknown).0, told(&unknown).2));
            if number >= 3 {
                assert!((1..=1_200).contains(&known.answer.retry_after()), "a third of an hour for one of three");
            }
        }
        assert_eq!(app.letters(&ada.email, "RESET_PASSWORD").await.len(), 3);
        limited.app.state.clock.advance(TimeDelta::minutes(20));
        assert!(!is_throttled(&forget(&somebody, &ada.email).await));
        assert!(is_throttled(&forget(&somebody, &ada.email).await));
    }

    async fn an_address_has_so_many_sent_whoever_they_are_for(app: TestApp) {
        let limited = app.twin(|settings| settings.with("mails-per-address", "4").with("trusted-proxies", "1")).await;
        let (owner, employer) = app.employer("Analytical Engines").await;
        let here = owner.at(&limited.url).at_address("192.0.2.7");
        let mails = app.mails().await.len();
        let invite = json!({"employerId": employer, "email": "eve@example.org", "role": "REVIEWER"});
        here.act("memberInvite", invite.clone(), "invitation { id }").await.good();
        let change = json!({"email": "other@example.org", "currentPassword": PASSWORD});
        here.act("emailChangeRequest", change, "email").await.good();
        let join = json!({"email": "joan@example.org", "password": PASSWORD, "name": "Joan"});
        let stranger = limited.anonymous().at_address("192.0.2.7");
        stranger.act("accountRegister", join.clone(), "account { id }").await.good();
        forget(&stranger, &owner.email).await.good();
        assert_eq!(app.mails().await.len(), mails + 4);

        for refused in [
            here.act("memberInvite", invite, "invitation { id }").await,
            stranger.act("accountRegister", join, "account { id }").await,
            forget(&stranger, "nobody@example.org").await,
        ] {
            assert!(is_throttled(&refused), "{}", refused.answer.body);
        }
        let again = "mutation { emailVerificationRequest { account { id } userErrors { code } } }";
        assert_eq!(here.send(again, json!({})).await.code(), "RATE_LIMITED");
        assert_eq!(app.mails().await.len(), mails + 4);
        assert!(!is_throttled(&forget(&stranger.at_address("192.0.2.8"), &owner.email).await));
    }
}
