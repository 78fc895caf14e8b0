//! The direction rules of the README's map, read off the `use` lines and paths of the source.

use std::fs;
use std::path::{Path, PathBuf};

struct Source {
    path: String,
    code: String,
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    gather(&root, &mut files);
    let source = |file: PathBuf| {
        let path = file.strip_prefix(&root).expect("below src").to_string_lossy().replace('\\', "/");
        let text = fs::read_to_string(&file).expect("readable");
        let code = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
        Source { path, code }
    };
    // Tests inside of rooms may look over their walls.
    files
        .into_iter()
        .map(source)
        .filter(|source| !source.path.ends_with("tests.rs") && !source.path.contains("/tests/"))
        .collect()
}

fn gather(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            gather(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

fn breaks(rule: impl Fn(&Source) -> bool) -> Vec<String> {
    sources().into_iter().filter(|source| rule(source)).map(|source| source.path).collect()
}

fn is_graph(path: &str) -> bool {
    path.starts_with("graphql/") || path.starts_with("http/") || path.contains("/graphql") || path.contains("loaders")
}

#[test]
fn only_the_http_front_and_the_app_name_axum() {
    let broken = breaks(|source| {
        source.code.contains("axum")
            && !source.path.starts_with("http/")
            && source.path != "app.rs"
            && source.path != "http.rs"
    });
    assert!(broken.is_empty(), "{broken:?}");
}

#[test]
fn only_the_graph_names_async_graphql() {
    let broken = breaks(|source| source.code.contains("async_graphql") && !is_graph(&source.path));
    assert!(broken.is_empty(), "{broken:?}");
}

#[test]
fn services_and_models_know_nothing_of_the_graph_or_http() {
    let broken = breaks(|source| {
        let below = !is_graph(&source.path) && !source.path.starts_with("cli/");
        let is_top = ["app.rs", "lib.rs", "main.rs"].contains(&source.path.as_str());
        below && !is_top && (source.code.contains("crate::http") || source.code.contains("graphql::"))
    });
    assert!(broken.is_empty(), "{broken:?}");
}

#[test]
fn entities_stand_on_nothing_but_themselves() {
    let broken = breaks(|source| {
        let uses = source.code.matches("crate::").count() - source.code.matches("crate::entities").count();
        source.path.starts_with("entities/") && uses > 0
    });
    assert!(broken.is_empty(), "{broken:?}");
}

#[test]
fn there_is_no_room_for_odds_and_ends() {
    let broken = breaks(|source| {
        source
            .path
            .split('/')
            .any(|part| ["utils", "common", "helpers", "misc"].contains(&part.trim_end_matches(".rs")))
    });
    assert!(broken.is_empty(), "{broken:?}");
}

#[test]
fn migrations_import_nothing_from_the_server() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migration/src");
    let mut files = Vec::new();
    gather(&folder, &mut files);
    assert!(files.len() > 8);
    for file in files {
        assert!(!fs::read_to_string(&file).expect("readable").contains("rolecall::"), "{}", file.display());
    }
}
