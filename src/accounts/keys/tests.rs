use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use serde_json::{Value, json};

use super::*;

const NOW: Timestamp = Timestamp::from_timestamp_nanos(1_790_000_000_000_000_000);
const TTL: Duration = Duration::from_mins(5);
const BOARD: &str = "https://jobs.example";

fn keys(issuer: &str) -> TokenKeys {
    TokenKeys::new(&generate_signing_key().expect("a key"), None, issuer, TTL).expect("keys")
}

fn claims() -> Claims {
    Claims { account_id: Uuid::from_u128(1), session_id: Uuid::from_u128(2) }
}

#[test]
fn a_token_holds_for_its_time_and_the_leeway() {
    let keys = keys(BOARD);
    let (token, expires_at) = keys.sign(claims(), NOW).expect("signed");
    assert_eq!(expires_at, NOW + TimeDelta::seconds(300));
    let good = Some(Credentials { claims: claims(), expires_at });
    assert_eq!(keys.verify(&token, NOW), good);
    assert_eq!(keys.verify(&token, NOW + TimeDelta::seconds(329)), good);
    assert_eq!(keys.verify(&token, NOW + TimeDelta::seconds(331)), None);
    assert_eq!(keys.verify(&token, NOW - TimeDelta::seconds(29)), good);
    assert_eq!(keys.verify(&token, NOW - TimeDelta::seconds(31)), None);
}

#[test]
fn a_token_for_another_server_is_refused() {
    let pem = generate_signing_key().expect("a key");
    let one = TokenKeys::new(&pem, None, "https://one.example", TTL).expect("keys");
    let other = TokenKeys::new(&pem, None, "https://other.example", TTL).expect("keys");
    let (token, _) = one.sign(claims(), NOW).expect("signed");
    assert_eq!(other.verify(&token, NOW), None);
}

#[test]
fn tokens_of_other_keys_are_refused_until_they_are_known() {
    let (old, new) = (generate_signing_key().expect("a key"), generate_signing_key().expect("a key"));
    let signed_by = |pem: &str| {
        let keys = TokenKeys::new(pem, None, BOARD, TTL).expect("keys");
        keys.sign(claims(), NOW).expect("signed").0
    };
    let (of_old, of_new) = (signed_by(&old), signed_by(&new));
    let with = |further: &str| TokenKeys::new(&new, Some(&further.into()), BOARD, TTL).expect("keys");
    assert_eq!(with("").verify(&of_old, NOW), None);
    let public = public_half(&old).expect("public");
    assert!(public.contains("BEGIN PUBLIC KEY"), "{public}");
    for further in [&public, &old, &format!("{new}{public}")] {
        let keys = with(further);
        assert!(keys.verify(&of_old, NOW).is_some() && keys.verify(&of_new, NOW).is_some());
        // New tokens are signed by the new key, whatever else holds.
        let first = serde_json::to_value(keys.public()).expect("JSON")[0].clone();
        let header = jsonwebtoken::decode_header(&keys.sign(claims(), NOW).expect("signed").0).expect("a header");
        assert_eq!(json!(header.kid), first["kid"]);
        assert_eq!(keys.public().len(), 2);
    }
    let third = generate_signing_key().expect("a key");
    let fourth = generate_signing_key().expect("a key");
    assert!(
        TokenKeys::new(&new, Some(&format!("{old}{third}{fourth}").into()), BOARD, TTL).is_err(),
        "two at the most"
    );
    for wrong in ["nonsense", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"] {
        assert!(TokenKeys::new(&new, Some(&wrong.into()), BOARD, TTL).is_err(), "{wrong}");
    }
}

/// The parts of a token: header and claims as JSON, the signature as it is.
fn parts(token: &str) -> (Value, Value, String) {
    let mut parts = token.split('.');
    let mut next = || parts.next().expect("three parts");
    let read = |part: &str| {
        let bytes = URL_SAFE_NO_PAD.decode(part).expect("base64");
        serde_json::from_slice(&bytes).expect("JSON")
    };
    (read(next()), read(next()), next().to_owned())
}

fn joined(header: &Value, claims: &Value, signature: &str) -> String {
    let written = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}.{signature}", written(header), written(claims))
}

#[test]
fn a_token_without_a_signature_or_with_one_by_the_public_key_is_refused() {
    let keys = keys(BOARD);
    let (token, _) = keys.sign(claims(), NOW).expect("signed");
    let (header, claims, signature) = parts(&token);
    let with = |changes: &Value| {
        let mut header = header.clone();
        header.as_object_mut().expect("an object").extend(changes.as_object().cloned().unwrap_or_default());
        header
    };
    for (changes, signature) in [
        (json!({"alg": "none"}), ""),
        (json!({"alg": "None"}), ""),
        (json!({"alg": "none"}), &*signature),
        (json!({"typ": "JWT"}), &*signature),
        (json!({"kid": null}), &*signature),
        (json!({"kid": "another"}), &*signature),
    ] {
        assert_eq!(keys.verify(&joined(&with(&changes), &claims, signature), NOW), None, "{changes}");
    }
    // The public key is no secret: whoever takes it for the key of an HMAC must not be believed.
    let public = &keys.verifying[0];
    for secret in [public.point.to_vec(), [&SPKI[..], &public.point].concat()] {
        for (name, algorithm) in [
            ("HS256", aws_lc_rs::hmac::HMAC_SHA256),
            ("HS384", aws_lc_rs::hmac::HMAC_SHA384),
            ("HS512", aws_lc_rs::hmac::HMAC_SHA512),
        ] {
            let unsigned = joined(&with(&json!({"alg": name})), &claims, "");
            let message = unsigned.trim_end_matches('.');
            let tag = aws_lc_rs::hmac::sign(&aws_lc_rs::hmac::Key::new(algorithm, &secret), message.as_bytes());
            let forged = format!("{message}.{}", URL_SAFE_NO_PAD.encode(tag.as_ref()));
            assert_eq!(keys.verify(&forged, NOW), None, "{name}");
        }
    }
    for wrong in ["", "a.b.c", "..", &token[..token.len() - 1], &format!("{token}.")] {
        assert_eq!(keys.verify(wrong, NOW), None, "{wrong}");
    }
}

/// Signs whatever it is given, as nobody but the server can: what is refused then is refused for what it says.
fn signed(keys: &TokenKeys, header: &Value, claims: &Value) -> String {
    let message = joined(header, claims, "");
    let message = message.trim_end_matches('.');
    let signature = jsonwebtoken::crypto::sign(message.as_bytes(), &keys.signing, Algorithm::EdDSA);
    format!("{message}.{}", signature.expect("signed"))
}

fn json_value() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "[ -~]{0,12}".prop_map(Value::from),
        prop::collection::vec("[a-z]{0,5}", 0..3).prop_map(Value::from),
    ]
}

/// The same cases every time, 512 at the least; `PROPTEST_CASES` asks for more.
fn config() -> ProptestConfig {
    let usual = ProptestConfig::default();
    ProptestConfig { cases: usual.cases.max(512), failure_persistence: None, rng_seed: RngSeed::Fixed(1), ..usual }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn a_token_of_which_one_letter_is_another_is_refused(at in any::<prop::sample::Index>(), letter in "[A-Za-z0-9_.-]") {
        let keys = keys(BOARD);
        let (token, _) = keys.sign(claims(), NOW).expect("signed");
        let at = at.index(token.len());
        let mut forged = token.clone();
        forged.replace_range(at..=at, &letter);
        prop_assert_eq!(keys.verify(&forged, NOW).is_some(), forged == token);
    }

    #[test]
    fn any_other_header_or_claim_under_the_old_signature_is_refused(
        part in 0..2,
        name in prop_oneof![
            "[a-z]{1,6}",
            prop::sample::select(vec!["alg", "typ", "kid", "iss", "aud", "sub", "sid", "iat", "nbf", "exp"])
                .prop_map(str::to_owned),
        ],
        value in json_value(),
    ) {
        let keys = keys(BOARD);
        let (token, _) = keys.sign(claims(), NOW).expect("signed");
        let (mut header, mut claims, signature) = parts(&token);
        let changed = if part == 0 { &mut header } else { &mut claims };
        let before = changed.clone();
        changed[&name] = value;
        prop_assume!(*changed != before);
        prop_assert_eq!(keys.verify(&joined(&header, &claims, &signature), NOW), None);
    }

    #[test]
    fn a_claim_that_is_missing_or_of_another_kind_is_refused_even_if_it_is_signed(
        name in prop::sample::select(vec!["iss", "aud", "sub", "sid", "nbf", "exp"]),
        value in prop_oneof![Just(None), json_value().prop_map(Some)],
    ) {
        let keys = keys(BOARD);
        let (token, _) = keys.sign(claims(), NOW).expect("signed");
        let (header, mut claims, _) = parts(&token);
        // A number is what these two are.
        prop_assume!(!(matches!(name, "nbf" | "exp") && value.as_ref().is_some_and(Value::is_number)));
        match value {
            None => claims.as_object_mut().expect("an object").remove(name),
            Some(value) => claims.as_object_mut().expect("an object").insert(name.to_owned(), value),
        };
        prop_assert_eq!(keys.verify(&signed(&keys, &header, &claims), NOW), None);
    }

    #[test]
    fn a_header_that_says_something_else_is_refused_even_if_it_is_signed(
        name in prop::sample::select(vec!["alg", "typ", "kid"]),
        value in prop_oneof![
            2 => Just(None),
            3 => json_value().prop_map(Some),
            3 => prop::sample::select(vec!["none", "HS256", "RS256", "ES256", "PS512", "eddsa", "JWT", "AT+JWT", "application/at+jwt"])
                .prop_map(|word| Some(json!(word))),
        ],
    ) {
        let keys = keys(BOARD);
        let (token, _) = keys.sign(claims(), NOW).expect("signed");
        let (mut header, claims, _) = parts(&token);
        match value {
            None => header.as_object_mut().expect("an object").remove(name),
            Some(value) => header.as_object_mut().expect("an object").insert(name.to_owned(), value),
        };
        prop_assert_eq!(keys.verify(&signed(&keys, &header, &claims), NOW), None);
    }

    #[test]
    fn times_hold_as_they_say_however_far_away_they_are(
        expires in prop_oneof![any::<i64>(), -60..60_i64, Just(i64::MAX), Just(i64::MIN)],
        begins in prop_oneof![any::<i64>(), -60..60_i64, Just(i64::MAX), Just(i64::MIN)],
        is_far in any::<bool>(),
    ) {
        let keys = keys(BOARD);
        let (token, _) = keys.sign(claims(), NOW).expect("signed");
        let (header, mut claims, _) = parts(&token);
        let now = if is_far { 0 } else { NOW.timestamp() };
        let (expires, begins) = (expires.saturating_add(now), begins.saturating_add(now));
        claims["exp"] = json!(expires);
        claims["nbf"] = json!(begins);
        let leeway = LEEWAY.num_seconds();
        // No time before 1970 is taken for a time.
        let holds = begins >= 0
            && expires > NOW.timestamp() - leeway
            && begins <= NOW.timestamp() + leeway
            && Timestamp::from_timestamp(expires, 0).is_some();
        prop_assert_eq!(keys.verify(&signed(&keys, &header, &claims), NOW).is_some(), holds);
    }

    #[test]
    fn what_is_no_token_is_refused(text in any::<String>(), letters in "[A-Za-z0-9_-]{0,60}(\\.[A-Za-z0-9_-]{0,60}){0,4}", header in json_value(), claims in json_value()) {
        let keys = keys(BOARD);
        for token in [&text, &letters, &signed(&keys, &header, &claims)] {
            prop_assert_eq!(keys.verify(token, NOW), None, "{}", token);
        }
    }
}

#[test]
fn a_token_that_is_signed_as_this_server_signs_is_taken() {
    let keys = keys(BOARD);
    let (token, _) = keys.sign(claims(), NOW).expect("signed");
    let (header, claims, _) = parts(&token);
    assert!(keys.verify(&signed(&keys, &header, &claims), NOW).is_some(), "or the other tests say nothing");
}
