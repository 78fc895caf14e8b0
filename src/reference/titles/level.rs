//! Seniority, read off a title where it is said in so many words.

use super::words::{Title, is_preposition};
use crate::entities::sets::ExperienceLevel;

/// The experience level that a title states. Conservative: `Director of Nursing` is an executive, a `Funeral Director`
/// and an `Assistant to the Director` are nothing in particular.
#[must_use]
pub fn experience_level(title: &str) -> Option<ExperienceLevel> {
    let title = Title::parse(title);
    let all = title.whole();
    // Only the head of the title counts: "Assistant to the Director" is no director.
    let end = title.head_end_within(&all);
    let head: Vec<&str> = (all.start..end).map(|at| title.word(at)).collect();
    let assists = head.iter().any(|word| matches!(*word, "assistant" | "secretary" | "aide" | "aid"));
    if is_entry(&head) {
        return Some(ExperienceLevel::Entry);
    }
    if !assists && is_executive(&title, &head) {
        return Some(ExperienceLevel::Executive);
    }
    if is_principal(&head) {
        return Some(ExperienceLevel::Principal);
    }
    if is_lead(&head) {
        return Some(ExperienceLevel::Lead);
    }
    if head.iter().any(|word| matches!(*word, "senior" | "sr" | "snr")) && !pair(&head, "senior", "center") {
        return Some(ExperienceLevel::Senior);
    }
    let middle = pair(&head, "mid", "level") || head.iter().any(|word| matches!(*word, "intermediate" | "midlevel"));
    middle.then_some(ExperienceLevel::Mid)
}

fn pair(words: &[&str], first: &str, second: &str) -> bool {
    words.windows(2).any(|two| two[0] == first && two[1] == second)
}

fn is_entry(head: &[&str]) -> bool {
    let said = |word: &&str| matches!(*word, "junior" | "jr" | "intern" | "internship" | "trainee" | "apprentice");
    head.iter().any(said) || pair(head, "entry", "level") || pair(head, "recent", "graduate")
}

/// Heads of organisations and of large parts of them.
fn is_executive(title: &Title, head: &[&str]) -> bool {
    let director = head.iter().position(|word| *word == "director");
    // "Director" first, or after a word that only ranks it; "Funeral Director" and "Art Director" are trades.
    let directs = director.is_some_and(|at| {
        head[..at].iter().all(|word| {
            matches!(
                *word,
                "executive" | "managing" | "deputy" | "associate" | "senior" | "regional" | "general" | "sr"
            )
        })
    });
    let chief = head.first() == Some(&"chief") && head.last() == Some(&"officer") && head.len() > 2;
    let president = pair(head, "vice", "president") || head.first() == Some(&"president") || head.contains(&"vp");
    let short = matches!(head, ["ceo" | "cto" | "cfo" | "cio" | "coo" | "ciso" | "cmo"]);
    let commissioner = head.last() == Some(&"commissioner") && !title.word(0).ends_with("ing");
    directs || chief || president || short || commissioner
}

/// "Principal Engineer", and neither the principal of a school nor one among many.
fn is_principal(head: &[&str]) -> bool {
    matches!(head, ["principal", next, ..] if !is_preposition(next)) || head.first() == Some(&"distinguished")
}

/// "Lead Engineer", "Engineering Team Lead", "Head of Data"; lead the metal is none.
fn is_lead(head: &[&str]) -> bool {
    let metal =
        |word: &&str| matches!(*word, "abatement" | "poisoning" | "paint" | "exposure" | "based" | "hazard" | "risk");
    let leads = head.first() == Some(&"lead") || head.last() == Some(&"lead") || pair(head, "team", "leader");
    let supervises = matches!(head.first(), Some(&("supervisory" | "supervising")));
    let heads = matches!(head, ["head"]);
    (leads && !head.iter().any(metal)) || supervises || heads
}
