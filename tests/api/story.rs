//! The whole way from a saved search to HIRED, as the README tells it.

use serde_json::{Value, json};

use crate::files::resume;
use crate::support::{Actor, Socket, TestApp, on_both_databases};

const SEEN: &str = "application { id status version }";
const CHANGED: &str = "subscription { applicationChanged { id status posting { status closeReason } } }";

async fn advance(who: &Actor, action: &str, application: &Value, to: Option<&str>) -> Value {
    let mut input = json!({"id": application["id"], "version": application["version"]});
    if let Some(to) = to {
        input["to"] = json!(to);
    }
    who.act(action, input, SEEN).await.good()["application"].clone()
}

/// The states that a subscriber is told of, until the last; those that follow quickly may be told as one.
async fn hear_until(socket: &mut Socket, last: &str) -> Value {
    loop {
        let told = socket.data("applications").await["applicationChanged"].clone();
        if told["status"] == last {
            return told;
        }
    }
}

on_both_databases! {
    async fn from_a_saved_search_to_a_hire(app: TestApp) {
        // An employer registers and is verified.
        let owner = app.newcomer("Ada").await;
        let employer = owner.act("employerCreate", json!({"name": "Analytical Engines"}), "employer { id isVerified }").await.good();
        let employer = employer["employer"]["id"].as_str().expect("an id").to_owned();
        owner.act("employerVerificationRequest", json!({"employerId": employer, "note": "See our website."}), "employer { id }").await.good();
        app.administrator().await.verify(&employer).await;

        // A candidate registers, proves the address, and saves a search.
        let casey = app.newcomer("Casey").await;
        let token = app.token(&casey.email, "VERIFY_ADDRESS").await;
        app.anonymous().act("emailVerify", json!({"token": token}), "account { isEmailVerified }").await.good();
        let profile = json!({"headline": "Rust engineer", "searchStatus": "ACTIVE", "targetRoles": ["backend-developer"],
            "targetPlaces": [{"countryCode": "US"}], "remote": true, "skills": [{"skill": "rust", "level": 4, "months": 36}]});
        casey.act("candidateUpdate", profile, "candidate { id }").await.good();
        let search = json!({"name": "Rust in the US", "search": "rust", "filter": {"countries": ["US"]}, "alerts": "INSTANT"});
        let saved = casey.act("savedSearchCreate", search, "savedSearch { id newMatchCount }").await.good();
        assert_eq!(saved["savedSearch"]["newMatchCount"], 0);

        // Both listen.
        let mut here = Socket::ready(&app.url, casey.token.as_deref()).await;
        let matched = "subscription($id: ID!) { savedSearchMatched(id: $id) { id title } }";
        here.subscribe("search", matched, json!({"id": saved["savedSearch"]["id"]})).await;
        here.subscribe("applications", CHANGED, json!({})).await;
        let mut there = Socket::ready(&app.url, owner.token.as_deref()).await;
        there.subscribe("applications", CHANGED, json!({})).await;
        app.until_listening(5).await;

        // The employer publishes, and the candidate is told: at once on the socket, soon by mail.
        let posting = owner.posting(&employer, json!({"title": "Backend Developer (Rust)", "skillRequirements": [
            {"skill": "rust", "importance": "REQUIRED", "minMonths": 24}]})).await;
        let told = here.data("search").await["savedSearchMatched"].clone();
        assert_eq!(told, json!({"id": posting["id"], "title": "Backend Developer (Rust)"}));
        app.tick().await;
        let alerts: Vec<_> = app.files().into_iter().filter(|mail| mail.contains("Rust in the US")).collect();
        assert!(alerts.len() == 1 && alerts[0].contains(&casey.email) && alerts[0].contains("List-Unsubscribe-Post: List-Unsubscribe=One-Click"), "{alerts:?}");
        let page = "query($id: ID!) { posting(id: $id) { match { score } competition { applicants } } }";
        let page = casey.ask(page, json!({"id": posting["id"]})).await["posting"].clone();
        assert_eq!(page, json!({"match": {"score": 100}, "competition": {"applicants": 0}}));

        // The candidate applies with a résumé.
        let resume = resume(app, &casey).await;
        let input = json!({"postingId": posting["id"], "resumeId": resume["id"], "coverLetter": "I build engines."});
        let mut application = casey.with_key("one").act("applicationSubmit", input, SEEN).await.good()["application"].clone();
        assert_eq!(hear_until(&mut there, "SUBMITTED").await["id"], application["id"]);
        assert_eq!(hear_until(&mut here, "SUBMITTED").await["id"], application["id"]);

        // It moves to HIRED, and the posting is filled. Both see it.
        for to in ["IN_REVIEW", "INTERVIEW", "OFFERED"] {
            application = advance(&owner, "applicationMove", &application, Some(to)).await;
        }
        hear_until(&mut here, "OFFERED").await;
        application = advance(&casey, "applicationOfferAccept", &application, None).await;
        hear_until(&mut there, "OFFER_ACCEPTED").await;
        advance(&owner, "applicationMove", &application, Some("HIRED")).await;
        let filled = json!({"id": application["id"], "status": "HIRED", "posting": {"status": "CLOSED", "closeReason": "FILLED"}});
        assert_eq!(hear_until(&mut here, "HIRED").await, filled);
        assert_eq!(hear_until(&mut there, "HIRED").await, filled);
    }
}
