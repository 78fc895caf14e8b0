//! The tail of the log: everything once, whatever the transactions do.

use std::collections::BTreeMap;
use std::time::Duration;

use rolecall::clock::Timestamp;
use rolecall::db::Database;
use rolecall::entities::change;
use rolecall::entities::sets::{Deed, Subject};
use rolecall::feed;
use rolecall::feed::position::Position;
use rolecall::feed::tail::{Step, Tail};
use sea_orm::TransactionTrait;
use uuid::Uuid;

use crate::support::{TestApp, on_both_databases};

const WRITERS: u128 = 8;
const ROUNDS: u128 = 25;

/// Changes things in transactions that are slow, nested, or come to nothing; gives what was committed, by its subject
/// and in order.
async fn write(db: Database, writer: u128, now: Timestamp) -> Vec<Uuid> {
    let mut committed = Vec::new();
    for round in 0..ROUNDS {
        let id = |part: u128| Uuid::from_u128((writer << 64) + (round << 8) + part);
        let txn = db.begin().await.expect("a transaction");
        let record = |part| feed::record(&txn, (Subject::Posting, id(part)), Deed::Updated, now);
        record(1).await.expect("recorded");
        let inner = txn.begin().await.expect("a savepoint");
        feed::record(&inner, (Subject::Posting, id(2)), Deed::Updated, now).await.expect("recorded");
        let keeps_inner = round % 3 != 0;
        if keeps_inner { inner.commit().await } else { inner.rollback().await }.expect("ended");
        // Some wait with their rows written, long after others with higher numbers have ended.
        let pause = if (writer + round).is_multiple_of(5) { 40 } else { writer % 3 };
        tokio::time::sleep(Duration::from_millis(u64::try_from(pause).expect("small"))).await;
        if (writer + round) % 7 == 3 {
            txn.rollback().await.expect("rolled back");
            continue;
        }
        txn.commit().await.expect("committed");
        committed.push(id(1));
        if keeps_inner {
            committed.push(id(2));
        }
    }
    committed
}

async fn read_on(tail: &Tail, position: &mut Position) -> Vec<change::Model> {
    let mut read = Vec::new();
    loop {
        // A position that was kept is as good as one in memory.
        let kept = serde_json::to_string(&*position).expect("JSON");
        *position = serde_json::from_str(&kept).expect("a position");
        let Step::Changes(batch) = tail.next(position).await.expect("a batch") else { panic!("the position is lost") };
        *position = batch.position;
        read.extend(batch.changes);
        if !batch.has_more {
            return read;
        }
    }
}

on_both_databases! {
    async fn nothing_is_lost_or_doubled_whatever_the_writers_do(app: TestApp) {
        let state = &app.app.state;
        for most in [3, 1_000] {
            let tail = Tail::new(&state.db, most);
            let mut position = tail.present().await.expect("a position");
            let writers = (1..=WRITERS).map(|writer| tokio::spawn(write(state.db.clone(), writer, state.clock.now())));
            let writing = tokio::spawn(futures_util::future::join_all(writers.collect::<Vec<_>>()));
            let mut read = Vec::new();
            while !writing.is_finished() {
                read.extend(read_on(&tail, &mut position).await);
                tokio::time::sleep(Duration::from_millis(3)).await;
            }
            read.extend(read_on(&tail, &mut position).await);
            let mut committed = BTreeMap::new();
            for (writer, ids) in (1..=WRITERS).zip(writing.await.expect("no panic")) {
                committed.insert(writer, ids.expect("no panic"));
            }
            let mut told: BTreeMap<u128, Vec<Uuid>> = BTreeMap::new();
            for change in &read {
                told.entry(change.subject_id.as_u128() >> 64).or_default().push(change.subject_id);
            }
            assert_eq!(told, committed, "in batches of {most}");
        }
    }

    async fn a_position_of_another_database_is_lost(app: TestApp) {
        let tail = Tail::new(&app.app.state.db, 10);
        let elsewhere = match tail.present().await.expect("a position") {
            Position::Sqlite { id } => Position::Sqlite { id: id + 1_000 },
            Position::Postgres { seen, pause, .. } => Position::Postgres { origin: "1/1".to_owned(), seen, pause },
        };
        assert!(matches!(tail.next(&elsewhere).await, Ok(Step::Lost)));
        let mixed = match elsewhere {
            Position::Sqlite { .. } => Position::Postgres { origin: String::new(), seen: "1:1:".to_owned(), pause: None },
            Position::Postgres { .. } => Position::Sqlite { id: 0 },
        };
        assert!(matches!(tail.next(&mixed).await, Ok(Step::Lost)));
    }

    async fn every_deed_is_in_the_log(app: TestApp) {
        use serde_json::json;
        let tail = Tail::new(&app.app.state.db, 10);
        let mut position = tail.present().await.expect("a position");
        let (owner, employer) = app.employer("Analytical Engines").await;
        owner.draft(&employer, json!({})).await;
        owner.act("candidateUpdate", json!({"headline": "Engineer"}), "candidate { id }").await.good();
        owner.act("candidateUpdate", json!({"headline": "Programmer"}), "candidate { id }").await.good();
        owner.ask("mutation { sessionsRevokeAll { revokedCount } }", json!({})).await;
        let read = read_on(&tail, &mut position).await;
        let told: Vec<_> = read.iter().map(|change| (change.subject, change.deed)).collect();
        let expected = [
            (Subject::Employer, Deed::Created),
            (Subject::Employer, Deed::Updated),
            (Subject::Posting, Deed::Created),
            (Subject::Candidate, Deed::Created),
            (Subject::Candidate, Deed::Updated),
            (Subject::Session, Deed::Ended),
        ];
        assert_eq!(told, expected);
    }
}
