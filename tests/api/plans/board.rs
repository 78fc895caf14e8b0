//! A board with rows enough for a planner to care.

use chrono::TimeDelta;
use rolecall::clock::Timestamp;
use rolecall::entities::sets::{ApplicationStatus, MemberRole, PostingStatus, SearchStatus, Visibility};
use rolecall::entities::{account, application, candidate, employer, membership, posting, posting_place};
use rolecall::ids::{self, Kind};
use rolecall::postings::service::draft;
use sea_orm::{ActiveModelTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, Set};
use uuid::Uuid;

use crate::support::TestApp;

/// Fills the board, and lets the database count it; gives the public identifier of a posting that people applied to.
pub async fn fill(app: &TestApp, employer: &str) -> String {
    let employer = ids::decode(Kind::Employer, employer).expect("an employer");
    let now = app.app.state.clock.now();
    let txn = app.app.state.db.begin().await.expect("a transaction");
    let posting = fill_postings(&txn, employer, now).await;
    fill_employers(&txn, now).await;
    fill_people(&txn, employer, posting, now).await;
    txn.commit().await.expect("committed");
    let txn = app.app.state.db.begin().await.expect("a transaction");
    txn.execute_unprepared("ANALYZE").await.expect("analysed");
    txn.commit().await.expect("committed");
    ids::encode(Kind::Posting, posting)
}

async fn insert<A: ActiveModelTrait + Send>(txn: &DatabaseTransaction, rows: Vec<A>) {
    for rows in rows.chunks(300) {
        let inserted = <A::Entity as EntityTrait>::insert_many(rows.to_vec()).exec_without_returning(txn).await;
        inserted.expect("inserted");
    }
}

/// Postings in several states, with ties and gaps in every column that lists are sorted by.
async fn fill_postings(txn: &DatabaseTransaction, employer_id: Uuid, now: Timestamp) -> Uuid {
    let ids: Vec<_> = (0..2_000_i64).map(|number| (number, ids::generate(now - TimeDelta::minutes(number)))).collect();
    let row = |(number, id): &(i64, Uuid)| {
        let published = (number % 3 != 1).then(|| now - TimeDelta::minutes(number / 2));
        let columns = posting::ActiveModel {
            status: Set(if published.is_some() { PostingStatus::Published } else { PostingStatus::Draft }),
            title: Set(format!("Job {}", number % 100)),
            title_key: Set(format!("job {}", number % 100)),
            description: Set("A description of thirty characters".to_owned()),
            role_id: Set((number % 40 == 0).then(|| ids::of_name(Kind::Role, "backend-developer"))),
            pay_rank: Set((number % 4 != 0).then_some(number % 50)),
            published_at: Set(published),
            valid_through: Set(published.map(|at| at + TimeDelta::days(40))),
            updated_at: Set(now - TimeDelta::seconds(*number)),
            ..Default::default()
        };
        draft(*id, employer_id, &columns, now)
    };
    insert(txn, ids.iter().map(row).collect()).await;
    let place = |(number, id): &(i64, Uuid)| posting_place::ActiveModel {
        posting_id: Set(*id),
        place_id: Set(ids::of_name(Kind::Place, "US")),
        position: Set(0),
        country_code: Set(if number % 50 == 0 { "DE" } else { "US" }.to_owned()),
        region_code: Set(None),
    };
    insert(txn, ids.iter().map(place).collect()).await;
    ids[0].1
}

async fn fill_employers(txn: &DatabaseTransaction, now: Timestamp) {
    let row = |number: i64| employer::ActiveModel {
        id: Set(ids::generate(now)),
        external_id: Set(None),
        slug: Set(format!("employer-{number}")),
        name: Set(format!("Employer {number}")),
        name_key: Set(format!("employer {number}")),
        about: Set(None),
        website: Set(None),
        industry_id: Set(None),
        headcount: Set(None),
        verified_at: Set(None),
        version: Set(1),
        created_at: Set(now),
        updated_at: Set(now),
    };
    insert(txn, (0..500).map(row).collect()).await;
}

/// Accounts that are members of the employer, may be found, and applied to the posting.
async fn fill_people(txn: &DatabaseTransaction, employer_id: Uuid, posting_id: Uuid, now: Timestamp) {
    let people: Vec<_> = (0..500_i64).map(|number| (number, ids::generate(now))).collect();
    let account = |(number, id): &(i64, Uuid)| account::ActiveModel {
        id: Set(*id),
        email: Set(format!("reader-{number}@example.org")),
        email_key: Set(format!("reader-{number}@example.org")),
        email_verified_at: Set(Some(now)),
        name: Set("Reader".to_owned()),
        password_hash: Set(None),
        is_admin: Set(false),
        created_at: Set(now),
        updated_at: Set(now),
        suspended_at: Set(None),
        suspension_reason: Set(None),
        erased_at: Set(None),
        failed_sign_ins: Set(0),
    };
    insert(txn, people.iter().map(account).collect()).await;
    let member = |(_, id): &(i64, Uuid)| membership::ActiveModel {
        id: Set(ids::generate(now)),
        employer_id: Set(employer_id),
        account_id: Set(*id),
        role: Set(MemberRole::Reviewer),
        created_at: Set(now),
    };
    insert(txn, people.iter().map(member).collect()).await;
    let candidate = |(number, id): &(i64, Uuid)| candidate::ActiveModel {
        id: Set(*id),
        account_id: Set(*id),
        external_id: Set(None),
        headline: Set(None),
        about: Set(None),
        home_place_id: Set(None),
        search_status: Set(if number % 2 == 0 { SearchStatus::Active } else { SearchStatus::Open }),
        visibility: Set(Visibility::Employers),
        wants_remote: Set(true),
        expected_pay: Set(None),
        expected_currency: Set(None),
        expected_period: Set(None),
        version: Set(1),
        created_at: Set(now),
        updated_at: Set(now - TimeDelta::minutes(*number)),
    };
    insert(txn, people.iter().map(candidate).collect()).await;
    let application = |(number, id): &(i64, Uuid)| application::ActiveModel {
        id: Set(ids::generate(now)),
        external_id: Set(None),
        posting_id: Set(posting_id),
        candidate_id: Set(*id),
        status: Set(if number % 2 == 0 { ApplicationStatus::Submitted } else { ApplicationStatus::InReview }),
        submitted_at: Set(now - TimeDelta::minutes(*number)),
        version: Set(1),
        updated_at: Set(now - TimeDelta::seconds(*number)),
        posting_copy_id: Set(None),
        cover_letter: Set(None),
        answers: Set(None),
        reason: Set(None),
        handled_at: Set(None),
        resume_id: Set(None),
        anonymised_at: Set(None),
    };
    insert(txn, people.iter().map(application).collect()).await;
}
