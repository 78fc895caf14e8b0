//! The market's part of the schema.

use crate::graphql::schema;

#[tokio::test]
async fn everything_is_described() {
    let document = "{ __schema { types { name description fields { name description args { name description } }
        inputFields { name description } enumValues { name description } } } }";
    let answer = schema::build(None).execute(document).await.into_result().expect("the schema can be asked");
    let answer = answer.data.into_json().expect("plain data");
    let types = answer["__schema"]["types"].as_array().expect("types");
    let ours = |name: &str| {
        ["Market", "Salary", "Seekers", "Competition", "Suppression", "Series", "Query"]
            .iter()
            .any(|prefix| name.starts_with(prefix))
    };
    let mut bare = Vec::new();
    for of in types.iter().filter(|of| of["name"].as_str().is_some_and(ours)) {
        let mut note = |item: &serde_json::Value, within: &str| {
            if item["description"].as_str().is_none_or(str::is_empty) {
                bare.push(format!("{within}.{}", item["name"]));
            }
        };
        for kind in ["fields", "inputFields", "enumValues"] {
            for item in of[kind].as_array().into_iter().flatten() {
                note(item, &of["name"].to_string());
                for argument in item["args"].as_array().into_iter().flatten() {
                    note(argument, &item["name"].to_string());
                }
            }
        }
        if of["name"] != "Query" {
            note(of, "");
        }
    }
    assert!(bare.is_empty(), "{bare:?}");
}
