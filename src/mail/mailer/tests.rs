//! The headers of mails.

use super::*;
use crate::config::{Flags, Settings};
use crate::mail::samples;

fn mailer() -> Mailer {
    let settings = Settings::gather(&Flags::default(), &std::collections::BTreeMap::new(), None).expect("settings");
    let settings = settings
        .with("mail-from", "Example Jobs <jobs@jobs.example>")
        .with("public-url", "https://api.jobs.example/")
        .with("web-url", "https://jobs.example");
    Mailer::new(&Config::new(&settings).expect("a config")).expect("a mailer")
}

fn mail(name: &str) -> mail::Model {
    let now = chrono::DateTime::from_timestamp(1_790_000_000, 0).expect("an instant");
    mail::Model {
        id: Uuid::from_u128(42),
        key: "a mail".to_owned(),
        account_id: Some(Uuid::from_u128(7)),
        recipient: "ada@example.org".to_owned(),
        recipient_name: Some(name.to_owned()),
        letter: None,
        created_at: now,
        send_at: now,
        attempts: 1,
        claimed_until: None,
        sent_at: None,
        failed_at: None,
        last_error: None,
    }
}

/// The head of the mail, unfolded.
fn head(letter: &Letter, name: &str) -> String {
    let message = mailer().compose(&Signer::new(&[7; 32]), &mail(name), letter).expect("a mail");
    let text = String::from_utf8(message.formatted()).expect("ASCII");
    let (head, _) = text.split_once("\r\n\r\n").expect("a head");
    head.replace("\r\n ", " ")
}

#[test]
fn a_mail_that_can_be_ended_says_how() {
    for (name, letter) in samples::all() {
        let head = head(&letter, "Ada Lovelace");
        let token = letter.subscription(Some(Uuid::from_u128(7))).map(|which| which.token(&Signer::new(&[7; 32])));
        let link = token.map(|token| format!("List-Unsubscribe: <https://api.jobs.example/unsubscribe?token={token}>"));
        assert_eq!(head.contains("List-Unsubscribe-Post: List-Unsubscribe=One-Click"), link.is_some(), "{name}");
        match link {
            Some(link) => assert!(head.contains(&link), "{name}: {head}"),
            None => assert!(!head.contains("List-Unsubscribe"), "{name}: {head}"),
        }
    }
}

#[test]
fn the_same_mail_has_the_same_name() {
    let head = head(&samples::all()[0].1, "Ada Lovelace");
    assert!(head.contains("Message-ID: <00000000-0000-0000-0000-00000000002a@jobs.example>"), "{head}");
    assert!(head.contains("Date: Mon, 21 Sep 2026 "), "{head}");
    assert!(head.contains("Auto-Submitted: auto-generated"), "{head}");
    assert!(head.contains("From: \"Example Jobs\" <jobs@jobs.example>"), "{head}");
    assert!(head.contains("To: \"Ada Lovelace\" <ada@example.org>"), "{head}");
}

#[test]
fn a_name_adds_no_header() {
    let hostile = "Ada\r\nBcc: everyone@example.org\r\n\r\nHello";
    let letter = Letter::MemberInvited {
        employer: hostile.to_owned(),
        inviter: hostile.to_owned(),
        role: crate::entities::sets::MemberRole::Owner,
        token: "token".to_owned(),
        expires_at: mail("").created_at,
    };
    let message = mailer().compose(&Signer::new(&[7; 32]), &mail(hostile), &letter).expect("a mail");
    let text = String::from_utf8(message.formatted()).expect("ASCII");
    let (head, _) = text.split_once("\r\n\r\n").expect("a head");
    assert!(head.contains("Auto-Submitted"), "{head}");
    assert!(!head.lines().any(|line| line.starts_with("Bcc:")), "{head}");
    assert_eq!(message.envelope().to().len(), 1);
}
