//! The keys that sign access tokens, and how one takes the place of another.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rolecall::accounts::keys::{generate_signing_key, public_half};
use serde_json::{Value, json};

use crate::support::{Actor, TestApp, on_both_databases};

async fn published(app: &TestApp) -> Vec<Value> {
    let response = reqwest::get(format!("{}/.well-known/jwks.json", app.url)).await.expect("an answer");
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["content-type"], "application/jwk-set+json");
    assert_eq!(response.headers()["cache-control"], "public, max-age=300");
    let set: Value = response.json().await.expect("JSON");
    set["keys"].as_array().expect("keys").clone()
}

/// The name of the key in the header of a token.
fn key_of(token: &str) -> Value {
    let header = URL_SAFE_NO_PAD.decode(token.split('.').next().expect("a header")).expect("base64");
    serde_json::from_slice::<Value>(&header).expect("JSON")["kid"].clone()
}

async fn is_known(who: &Actor, at: &TestApp) -> bool {
    who.at(&at.url).send("{ viewer { id } }", json!({})).await.status == 200
}

on_both_databases! {
    async fn the_public_keys_are_there_for_everybody(app: TestApp) {
        let keys = published(app).await;
        let ada = app.account("Ada").await;
        assert_eq!(keys.len(), 1);
        let key = &keys[0];
        assert_eq!((&key["kty"], &key["crv"], &key["use"], &key["alg"]), (&json!("OKP"), &json!("Ed25519"), &json!("sig"), &json!("EdDSA")));
        assert_eq!(key["kid"], key_of(ada.token.as_deref().expect("a token")));
        assert!(key.get("d").is_none(), "the private half stays here");
        // Whoever has the point can check a token.
        let token = ada.token.expect("a token");
        let (message, signature) = token.rsplit_once('.').expect("a signature");
        let point = URL_SAFE_NO_PAD.decode(key["x"].as_str().expect("text")).expect("base64");
        let public = aws_lc_rs::signature::UnparsedPublicKey::new(&aws_lc_rs::signature::ED25519, point);
        let signature = URL_SAFE_NO_PAD.decode(signature).expect("base64");
        public.verify(message.as_bytes(), &signature).expect("a good signature");
    }

    async fn a_new_key_signs_nobody_out(app: TestApp) {
        let new = generate_signing_key().expect("a key");
        let old = std::fs::read_to_string(app.app.state.config.data_dir.join("keys/signing.pem")).expect("the key");
        let ada = app.account("Ada").await;
        // First every server knows the new key, then it signs, and the old one goes when its tokens have ended.
        let told = app.twin(|settings| settings.with("verifying-keys", public_half(&new).expect("public"))).await;
        let signs = app.twin(|settings| settings.with("signing-key", &new).with("verifying-keys", &old)).await;
        let alone = app.twin(|settings| settings.with("signing-key", &new)).await;
        let grace = signs.account("Grace").await;
        let ids = |keys: &[Value]| keys.iter().map(|key| key["kid"].clone()).collect::<Vec<_>>();
        let (before, after) = (ids(&published(&told).await), ids(&published(&signs).await));
        assert_eq!((before.len(), &before[0], &before[1]), (2, &after[1], &after[0]));
        assert_eq!(key_of(grace.token.as_deref().expect("a token")), after[0], "the new one signs");

        assert!(is_known(&ada, &told).await && is_known(&ada, &signs).await);
        assert!(is_known(&grace, &told).await && is_known(&grace, &signs).await && is_known(&grace, &alone).await);
        assert!(!is_known(&grace, app).await, "nobody has told this one");
        assert!(!is_known(&ada, &alone).await, "the old key has gone");
        // A session outlives the key of its tokens.
        let input = json!({"refreshToken": ada.refresh_token});
        let renewed = alone.anonymous().act("sessionRefresh", input, "session { accessToken }").await.good();
        assert!(is_known(&ada.with_token(&renewed["session"]["accessToken"]), &alone).await);
    }
}
