//! One letter of every kind with made-up contents, for looking at and for tests.

use uuid::Uuid;

use super::letter::{Expiring, Letter, Match};
use crate::clock::Timestamp;
use crate::entities::sets::{ApplicationStatus, MemberRole};
use crate::ids::{Kind, of_name};

/// Who gets the samples.
pub const NAME: &str = "Ada Lovelace";

/// One letter of every kind, with its name; application letters once for every tone.
#[must_use]
pub fn all() -> Vec<(&'static str, Letter)> {
    [account_letters(), people_letters(), posting_letters()].concat()
}

fn instant(day: u32, hour: u32) -> Timestamp {
    let at = chrono::NaiveDate::from_ymd_opt(2026, 11, day).and_then(|day| day.and_hms_opt(hour, 30, 0));
    at.map(|at| at.and_utc()).unwrap_or_default()
}

fn token() -> String {
    "c2FtcGxlLXRva2VuLXRoYXQtb3BlbnMtbm90aGluZw".to_owned()
}

fn id(name: &str) -> Uuid {
    of_name(Kind::Posting, name)
}

fn account_letters() -> Vec<(&'static str, Letter)> {
    let device = Some("Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0".to_owned());
    vec![
        ("verify-address", Letter::VerifyAddress { token: token() }),
        ("reset-password", Letter::ResetPassword { token: token() }),
        ("change-address", Letter::ChangeAddress { token: token() }),
        ("address-changed", Letter::AddressChanged { at: instant(21, 9) }),
        ("new-sign-in", Letter::NewSignIn { device, at: instant(21, 9) }),
        ("export-ready", Letter::ExportReady { until: instant(28, 9) }),
        (
            "account-suspended",
            Letter::AccountSuspended { reason: "Several postings asked applicants for a fee.".to_owned() },
        ),
    ]
}

fn people_letters() -> Vec<(&'static str, Letter)> {
    let moved = |status, message: Option<&str>| Letter::ApplicationMoved {
        application: id("application"),
        title: "Backend Developer".to_owned(),
        employer: "Analytical Engines".to_owned(),
        status,
        message: message.map(str::to_owned),
    };
    vec![
        (
            "member-invited",
            Letter::MemberInvited {
                employer: "Analytical Engines".to_owned(),
                inviter: "Charles Babbage".to_owned(),
                role: MemberRole::Recruiter,
                token: token(),
                expires_at: instant(28, 9),
            },
        ),
        (
            "application-received",
            Letter::ApplicationReceived {
                application: id("application"),
                title: "Backend Developer".to_owned(),
                employer: "Analytical Engines".to_owned(),
                candidate: "Mary Somerville".to_owned(),
            },
        ),
        (
            "application-answered",
            Letter::ApplicationAnswered {
                application: id("application"),
                title: "Backend Developer".to_owned(),
                employer: "Analytical Engines".to_owned(),
                candidate: "Mary Somerville".to_owned(),
                status: ApplicationStatus::OfferAccepted,
            },
        ),
        (
            "application-interview",
            moved(ApplicationStatus::Interview, Some("Does Thursday suit you?\nWe are near the river.")),
        ),
        ("application-offered", moved(ApplicationStatus::Offered, None)),
        ("application-rejected", moved(ApplicationStatus::Rejected, Some("We were looking for more years with Rust."))),
        (
            "invited-to-apply",
            Letter::InvitedToApply {
                posting: id("backend"),
                title: "Backend Developer".to_owned(),
                employer: "Analytical Engines".to_owned(),
                message: Some("Your work on note G is just what we need.".to_owned()),
            },
        ),
    ]
}

fn posting_letters() -> Vec<(&'static str, Letter)> {
    let reviewed = |rejection: Option<&str>| Letter::PostingReviewed {
        posting: id("backend"),
        title: "Backend Developer".to_owned(),
        employer: "Analytical Engines".to_owned(),
        rejection: rejection.map(str::to_owned),
    };
    let found = |name: &str, place: Option<&str>| Match {
        posting: id(name),
        title: name.to_owned(),
        employer: "Analytical Engines".to_owned(),
        place: place.map(str::to_owned),
    };
    let expiring = |name: &str| Expiring { posting: id(name), title: name.to_owned(), valid_through: instant(28, 9) };
    vec![
        (
            "posting-expiring",
            Letter::PostingExpiring {
                employer: "Analytical Engines".to_owned(),
                postings: vec![expiring("Backend Developer"), expiring("Data Scientist")],
                total: 2,
            },
        ),
        ("posting-approved", reviewed(None)),
        ("posting-rejected", reviewed(Some("The pay names no currency."))),
        (
            "search-alert",
            Letter::SearchAlert {
                search: id("search"),
                name: "Rust near Berlin".to_owned(),
                matches: vec![found("Backend Developer", Some("Berlin, DE")), found("Compiler Engineer", None)],
                total: 12,
            },
        ),
    ]
}
