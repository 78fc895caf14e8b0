//! What mails look like: every sample in both forms, as committed in `tests/letters`, and what strangers write in them.

use std::path::Path;

use serde_json::Value;

use crate::mail::letter::Letter;
use crate::mail::page::Frame;
use crate::mail::samples;
use crate::mail::wording::Links;

const END: &str = "https://api.jobs.example/unsubscribe?token=bm90aGluZw";

fn forms(letter: &Letter, name: &str) -> (String, String) {
    let page = letter.page(Links("https://jobs.example"));
    let end = letter.subscription(Some(uuid::Uuid::nil())).map(|_| END);
    let frame = Frame { board: "Example Jobs", name: Some(name), unsubscribe: end };
    (page.html(&frame).expect("HTML"), page.text(&frame).expect("text"))
}

#[test]
fn every_letter_looks_as_committed() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/letters");
    let mut changed = Vec::new();
    for (name, letter) in samples::all() {
        let (html, text) = forms(&letter, samples::NAME);
        for (form, shown) in [("html", html), ("txt", text)] {
            let path = folder.join(format!("{name}.{form}"));
            if std::env::var_os("UPDATE_LETTERS").is_some() {
                std::fs::write(&path, &shown).expect("written");
            }
            if std::fs::read_to_string(&path).unwrap_or_default() != shown {
                changed.push(format!("{name}.{form}"));
            }
        }
    }
    assert!(changed.is_empty(), "{changed:?} differ; run this test with UPDATE_LETTERS=1 and read the diff");
}

#[test]
fn every_kind_of_letter_has_a_sample() {
    let mut kinds: Vec<_> = samples::all().iter().map(|(_, letter)| json(letter)["kind"].to_string()).collect();
    kinds.sort();
    kinds.dedup();
    // As many as the enum has variants; its `match` in `page` fails to compile when one is added, this when it is not shown.
    assert_eq!(kinds.len(), 17, "{kinds:?}");
}

#[test]
fn both_forms_tell_the_same() {
    for (name, letter) in samples::all() {
        let page = letter.page(Links("https://jobs.example"));
        let (html, text) = forms(&letter, samples::NAME);
        let facts = page.facts.iter().map(|(_, value)| value.clone());
        let items = page.items.iter().flat_map(|item| [item.title.clone(), item.detail.clone(), item.url.clone()]);
        let action = page.action.iter().map(|action| action.url.clone());
        let lines = page.quote.iter().flat_map(|quote| quote.text.lines().map(str::to_owned));
        let words = page.paragraphs.iter().chain(&page.notes).chain(&page.rest).cloned();
        for told in facts.chain(items).chain(action).chain(lines).chain(words) {
            assert!(text.contains(&told), "{name}, text: {told}");
            assert!(html.contains(&escaped(&told)), "{name}, HTML: {told}");
        }
        assert_eq!(html.contains(END), letter.subscription(Some(uuid::Uuid::nil())).is_some(), "{name}");
        assert_eq!(text.contains(END), html.contains(END), "{name}");
    }
}

#[test]
fn what_strangers_write_is_never_html() {
    const HOSTILE: &str = r#"<img src=x onerror="alert(1)">' & </title><script>"#;
    for (name, letter) in samples::all() {
        for hostile in with_each_text(&json(&letter), HOSTILE) {
            // Identifiers, instants and closed sets take no such text.
            let Ok(letter) = serde_json::from_value::<Letter>(hostile) else { continue };
            let (html, _) = forms(&letter, HOSTILE);
            assert!(
                !html.contains("<img") && !html.contains("<script") && !html.contains("onerror=\""),
                "{name}: {html}"
            );
        }
    }
}

fn json(letter: &Letter) -> Value {
    serde_json::to_value(letter).expect("JSON")
}

/// The values that come of replacing one text after the other.
fn with_each_text(value: &Value, text: &str) -> Vec<Value> {
    let parts: Vec<(Value, Value)> = match value {
        Value::String(_) => return vec![Value::from(text)],
        Value::Object(fields) => fields.iter().map(|(key, part)| (Value::from(key.as_str()), part.clone())).collect(),
        Value::Array(items) => items.iter().enumerate().map(|(at, part)| (Value::from(at), part.clone())).collect(),
        _ => return Vec::new(),
    };
    let replaced = parts.iter().flat_map(|(key, part)| {
        with_each_text(part, text).into_iter().map(move |part| {
            let mut whole = value.clone();
            match key {
                Value::String(key) => whole[key] = part,
                key => whole[usize::try_from(key.as_u64().unwrap_or(0)).unwrap_or(0)] = part,
            }
            whole
        })
    });
    replaced.collect()
}

fn escaped(text: &str) -> String {
    let marks = [("&", "&#38;"), ("<", "&#60;"), (">", "&#62;"), ("\"", "&#34;"), ("'", "&#39;")];
    marks.iter().fold(text.to_owned(), |text, (mark, name)| text.replace(mark, name))
}
