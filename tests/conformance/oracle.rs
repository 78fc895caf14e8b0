//! graphql-js, asked over a pipe.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    thread,
};

use serde::Deserialize;
use serde_json::{Map, Value as Json, json};

/// One request.
#[derive(Debug, Clone)]
pub struct Case {
    pub query: String,
    pub variables: Map<String, Json>,
    pub operation_name: Option<String>,
}

impl Case {
    pub fn of(query: &str) -> Self {
        Self { query: query.to_owned(), variables: Map::new(), operation_name: None }
    }

    pub fn with(query: &str, variables: &Json) -> Self {
        Self { variables: variables.as_object().cloned().unwrap_or_default(), ..Self::of(query) }
    }
}

/// What was answered, reduced to what the specification decides.
#[derive(Debug, Deserialize, PartialEq, Eq)]
pub struct Answer {
    /// `Ok`, or the kind of refusal.
    pub class: String,
    /// The text of `data`, in the order of its keys.
    pub data: Option<String>,
    #[serde(default)]
    pub errors: Vec<Told>,
    /// The first message of a refusal.
    pub why: Option<String>,
}

/// One error.
#[derive(Debug, Deserialize, PartialEq, Eq)]
pub struct Told {
    pub path: Option<Vec<Json>>,
    pub message: String,
}

/// The npm package of the oracle, installed.
pub fn package() -> PathBuf {
    let package = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/conformance/oracle");
    assert!(
        package.join("node_modules/graphql").is_dir() && package.join("node_modules/graphql-http").is_dir(),
        "the conformance oracle is not installed; run: npm ci --prefix tests/conformance/oracle",
    );
    package
}

/// Answers of graphql-js to all cases, in order.
pub fn ask(sdl: &str, cases: &[Case]) -> Vec<Answer> {
    let mut node = Command::new("node")
        .arg("answer.mjs")
        .current_dir(package())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("node is installed");
    let mut input = node.stdin.take().expect("standard input is piped");
    let output = BufReader::new(node.stdout.take().expect("standard output is piped"));
    let mut lines = vec![json!({ "sdl": sdl }).to_string()];
    lines.extend(cases.iter().map(|case| {
        json!({ "query": case.query, "variables": case.variables, "operationName": case.operation_name }).to_string()
    }));
    let writer = thread::spawn(move || {
        for line in lines {
            if writeln!(input, "{line}").is_err() {
                return;
            }
        }
    });
    let answers: Vec<Answer> =
        output.lines().map(|line| serde_json::from_str(&line.expect("a line")).expect("an answer")).collect();
    writer.join().expect("the writer does not panic");
    let status = node.wait().expect("node ends");
    assert!(status.success() && answers.len() == cases.len(), "node answered {} of {}", answers.len(), cases.len());
    answers
}
