//! What each letter says, in English, and where its links lead.

use uuid::Uuid;

use super::letter::{Expiring, Letter, Match};
use super::page::{Action, Item, Page, Quote};
use crate::clock::Timestamp;
use crate::entities::sets::{ApplicationStatus, MemberRole};
use crate::ids::{self, Kind};

const FOR_THE_ACCOUNT: &str = "You get this mail because it concerns the safety of your account.";
const FOR_RECRUITERS: &str = "You get this mail because you are a member of this employer.";
const FOR_CANDIDATES: &str = "You get this mail because you look for work here.";

/// Where links in mails lead: pages of the front end. Their addresses are a contract with it.
#[derive(Clone, Copy, Debug)]
pub struct Links<'a>(pub &'a str);

impl Links<'_> {
    /// A page that takes a token and confirms with a mutation; opening it alone changes nothing, since programs that
    /// check links open them too.
    fn token(self, page: &str, token: &str) -> String {
        format!("{}/{page}?token={token}", self.0)
    }

    fn object(self, page: &str, kind: Kind, id: Uuid) -> String {
        format!("{}/{page}/{}", self.0, ids::encode(kind, id))
    }

    fn page(self, page: &str) -> String {
        format!("{}/{page}", self.0)
    }
}

impl Letter {
    /// The letter in words.
    #[must_use]
    pub fn page(&self, links: Links<'_>) -> Page {
        match self {
            Self::VerifyAddress { .. } | Self::ResetPassword { .. } | Self::ChangeAddress { .. } => proof(self, links),
            Self::AddressChanged { .. } | Self::NewSignIn { .. } | Self::AccountSuspended { .. } => notice(self, links),
            Self::ExportReady { until } => export_ready(*until, links),
            Self::MemberInvited { .. } => member_invited(self, links),
            Self::ApplicationReceived { application, title, employer, candidate } => {
                let url = links.object("applications", Kind::Application, *application);
                let subject = format!("{candidate} applied: {title}");
                to_recruiters(subject, "There is a new application.", (title, employer, candidate), url)
            }
            Self::ApplicationAnswered { application, title, employer, candidate, status } => {
                let url = links.object("applications", Kind::Application, *application);
                let (deed, sentence) = answer_of(*status);
                to_recruiters(format!("{candidate} {deed}: {title}"), sentence, (title, employer, candidate), url)
            }
            Self::ApplicationMoved { application, title, employer, status, message } => {
                let url = links.object("applications", Kind::Application, *application);
                application_moved((title, employer), *status, message.as_deref(), url)
            }
            Self::InvitedToApply { posting, title, employer, message } => {
                let url = links.object("postings", Kind::Posting, *posting);
                invited_to_apply((title, employer), message.as_deref(), url)
            }
            Self::PostingExpiring { employer, postings, total } => posting_expiring(employer, postings, *total, links),
            Self::PostingReviewed { posting, title, employer, rejection } => {
                let url = links.object("postings", Kind::Posting, *posting);
                posting_reviewed((title, employer), rejection.as_deref(), url)
            }
            Self::SearchAlert { name, matches, total, .. } => search_alert(name, matches, *total, links),
        }
    }
}

/// Letters with a token for the account.
fn proof(letter: &Letter, links: Links<'_>) -> Page {
    let (subject, preview, text, action, note) = match letter {
        Letter::VerifyAddress { token } => (
            "Confirm your e-mail address",
            "One click, and the account is ready.",
            "Somebody, hopefully you, made an account with this e-mail address. Confirm that the address is yours.",
            Action { label: "Confirm the address", url: links.token("verify-email", token) },
            "The link holds for 24 hours. If you did not make an account, do nothing: without the confirmation no other \
             mail comes to this address.",
        ),
        Letter::ResetPassword { token } => (
            "Choose a new password",
            "The link holds for 30 minutes.",
            "Somebody, hopefully you, asked for a new password of your account.",
            Action { label: "Choose a password", url: links.token("reset-password", token) },
            "The link holds for 30 minutes and works once. A new password ends all sessions. If you did not ask for it, \
             do nothing: the password stays as it is.",
        ),
        Letter::ChangeAddress { token } => (
            "Confirm your new e-mail address",
            "Then the account takes it.",
            "Your account shall have this e-mail address from now on. Confirm that the address is yours.",
            Action { label: "Confirm the address", url: links.token("change-email", token) },
            "The link holds for 24 hours. If you did not ask for it, do nothing: the account keeps the address it has.",
        ),
        _ => return Page::default(),
    };
    Page {
        subject: subject.to_owned(),
        preview: preview.to_owned(),
        paragraphs: vec![text.to_owned()],
        action: Some(action),
        notes: vec![note.to_owned()],
        reason: FOR_THE_ACCOUNT,
        ..Page::default()
    }
}

/// Letters that tell what happened to the account.
fn notice(letter: &Letter, links: Links<'_>) -> Page {
    let reset = || Some(Action { label: "Choose a new password", url: links.page("reset-password") });
    match letter {
        Letter::AddressChanged { at } => Page {
            subject: "Your e-mail address was changed".to_owned(),
            preview: "Mails go to the new address from now on.".to_owned(),
            paragraphs: vec![
                "Your account has another e-mail address now. This is the last mail to the old one.".to_owned(),
            ],
            facts: vec![("When", instant(*at))],
            notes: vec![
                "If this was not you, somebody knows your password: answer to this mail's sender at once.".to_owned(),
            ],
            reason: FOR_THE_ACCOUNT,
            ..Page::default()
        },
        Letter::NewSignIn { device, at } => Page {
            subject: "New sign-in to your account".to_owned(),
            preview: "A device that the account did not know.".to_owned(),
            paragraphs: vec!["A device signed in to your account that it did not know.".to_owned()],
            facts: vec![
                ("Device", device.clone().unwrap_or_else(|| "says nothing of itself".to_owned())),
                ("When", instant(*at)),
            ],
            action: reset(),
            notes: vec!["If this was you, there is nothing to do.".to_owned()],
            reason: FOR_THE_ACCOUNT,
            ..Page::default()
        },
        Letter::AccountSuspended { reason } => Page {
            subject: "Your account is suspended".to_owned(),
            preview: "An administrator has suspended it.".to_owned(),
            paragraphs: vec!["An administrator has suspended your account. All its sessions have ended.".to_owned()],
            quote: Some(Quote { from: "The reason".to_owned(), text: reason.clone() }),
            reason: FOR_THE_ACCOUNT,
            ..Page::default()
        },
        _ => Page::default(),
    }
}

fn export_ready(until: Timestamp, links: Links<'_>) -> Page {
    Page {
        subject: "Your data is ready".to_owned(),
        preview: "Everything held about you, as one file.".to_owned(),
        paragraphs: vec!["The copy of everything held about you is ready. Sign in to fetch it.".to_owned()],
        facts: vec![("Kept until", instant(until))],
        action: Some(Action { label: "Fetch the copy", url: links.page("account/export") }),
        reason: "You get this mail because you asked for the copy.",
        ..Page::default()
    }
}

fn member_invited(letter: &Letter, links: Links<'_>) -> Page {
    let Letter::MemberInvited { employer, inviter, role, token, expires_at } = letter else {
        return Page::default();
    };
    let may = match role {
        MemberRole::Reviewer => "Reviewer: reads applications and comments on them",
        MemberRole::Recruiter => "Recruiter: writes postings and moves applications",
        MemberRole::Owner => "Owner: also manages the members and the employer",
    };
    Page {
        subject: format!("Join {employer}"),
        preview: format!("{inviter} invites you."),
        paragraphs: vec![format!(
            "{inviter} invites you to hire for {employer}. Sign in, or make an account, to accept."
        )],
        facts: vec![("You would be", may.to_owned()), ("Holds until", instant(*expires_at))],
        action: Some(Action { label: "See the invitation", url: links.token("invitations", token) }),
        notes: vec!["If you do not know the people who invite you, do nothing.".to_owned()],
        reason: "You get this mail because a member of the employer named your address.",
        ..Page::default()
    }
}

fn to_recruiters(
    subject: String,
    sentence: &str,
    (title, employer, candidate): (&str, &str, &str),
    url: String,
) -> Page {
    Page {
        subject,
        preview: format!("News of an application to {employer}."),
        paragraphs: vec![sentence.to_owned()],
        facts: vec![
            ("Candidate", candidate.to_owned()),
            ("Posting", title.to_owned()),
            ("Employer", employer.to_owned()),
        ],
        action: Some(Action { label: "Read the application", url }),
        reason: FOR_RECRUITERS,
        ..Page::default()
    }
}

/// What a candidate did, in a word and as a sentence to recruiters.
const fn answer_of(status: ApplicationStatus) -> (&'static str, &'static str) {
    match status {
        ApplicationStatus::OfferAccepted => ("accepted", "The candidate accepted your offer."),
        ApplicationStatus::OfferDeclined => ("declined", "The candidate declined your offer."),
        _ => ("withdrew", "The candidate took the application back."),
    }
}

fn application_moved(
    (title, employer): (&str, &str),
    status: ApplicationStatus,
    message: Option<&str>,
    url: String,
) -> Page {
    let (state, sentence) = words_of(status);
    Page {
        subject: format!("{state}: {title}"),
        preview: format!("News of your application to {employer}."),
        paragraphs: vec![sentence.to_owned()],
        quote: message.map(|text| Quote { from: format!("{employer} says"), text: text.to_owned() }),
        facts: vec![
            ("Posting", title.to_owned()),
            ("Employer", employer.to_owned()),
            ("Your application", state.to_owned()),
        ],
        action: Some(Action { label: "See the application", url }),
        reason: FOR_CANDIDATES,
        ..Page::default()
    }
}

/// A state of an application: in a few words, and as a sentence to the candidate.
const fn words_of(status: ApplicationStatus) -> (&'static str, &'static str) {
    match status {
        ApplicationStatus::Submitted => ("Received", "Your application has arrived."),
        ApplicationStatus::InReview => ("In review", "Your application is being read."),
        ApplicationStatus::Shortlisted => ("Shortlisted", "You are among those who are looked at more closely."),
        ApplicationStatus::Assessment => ("Assessment", "The next step is an assessment."),
        ApplicationStatus::Interview => ("Interview", "The next step is an interview."),
        ApplicationStatus::Offered => ("Offer", "You are offered the job. It waits for your answer."),
        ApplicationStatus::OfferAccepted => ("Offer accepted", "You have accepted the offer."),
        ApplicationStatus::OfferDeclined => ("Offer declined", "You have declined the offer."),
        ApplicationStatus::Hired => ("Hired", "You are hired. Congratulations!"),
        ApplicationStatus::Rejected => ("Not selected", "The employer has decided for somebody else."),
        ApplicationStatus::Rescinded => ("Offer withdrawn", "The employer has withdrawn its offer."),
        ApplicationStatus::Withdrawn => ("Withdrawn", "You have withdrawn your application."),
        ApplicationStatus::Lapsed => (
            "Lapsed",
            "The posting has ended, and the employer has not answered for 45 days. The application is closed.",
        ),
    }
}

fn invited_to_apply((title, employer): (&str, &str), message: Option<&str>, url: String) -> Page {
    Page {
        subject: format!("{employer} invites you to apply: {title}"),
        preview: "An employer has found your profile.".to_owned(),
        paragraphs: vec![format!("{employer} has found your profile and invites you to apply.")],
        quote: message.map(|text| Quote { from: format!("{employer} says"), text: text.to_owned() }),
        facts: vec![("Posting", title.to_owned()), ("Employer", employer.to_owned())],
        action: Some(Action { label: "See the posting", url }),
        reason: FOR_CANDIDATES,
        ..Page::default()
    }
}

fn posting_expiring(employer: &str, postings: &[Expiring], total: u64, links: Links<'_>) -> Page {
    let item = |posting: &Expiring| Item {
        title: posting.title.clone(),
        detail: format!("Ends on {}", instant(posting.valid_through)),
        url: links.object("postings", Kind::Posting, posting.posting),
    };
    let subject = match postings {
        [one] if total == 1 => format!("About to end: {}", one.title),
        _ => format!("{total} postings are about to end"),
    };
    Page {
        subject,
        preview: format!("Postings of {employer}."),
        paragraphs: vec![format!(
            "Postings of {employer} are about to end. Candidates do not see them after that; a later end keeps them open."
        )],
        items: postings.iter().map(item).collect(),
        rest: rest(total, postings.len()),
        reason: FOR_RECRUITERS,
        ..Page::default()
    }
}

fn posting_reviewed((title, employer): (&str, &str), rejection: Option<&str>, url: String) -> Page {
    let (subject, text) = match rejection {
        None => (format!("Published: {title}"), "Your posting was approved. Candidates see it now."),
        Some(_) => {
            (format!("Not published: {title}"), "Your posting was not approved. Change it, and publish it again.")
        }
    };
    Page {
        subject,
        preview: format!("A posting of {employer} was reviewed."),
        paragraphs: vec![text.to_owned()],
        quote: rejection.map(|text| Quote { from: "The reason".to_owned(), text: text.to_owned() }),
        facts: vec![("Posting", title.to_owned()), ("Employer", employer.to_owned())],
        action: Some(Action { label: "See the posting", url }),
        reason: FOR_RECRUITERS,
        ..Page::default()
    }
}

fn search_alert(name: &str, matches: &[Match], total: u64, links: Links<'_>) -> Page {
    let item = |found: &Match| Item {
        title: found.title.clone(),
        detail: match &found.place {
            Some(place) => format!("{} · {place}", found.employer),
            None => found.employer.clone(),
        },
        url: links.object("postings", Kind::Posting, found.posting),
    };
    Page {
        subject: format!("{total} new: {name}"),
        preview: matches.first().map_or_else(String::new, |first| format!("{} · {}", first.title, first.employer)),
        paragraphs: vec![format!("There are new postings for your saved search \u{201c}{name}\u{201d}.")],
        items: matches.iter().map(item).collect(),
        rest: rest(total, matches.len()),
        action: Some(Action { label: "See all of them", url: links.page("searches") }),
        reason: "You get this mail because you saved this search with alerts.",
        ..Page::default()
    }
}

/// How many there are besides those that are shown.
fn rest(total: u64, shown: usize) -> Option<String> {
    let hidden = total.saturating_sub(shown as u64);
    (hidden > 0).then(|| format!("And {hidden} more."))
}

fn instant(at: Timestamp) -> String {
    at.format("%-d %B %Y, %H:%M UTC").to_string()
}

#[cfg(test)]
mod tests;
