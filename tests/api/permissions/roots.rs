//! Who may ask what.

use serde_json::{Value, json};

use super::{Who, missing, viewers};
use crate::inputs::bases::Board;
use crate::inputs::schema::Inputs;
use crate::support::{TestApp, on_both_databases};

use super::objects::{objects, sees};

/// To whom a root field answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Open {
    /// To everyone, with what is public.
    ToAll,
    /// To everyone, with what the viewer may see of the object of this kind.
    ByObject(&'static str),
    /// Null for those who are not signed in.
    ToSelf,
    /// Members of verified employers.
    ToRecruiters,
}

/// The table.
fn open(field: &str) -> Open {
    match field {
        "role" | "roles" | "skill" | "skills" | "place" | "places" | "industry" | "industries" | "employers"
        | "postings" | "search" | "suggest" | "market" | "salaryStatistics" | "seekersPerPosting" | "marketSeries"
        | "nodes" | "node" | "serverInfo" | "rateLimit" => Open::ToAll,
        "viewer" => Open::ToSelf,
        "posting" => Open::ByObject("Posting"),
        "employer" => Open::ByObject("Employer"),
        "application" => Open::ByObject("Application"),
        "candidates" => Open::ToRecruiters,
        unknown => panic!("say in this table who may ask {unknown}"),
    }
}

on_both_databases! {
    async fn every_root_field_answers_those_in_the_table_alone(app: TestApp) {
        let inputs = Inputs::read();
        let board = Board::new(app).await;
        let objects = objects(&board).await;
        let viewers = viewers(&board).await;
        for field in inputs.fields("Query") {
            match open(&field) {
                Open::ToAll => {}
                Open::ToSelf => {
                    for (who, viewer) in &viewers {
                        let answer = viewer.ask(&format!("{{ {field} {{ __typename }} }}"), json!({})).await;
                        assert_eq!(answer[&field].is_null(), *who == Who::Nobody, "{field} by {who:?}");
                    }
                }
                Open::ToRecruiters => {
                    for (who, viewer) in &viewers {
                        let answer = viewer.send(&format!("{{ {field} {{ totalCount }} }}"), json!({})).await;
                        let expected = match who {
                            Who::Nobody => "UNAUTHENTICATED",
                            Who::Stranger | Who::Administrator => "FORBIDDEN",
                            _ => "",
                        };
                        assert_eq!(answer.code(), expected, "{field} by {who:?}: {}", answer.body);
                    }
                }
                Open::ByObject(kind) => {
                    let query = format!("query($id: ID!) {{ {field}(id: $id) {{ id }} }}");
                    let id = &objects[kind].id;
                    for (who, viewer) in &viewers {
                        let answer = viewer.ask(&query, json!({ "id": id })).await;
                        assert_eq!(answer[&field].is_null(), !sees(kind, *who), "{field} by {who:?}");
                        let absent = viewer.ask(&query, json!({"id": missing(id)})).await;
                        assert_eq!(absent[&field], Value::Null, "{field} by {who:?}");
                    }
                }
            }
        }
    }
}
