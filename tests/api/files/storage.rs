//! What is in the storage: what goes by itself, and what happens when a server or the storage is not there.

use chrono::TimeDelta;
use rolecall::files::{service, sweep};
use rolecall::ids::{self, Kind};
use serde_json::json;

use super::{RESUME, announce, folder, get, problem, put, resume, rows, sent, stored};
use crate::documents::{PDF, pdf};
use crate::support::{TestApp, on_both_databases};

on_both_databases! {
    async fn what_nobody_uses_goes_and_what_is_used_stays(app: TestApp) {
        let ada = app.account("Ada").await;
        resume(app, &ada).await;
        sent(app, &ada).await;
        announce(&ada, "never sent.pdf", PDF, 10).await;
        let state = &app.app.state;
        let account = ids::decode(Kind::Account, &ada.id).expect("an account");
        assert_eq!((rows(app).await, stored(app).len()), ([2, 2, 1, 0], 2));
        state.clock.advance(TimeDelta::minutes(61));
        sweep(state).await.expect("swept");
        assert_eq!((rows(app).await, stored(app).len()), ([1, 0, 1, 0], 1));
        let txn = state.db.begin().await.expect("begun");
        service::remove_all_of(&txn, account, state.clock.now()).await.expect("removed");
        txn.rollback().await.expect("thought better of it");
        sweep(state).await.expect("swept");
        assert_eq!((rows(app).await, stored(app).len()), ([1, 0, 1, 0], 1), "nothing goes before the commit");
        let txn = state.db.begin().await.expect("begun");
        service::remove_all_of(&txn, account, state.clock.now()).await.expect("removed");
        txn.commit().await.expect("committed");
        sweep(state).await.expect("swept");
        assert_eq!((rows(app).await, stored(app).len()), ([0; 4], 0));
    }

    async fn a_server_that_dies_in_the_middle_leaves_no_bytes(app: TestApp) {
        let state = &app.app.state;
        let account = ids::decode(Kind::Account, &app.account("Ada").await.id).expect("an account");
        // Bytes were written, and the transaction that would have named them never came.
        let written = service::write(state, b"bytes".to_vec()).await.expect("written");
        std::fs::write(folder(app).join(format!("{}#1", stored(app)[0])), b"half").expect("a draft");
        sweep(state).await.expect("swept");
        assert_eq!((rows(app).await[3], stored(app).len()), (1, 2), "they may still be named");
        state.clock.advance(TimeDelta::minutes(16));
        sweep(state).await.expect("swept");
        assert_eq!((rows(app).await, stored(app).len()), ([0; 4], 0));
        // Who comes too late is told so, and names nothing.
        let now = state.clock.now();
        let label = service::Label {
            account_id: account,
            kind: rolecall::entities::sets::FileKind::Resume,
            file_name: "late.pdf".to_owned(),
            content_type: PDF.to_owned(),
            expires_at: now,
        };
        let txn = state.db.begin().await.expect("begun");
        service::label(&txn, written, label, now).await.expect_err("too late");
        txn.rollback().await.expect("rolled back");
    }

    async fn without_the_storage_nothing_is_half_done(app: TestApp) {
        let ada = app.account("Ada").await;
        let kept = resume(app, &ada).await;
        let bytes = pdf("Ada", &[]);
        let upload = announce(&ada, "cv.pdf", PDF, bytes.len()).await;
        let away = folder(app).with_file_name("away");
        std::fs::rename(folder(app), &away).expect("moved away");
        std::fs::write(folder(app), b"no folder").expect("in its place");
        let answer = put(app, &upload, &bytes).await;
        assert_eq!(answer.headers()["retry-after"], "5");
        assert_eq!(problem(answer).await.0, 503);
        assert_eq!(problem(get(app, &kept["url"]).await).await.0, 503);
        let early = ada.act("resumeAdd", json!({"uploadId": upload["id"]}), RESUME).await;
        assert_eq!(early.refusals(), ["WRONG_STATE input.uploadId"]);
        ada.act("resumeRemove", json!({"id": kept["id"]}), "deletedId").await.good();
        sweep(&app.app.state).await.expect_err("the bytes cannot be removed");
        std::fs::remove_file(folder(app)).expect("removed");
        std::fs::rename(&away, folder(app)).expect("moved back");
        assert_eq!(put(app, &upload, &bytes).await.status(), 204);
        sweep(&app.app.state).await.expect("nothing is due");
        assert_eq!(stored(app).len(), 2);
        app.app.state.clock.advance(TimeDelta::minutes(20));
        sweep(&app.app.state).await.expect("swept");
        assert_eq!((rows(app).await, stored(app).len()), ([1, 1, 0, 0], 1));
    }
}
