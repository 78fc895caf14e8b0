//! Who may do and see what: every mutation, every root field and every field of everything personal, read off the
//! committed schema, for every kind of viewer. What somebody else owns looks like what does not exist. A mutation or a
//! field without a row in the tables fails.

mod fields;
mod mutations;
mod objects;
mod roots;

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::inputs::bases::Board;
use crate::support::{Actor, Answer};

/// Who asks, seen from an object of the first employer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Who {
    Nobody,
    /// Somebody who looks for work.
    Stranger,
    /// The owner of another employer, verified.
    Rival,
    Reviewer,
    Recruiter,
    Owner,
    Administrator,
    /// Whose object it is: the candidate, the account.
    Own,
}

impl Who {
    pub fn is_member(self) -> bool {
        matches!(self, Self::Reviewer | Self::Recruiter | Self::Owner)
    }
}

/// One of each kind.
pub async fn viewers(board: &Board<'_>) -> BTreeMap<Who, Actor> {
    let stranger = board.app.account("Eve").await;
    stranger.act("candidateUpdate", json!({"headline": "Nurse"}), "candidate { id }").await.good();
    let mut viewers = BTreeMap::from([
        (Who::Nobody, board.app.anonymous()),
        (Who::Stranger, stranger),
        (Who::Rival, board.app.employer("Looms").await.0),
        (Who::Owner, board.owner.clone()),
        (Who::Administrator, board.admin.clone()),
    ]);
    for (who, role) in [(Who::Reviewer, "REVIEWER"), (Who::Recruiter, "RECRUITER")] {
        let person = board.app.account(role).await;
        let input = json!({"employerId": board.employer, "email": person.email, "role": role});
        board.owner.act("memberAdd", input, "member { id }").await.good();
        viewers.insert(who, person);
    }
    viewers
}

/// What an answer comes to: `DONE`, the code of its error, or code and path of the first thing that was refused.
pub fn outcome(answer: &Answer, field: &str) -> String {
    assert!(answer.status < 500 && answer.code() != "INTERNAL_SERVER_ERROR", "{field}: {}", answer.body);
    if answer.body.get("errors").is_some() {
        return answer.code().to_owned();
    }
    let payload = &answer.body["data"][field];
    let of_items = payload["results"].as_array().into_iter().flatten();
    let lists = std::iter::once(payload).chain(of_items).filter_map(|told| told["userErrors"].as_array());
    lists.flatten().next().map_or_else(
        || "DONE".to_owned(),
        |error| {
            let path: Vec<_> = error["path"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
            format!("{} {}", error["code"].as_str().unwrap_or_default(), path.join("."))
        },
    )
}

/// The same value with every identifier replaced by one of its kind that nothing has.
pub fn missing(value: &Value) -> Value {
    match value {
        Value::Object(fields) => fields.iter().map(|(name, value)| (name.clone(), missing(value))).collect(),
        Value::Array(items) => items.iter().map(missing).collect(),
        Value::String(text) => match text.rsplit_once('_') {
            Some((kind, id)) if id.len() == 26 => json!(format!("{kind}_01jq0000000000000000000000")),
            _ => value.clone(),
        },
        _ => value.clone(),
    }
}
