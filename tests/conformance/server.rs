//! The toy schema behind the layer, answering as the oracle does.

use std::sync::Arc;

use async_graphql::PathSegment;
use rolecall::graphql::conformance::{Documents, OperationType};
use serde_json::Value as Json;

use crate::{
    oracle::{Answer, Case, Told},
    toy::{Counter, ToySchema},
};

pub async fn answer(schema: &ToySchema, documents: &Documents, case: &Case) -> Answer {
    let prepared = documents.prepare(&case.query);
    // The oracle only validates subscriptions.
    if let Ok(prepared) = &prepared
        && prepared.kind(case.operation_name.as_deref()) == Some(OperationType::Subscription)
    {
        return Answer { class: "Ok".into(), data: None, errors: Vec::new(), why: None };
    }
    let call = prepared.and_then(|prepared| prepared.call(case.operation_name.as_deref(), &case.variables));
    match call {
        Err(refusal) => Answer {
            class: format!("{:?}", refusal.kind),
            data: None,
            errors: Vec::new(),
            why: refusal.errors.first().map(|error| error.message.clone()),
        },
        Ok(call) => {
            let request = call.request().data(Arc::new(Counter::default()));
            let response = call.complete(schema.execute(request).await);
            Answer {
                class: "Ok".into(),
                data: Some(serde_json::to_string(&response.data).expect("data is JSON")),
                errors: response
                    .errors
                    .into_iter()
                    .map(|error| Told {
                        path: (!error.path.is_empty()).then(|| error.path.iter().map(segment).collect()),
                        message: error.message,
                    })
                    .collect(),
                why: None,
            }
        }
    }
}

fn segment(segment: &PathSegment) -> Json {
    match segment {
        PathSegment::Field(name) => Json::from(name.as_str()),
        PathSegment::Index(index) => Json::from(*index),
    }
}
