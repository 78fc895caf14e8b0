//! Résumés: kept, shown to whom they were shown, and removed.

use futures_util::future::join_all;
use rolecall::work;
use serde_json::{Value, json};

use super::{RESUME, announce, get, header, put, resume, resumes, rows, sent, stored};
use crate::documents::{DOCX, PDF, docx, pdf};
use crate::support::{TestApp, on_both_databases};

on_both_databases! {
    async fn a_resume_is_sent_kept_fetched_and_removed(app: TestApp) {
        let ada = app.account("Ada").await;
        for (name, content_type, bytes) in [("cv – Zoë.pdf", PDF, pdf("Ada", &[])), ("cv.docx", DOCX, docx("Ada", &[]))] {
            let upload = announce(&ada, &format!("C:\\me\\{name}"), content_type, bytes.len()).await;
            assert_eq!((&upload["method"], &upload["maxBytes"]), (&json!("PUT"), &json!(5 * 1024 * 1024)));
            assert_eq!(upload["headers"], json!([{"name": "Content-Type", "value": content_type}]));
            assert_eq!(put(app, &upload, &bytes).await.status(), 204);
            let added = ada.act("resumeAdd", json!({"uploadId": upload["id"], "title": "For engines"}), RESUME).await.good();
            let added = added["resume"].clone();
            assert_eq!((&added["fileName"], &added["title"]), (&json!(name), &json!("For engines")));
            assert_eq!((&added["contentType"], &added["size"]), (&json!(content_type), &json!(bytes.len())));
            let got = get(app, &added["url"]).await;
            assert_eq!(got.status(), 200);
            assert!(header(&got, "content-disposition").starts_with("attachment; filename="));
            let length = bytes.len().to_string();
            for (name, value) in [
                ("content-type", content_type), ("content-length", &length), ("x-content-type-options", "nosniff"),
                ("content-security-policy", "default-src 'none'; sandbox"), ("cache-control", "private, no-store"),
            ] {
                assert_eq!(header(&got, name), value);
            }
            assert_eq!(got.bytes().await.expect("bytes"), bytes);
            let again = ada.act("resumeAdd", json!({"uploadId": upload["id"]}), RESUME).await;
            assert_eq!(again.refusals(), ["NOT_FOUND input.uploadId"]);
        }
        let mine = resumes(&ada).await;
        let renamed = ada.act("resumeRename", json!({"id": mine[1]["id"], "title": "Old one"}), RESUME).await.good();
        assert_eq!(renamed["resume"]["title"], "Old one");
        assert_eq!(rows(app).await, [2, 0, 2, 0]);
        let removed = ada.act("resumeRemove", json!({"id": mine[1]["id"]}), "deletedId").await.good();
        assert_eq!(removed["deletedId"], mine[1]["id"]);
        assert_eq!(get(app, &renamed["resume"]["url"]).await.status(), 404);
        assert_eq!(resumes(&ada).await, json!([{"id": mine[0]["id"], "title": "For engines"}]));
        assert_eq!((rows(app).await, stored(app).len()), ([1, 0, 1, 1], 2));
        work::tick(&app.app.state).await.expect("done");
        assert_eq!((rows(app).await, stored(app).len()), ([1, 0, 1, 0], 1));
    }

    async fn ten_resumes_are_kept_however_many_are_added_at_once(app: TestApp) {
        let ada = app.account("Ada").await;
        let mut uploads = Vec::new();
        for _ in 0..20 {
            uploads.push(sent(app, &ada).await);
        }
        let added = join_all(uploads.iter().map(|upload| ada.act("resumeAdd", json!({"uploadId": upload["id"]}), RESUME))).await;
        let full = added.iter().filter(|payload| payload.refusals() == ["TOO_LONG input.uploadId"]).count();
        assert_eq!((full, resumes(&ada).await.as_array().expect("a list").len()), (10, 10));
        assert_eq!(rows(app).await, [20, 10, 10, 0]);
        // Two confirmations of one upload: one résumé.
        let first = resumes(&ada).await[0]["id"].clone();
        ada.act("resumeRemove", json!({"id": first}), "deletedId").await.good();
        let waiting = added.iter().zip(&uploads).find(|(payload, _)| !payload.refusals().is_empty()).expect("one waits").1;
        let input = json!({"uploadId": waiting["id"]});
        let both = join_all([ada.act("resumeAdd", input.clone(), RESUME), ada.act("resumeAdd", input, RESUME)]).await;
        assert_eq!(both.iter().filter(|payload| payload.refusals().is_empty()).count(), 1);
    }

    async fn employers_see_what_they_were_shown_while_it_holds(app: TestApp) {
        let (owner, employer) = app.employer("Analytical Engines").await;
        let (rival, _) = app.employer("Difference Engines").await;
        let posting = owner.posting(&employer, json!({})).await;
        let (ada, eve) = (app.account("Ada").await, app.account("Eve").await);
        let (shown, other) = (resume(app, &ada).await, resume(app, &ada).await);
        let stolen = json!({"postingId": posting["id"], "resumeId": shown["id"]});
        for (who, input) in [(&eve, stolen), (&ada, json!({"postingId": posting["id"], "resumeId": "resume_01jq0000000000000000000000"}))] {
            assert_eq!(who.act("applicationSubmit", input, "application { id }").await.refusals(), ["NOT_FOUND input.resumeId"]);
        }
        let node = "query($id: ID!) { node(id: $id) { ... on Resume { title url } } }";
        assert_eq!(owner.ask(node, json!({"id": shown["id"]})).await["node"], Value::Null, "before the application");
        let input = json!({"postingId": posting["id"], "resumeId": shown["id"]});
        let applied = ada.act("applicationSubmit", input, "application { id version resume { id } }").await.good()["application"].clone();
        assert_eq!(applied["resume"]["id"], shown["id"]);
        let query = "query($id: ID!) { application(id: $id) { resume { id fileName url } candidate { resumes { id } } } }";
        let seen = owner.ask(query, json!({"id": applied["id"]})).await["application"].clone();
        assert_eq!((&seen["resume"]["id"], &seen["candidate"]["resumes"]), (&shown["id"], &Value::Null));
        assert_eq!(get(app, &seen["resume"]["url"]).await.status(), 200);
        assert!(owner.ask(node, json!({"id": shown["id"]})).await["node"]["title"].is_string());
        for (who, id) in [(&rival, &shown), (&eve, &shown), (&app.administrator().await, &shown), (&app.anonymous(), &shown), (&owner, &other)] {
            assert_eq!(who.ask(node, json!({"id": id["id"]})).await["node"], Value::Null);
        }
        for action in ["resumeRemove", "resumeRename"] {
            let input = if action == "resumeRemove" { json!({"id": shown["id"]}) } else { json!({"id": shown["id"], "title": "Mine"}) };
            let selection = if action == "resumeRemove" { "deletedId" } else { RESUME };
            assert_eq!(owner.act(action, input.clone(), selection).await.refusals(), ["NOT_FOUND input.id"]);
            assert_eq!(app.anonymous().act(action, input, selection).await.answer.code(), "UNAUTHENTICATED");
        }
        let input = json!({"id": applied["id"], "version": applied["version"]});
        ada.act("applicationWithdraw", input, "application { id }").await.good();
        assert_eq!(get(app, &seen["resume"]["url"]).await.status(), 404, "its address was good a moment ago");
        let after = owner.ask(query, json!({"id": applied["id"]})).await;
        assert_eq!(after["application"]["resume"], Value::Null);
        assert_eq!(get(app, &shown["url"]).await.status(), 200, "its owner keeps it");
    }

    async fn what_is_removed_is_gone_from_applications_too(app: TestApp) {
        let (owner, employer) = app.employer("Analytical Engines").await;
        let posting = owner.posting(&employer, json!({})).await;
        let ada = app.account("Ada").await;
        let shown = resume(app, &ada).await;
        let input = json!({"postingId": posting["id"], "resumeId": shown["id"]});
        let applied = ada.act("applicationSubmit", input, "application { id }").await.good()["application"].clone();
        let query = "query($id: ID!) { application(id: $id) { status resume { url } } }";
        let seen = owner.ask(query, json!({"id": applied["id"]})).await;
        ada.act("resumeRemove", json!({"id": shown["id"]}), "deletedId").await.good();
        assert_eq!(get(app, &seen["application"]["resume"]["url"]).await.status(), 404);
        let after = owner.ask(query, json!({"id": applied["id"]})).await;
        assert_eq!(after["application"], json!({"status": "SUBMITTED", "resume": null}));
    }
}
