//! `schema.graphql` is what the code serves.

use rolecall::graphql::schema;

#[test]
fn the_committed_schema_is_current() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/schema.graphql");
    let sdl = schema::sdl(&schema::build(None));
    if std::env::var_os("UPDATE_SCHEMA").is_some() {
        std::fs::write(path, &sdl).expect("written");
    }
    let committed = std::fs::read_to_string(path).expect("schema.graphql");
    assert!(
        committed == sdl,
        "schema.graphql differs from the code; run this test with UPDATE_SCHEMA=1 and read the diff"
    );
}

#[test]
fn every_item_has_a_description() {
    let sdl = schema::sdl(&schema::build(None));
    let mut previous = "";
    let mut bare = Vec::new();
    let mut in_type = String::new();
    for line in sdl.lines() {
        let text = line.trim();
        let opens =
            ["type ", "input ", "enum ", "interface ", "scalar ", "union "].iter().any(|word| text.starts_with(word));
        if opens || text.starts_with("schema ") {
            in_type = text.to_owned();
        }
        let is_item =
            opens || (line.starts_with('\t') && !text.is_empty() && !text.starts_with('"') && !text.starts_with(')'));
        let is_text = !opens && previous.starts_with('"') && !previous.ends_with('"');
        // The roots have no place for a description.
        let is_item = is_item && !in_type.starts_with("schema");
        if is_item && !is_text && !previous.ends_with('"') && !in_description(&sdl, line) {
            bare.push(format!("{in_type} … {text}"));
        }
        if !text.is_empty() {
            previous = text;
        }
    }
    assert!(bare.is_empty(), "without a description: {bare:#?}");
}

/// Whether a line lies between the marks of a block of text.
fn in_description(sdl: &str, line: &str) -> bool {
    let start = line.as_ptr() as usize - sdl.as_ptr() as usize;
    sdl[..start].matches("\"\"\"").count() % 2 == 1
}
