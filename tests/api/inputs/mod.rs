//! Bad values of every kind for every input of every mutation, generated from the committed schema: each is refused at
//! its place, in one of the two forms that the contract knows, and changes nothing.

pub mod bases;
mod faults;
pub mod fingerprint;
pub mod schema;

use serde_json::{Value, json};

use crate::support::{Actor, TestApp, on_both_databases};
use bases::{Board, base};
use faults::Fault;
use fingerprint::fingerprint;
use schema::Inputs;

/// A mutation and the reader of its answers.
struct Probe<'a> {
    inputs: &'a Inputs,
    mutation: &'a str,
    query: String,
}

impl<'a> Probe<'a> {
    fn new(inputs: &'a Inputs, mutation: &'a str) -> Self {
        Self { inputs, mutation, query: probe(inputs, mutation) }
    }

    /// Sends an input; false when it was refused.
    ///
    /// # Errors
    /// An answer that the contract does not know.
    async fn is_done(&self, who: &Actor, input: &Value, fault: Option<&Fault>) -> Result<bool, String> {
        let variables = if self.inputs.input_of(self.mutation).is_some() { json!({"input": input}) } else { json!({}) };
        let answer = who.send(&self.query, variables).await;
        let what = fault.map_or_else(|| "nothing wrong".to_owned(), ToString::to_string);
        let strange = |why: &str| Err(format!("{}, {what}: {why}: {} {}", self.mutation, answer.status, answer.body));
        if answer.status >= 500 || answer.code() == "INTERNAL_SERVER_ERROR" {
            return strange("the server failed");
        }
        if answer.body.get("errors").is_some() {
            let message = answer.body["errors"][0]["message"].as_str().unwrap_or_default();
            let is_told = fault.is_some_and(|fault| match answer.code() {
                "BAD_USER_INPUT" | "COST_EXCEEDED" => message.contains("$input") && fault.is_named_in(message),
                // Somebody else's object may be seen, and not be touched.
                "FORBIDDEN" => fault.is_of_id(),
                _ => false,
            });
            return if is_told { Ok(false) } else { strange("the error does not name the place") };
        }
        let payload = &answer.body["data"][self.mutation];
        let of_items = payload["results"].as_array().into_iter().flatten();
        let lists = std::iter::once(payload).chain(of_items).map(|told| told["userErrors"].as_array());
        let errors: Vec<_> = lists.flat_map(|list| list.expect("user errors")).collect();
        for error in &errors {
            let path: Vec<_> = error["path"].as_array().expect("a path").iter().filter_map(Value::as_str).collect();
            if !self.inputs.has(self.mutation, &path) {
                return strange("there is no such argument");
            }
            if !fault.is_some_and(|fault| fault.concerns(&path)) {
                return strange("the fault lies elsewhere");
            }
        }
        Ok(errors.is_empty())
    }
}

/// The document that sends an input to a mutation and reads what was refused.
pub fn probe(inputs: &Inputs, mutation: &str) -> String {
    let arguments = inputs.input_of(mutation).map(|kind| (format!("($input: {kind})"), "(input: $input)"));
    let (variables, arguments) = arguments.unwrap_or_default();
    let results = if inputs.has_results(mutation) { "results { userErrors { code path } }" } else { "" };
    format!("mutation{variables} {{ {mutation}{arguments} {{ {results} userErrors {{ code path }} }} }}")
}

/// Tries all faults of a mutation's input; gives their number, and notes what was wrong with the answers.
async fn try_all(board: &Board<'_>, inputs: &Inputs, mutation: &str, wrong: &mut Vec<String>) -> usize {
    let db = &board.app.app.state.db;
    let probe = Probe::new(inputs, mutation);
    let (who, right) = base(board, mutation).await;
    assert_eq!(probe.is_done(&who, &right, None).await, Ok(true), "{mutation}: the input of the table is refused");
    // To administrators nobody's object is foreign.
    let foreign = (who.id != board.admin.id).then_some(&board.foreign);
    let faults = faults::of_input(inputs, mutation, &right, foreign);
    let (mut who, mut right) = base(board, mutation).await;
    let mut before = fingerprint(db).await;
    let mut rest = faults.iter().peekable();
    while let Some(fault) = rest.next() {
        let is_done = probe.is_done(&who, &fault.on(&right), Some(fault)).await;
        let is_last = rest.peek().is_none_or(|next| next.argument() != fault.argument());
        if is_done == Ok(true) {
            if !fault.may_pass() {
                wrong.push(format!("{mutation} takes {fault}"));
            }
            (who, right) = base(board, mutation).await;
            before = fingerprint(db).await;
        } else if is_last {
            let after = fingerprint(db).await;
            for (was, is) in before.iter().zip(&after).filter(|(was, is)| was != is) {
                wrong.push(format!("{mutation}: what was refused at {} changed {was:?} to {is:?}", fault.argument()));
            }
            before = after;
        }
        wrong.extend(is_done.err());
    }
    faults.len()
}

on_both_databases! {
    async fn bad_values_are_refused_at_their_place_and_change_nothing(app: TestApp) {
        let inputs = Inputs::read();
        let board = Board::new(app).await;
        let (mut tried, mut wrong) = (0, Vec::new());
        for mutation in inputs.mutations() {
            if inputs.input_of(&mutation).is_some() {
                tried += try_all(&board, &inputs, &mutation, &mut wrong).await;
            }
        }
        assert!(wrong.is_empty(), "{} of {tried}:\n{}", wrong.len(), wrong.join("\n"));
        assert!(tried > 1_000, "{tried}");
    }
}
