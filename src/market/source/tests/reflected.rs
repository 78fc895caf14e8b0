//! The image in memory against the statements: the same figures for any scope, and after any change.

use std::sync::Arc;

use chrono::{Days, NaiveDate, TimeDelta};
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ActiveModelTrait, ColumnTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, QueryFilter, Set};
use uuid::Uuid;

use super::world::{Draw, World, now};
use super::{DIMENSIONS, rates, specs};
use crate::db::Database;
use crate::engine::Terms;
use crate::engine::text::index::Index;
use crate::entities::sets::{
    ApplicationStatus, Deed, EducationLevel, EmploymentType, ExperienceLevel, PayPeriod, PayStatus, PostingStatus,
    SearchStatus, Subject, Workplace,
};
use crate::entities::{
    account, active_day, application, candidate, posting, posting_country, posting_place, skill_requirement,
    target_role,
};
use crate::feed;
use crate::feed::tail::{Step, Tail};
use crate::market::annual::{Factors, Measure};
use crate::market::cells::{self, Board, CellFigures, ScopeCell};
use crate::market::dimension::Groups;
use crate::market::figures::Steps;
use crate::market::rates::SharedRates;
use crate::market::rows::Basis;
use crate::market::salary::SalarySpec;
use crate::market::series::SeriesInterval;
use crate::market::source::{MarketSource, competition};
use crate::mirror::image::Image;
use crate::mirror::{self, Mirror};
use crate::money::Currency;
use crate::postings::filter::{PlaceFilter, PostingFilter, Scope};
use crate::shelf::Shelf;

/// Changes between two looks at the log.
const AT_ONCE: usize = 40;

/// Changes in all. `ROLECALL_CHANGES` asks for more than a usual run has time for.
fn changes() -> usize {
    std::env::var("ROLECALL_CHANGES").ok().and_then(|number| number.parse().ok()).unwrap_or(200)
}

/// Loads the board, compares, changes it and compares again.
pub async fn check(db: &Database, world: &World) {
    let rates: SharedRates = Arc::new(rates());
    let mut draw = Draw::new(77);
    let folder = tempfile::tempdir().expect("a folder");
    let kept = folder.path().join("facts");
    let terms = || Terms { factors: Factors::default(), rates: rates.clone(), now: now().timestamp_micros() };
    let index = Arc::new(Index::open(folder.path()).expect("an index"));
    let (image, mut position) = mirror::load(db, index.clone(), terms(), now(), Some(&kept)).await.expect("an image");
    let mut image = Arc::new(image);
    let tail = Tail::new(db, 7);
    let rounds = changes() / AT_ONCE;
    // Fifty comparisons at the most, and as many starts, however many changes lie between them.
    let stretch = rounds.div_ceil(50);
    for round in 0..rounds {
        if round % stretch == 0 {
            for _ in 0..8 {
                let filter = filter(&mut draw, world, 2);
                Box::pin(compare(db, &image, &rates, &mut draw, filter)).await;
            }
            Box::pin(compare(db, &image, &rates, &mut draw, PostingFilter::default())).await;
            Box::pin(compare_alone(db, &image, world)).await;
            Box::pin(compare_cells(db, &image)).await;
        }
        for _ in 0..AT_ONCE {
            meddle(db, &mut draw, world).await;
        }
        // A start from what was kept, by now or some changes ago.
        let turn = round / stretch;
        if round % stretch == stretch / 2 && !turn.is_multiple_of(3) {
            if turn % 3 == 2 {
                assert!(mirror::renew(db, &kept, now(), TimeDelta::days(1), 0).await.expect("renewed"));
            }
            let restored = mirror::restore(db, index.clone(), terms(), now(), &kept, TimeDelta::days(1)).await;
            let restored = restored.expect("an image").expect("a file");
            (image, position) = (Arc::new(restored.image), restored.position);
        }
        loop {
            let Step::Changes(batch) = tail.next(&position).await.expect("a step") else { panic!("lost") };
            image.follow(db, &batch.changes).await.expect("followed");
            // What is told twice is taken twice, and is the same.
            image.follow(db, &batch.changes).await.expect("followed");
            position = batch.position;
            if !batch.has_more {
                break;
            }
        }
        if round % 40 == 2 {
            image.compact(now()).expect("compacted");
        }
    }
}

async fn compare(db: &Database, image: &Arc<Image>, rates: &SharedRates, draw: &mut Draw, filter: PostingFilter) {
    let scope = Scope { filter, search: None };
    let mirror = Arc::new(Mirror::still(image.clone()));
    let rows = MarketSource::new(db.reads().clone(), &scope, now(), rates.clone());
    let image = MarketSource::new(db.reads().clone(), &scope, now(), rates.clone()).reflected_in(
        &mirror,
        &Shelf::default(),
        &scope,
    );
    let by = draw.pick(&DIMENSIONS);
    let spec = spec(draw);
    let window = Basis::Published { from: now() - TimeDelta::days(120), to: now() - TimeDelta::days(3) };
    let (one, other) = (rows.groups(by).await.expect("an answer"), image.groups(by).await.expect("an answer"));
    assert_eq!(one, other, "{by:?} {scope:?}");
    let first = Groups::first(by, one.iter().take(4).map(|group| group.key.clone()));
    for basis in [Basis::Open, window] {
        for of in [None, Some(&Groups::every(by)), Some(&first)] {
            let (one, other) = (rows.salaries(basis, of, spec).await, image.salaries(basis, of, spec).await);
            assert_eq!(one.expect("an answer"), other.expect("an answer"), "{of:?} {basis:?} {spec:?} {scope:?}");
        }
    }
    let (one, other) = (rows.seekers().await, image.seekers().await);
    assert_eq!(one.expect("an answer"), other.expect("an answer"), "{scope:?}");
    for of in [&Groups::every(by), &first] {
        let (one, other) = (rows.seekers_of(of).await, image.seekers_of(of).await);
        assert_eq!(one.expect("an answer"), other.expect("an answer"), "{of:?} {scope:?}");
    }
    // One that the image knows, and one that begins before.
    for (interval, from) in [(SeriesInterval::Week, "2026-09-01"), (SeriesInterval::Month, "2026-01-01")] {
        let day = |text: &str| text.parse::<NaiveDate>().expect("a day");
        let steps = Steps::new(interval, day(from), day("2026-12-05"), now()).expect("steps");
        let (one, other) = (rows.history(&steps).await, image.history(&steps).await);
        assert_eq!(one.expect("an answer"), other.expect("an answer"), "{scope:?}");
        let (one, other) = (rows.salaries_by_step(&steps, spec).await, image.salaries_by_step(&steps, spec).await);
        assert_eq!(one.expect("an answer"), other.expect("an answer"), "{spec:?} {scope:?}");
    }
}

/// Every cell that is written down each day.
async fn compare_cells(db: &Database, image: &Image) {
    let sorted = |mut cells: Vec<CellFigures>| {
        cells.sort_unstable_by(|one, other| one.cell.cmp(&other.cell));
        cells
    };
    let factors = Factors::default();
    let rows = Board::read(db.reads(), now()).await.expect("an answer").figures(factors);
    let found = cells::reflected::figures(image, now(), factors).expect("known days");
    assert_eq!((&rows[0].cell, &found[0].cell), (&ScopeCell::BOARD, &ScopeCell::BOARD));
    assert_eq!(sorted(rows), sorted(found));
}

async fn compare_alone(db: &Database, image: &Arc<Image>, world: &World) {
    let (still, none) = (Mirror::still(image.clone()), Mirror::new(std::time::Duration::ZERO));
    let ids: Vec<Uuid> = world.postings.iter().map(|posting| posting.id).collect();
    let rows = competition(&db.reads().clone().into(), &none, &ids, now()).await.expect("an answer");
    assert_eq!(rows, competition(&db.reads().clone().into(), &still, &ids, now()).await.expect("an answer"));
}

fn spec(draw: &mut Draw) -> SalarySpec {
    let currency = Currency::parse(draw.pick(&["EUR", "EUR", "USD", "GBP"])).expect("a currency");
    let measure = draw.pick(&[Measure::Midpoint, Measure::Midpoint, Measure::Floor, Measure::Ceiling]);
    SalarySpec { currency, measure, convert: draw.one_in(2), trim: draw.one_in(2), ..specs()[0] }
}

/// Some filter, with a few things that nobody has.
fn filter(draw: &mut Draw, world: &World, depth: u32) -> PostingFilter {
    let ids = |draw: &mut Draw, all: Vec<Uuid>| {
        draw.one_in(5).then(|| draw.few(&all.into_iter().chain([Uuid::max()]).collect::<Vec<_>>()))
    };
    let mut filter = PostingFilter {
        roles: ids(draw, world.roles.iter().map(|row| row.id).collect()),
        skills: ids(draw, world.skills.iter().map(|row| row.id).collect()),
        industries: ids(draw, world.industries.iter().map(|row| row.id).collect()),
        employers: ids(draw, world.employers.iter().map(|row| row.id).collect()),
        ..PostingFilter::default()
    };
    match draw.below(12) {
        0 => filter.all_skills = ids(draw, world.skills.iter().map(|row| row.id).collect()),
        1 => filter.countries = Some(draw.few(&["US".to_owned(), "DE".to_owned(), "XX".to_owned()])),
        2 => filter.places = Some(draw.few(&[0, 1, 2, 3]).into_iter().map(|kind| place(draw, world, kind)).collect()),
        3 => filter.workplaces = Some(draw.few(&[Workplace::Onsite, Workplace::Hybrid, Workplace::Remote])),
        4 => filter.employment_types = Some(draw.few(&[EmploymentType::FullTime, EmploymentType::PartTime])),
        5 => filter.experience_levels = Some(draw.few(&[ExperienceLevel::Entry, ExperienceLevel::Lead])),
        6 => filter.education_levels = Some(draw.few(&[EducationLevel::Bachelor, EducationLevel::None])),
        7 => filter.languages = Some(draw.few(&["en".to_owned(), "tlh".to_owned()])),
        8 => filter.pay_at_least = Some(draw.few(&[("EUR".to_owned(), 6_000_000), ("USD".to_owned(), 4_000)])),
        9 => filter.pay_statuses = Some(draw.few(&[PayStatus::Stated, PayStatus::Unpaid, PayStatus::Withheld])),
        10 => filter.published_since = Some(draw.ago(150)),
        _ => filter.published_before = Some(draw.ago(90)),
    }
    if depth > 0 {
        match draw.below(6) {
            0 => filter.and = vec![self::filter(draw, world, depth - 1)],
            1 => filter.or = vec![self::filter(draw, world, depth - 1), self::filter(draw, world, depth - 1)],
            2 | 3 => filter.not = Some(Box::new(self::filter(draw, world, depth - 1))),
            _ => {}
        }
    }
    filter
}

fn place(draw: &mut Draw, world: &World, kind: u32) -> PlaceFilter {
    match kind {
        0 => PlaceFilter::Country("US".into()),
        1 => PlaceFilter::Region(draw.pick(&["US-NY", "US-CA", "US-ZZ"]).into()),
        _ => PlaceFilter::Among(draw.few(&world.places.iter().map(|place| place.id).collect::<Vec<_>>())),
    }
}

type Told = ((Subject, Uuid), Deed);

/// Some change, recorded as the services do.
async fn meddle(db: &Database, draw: &mut Draw, world: &World) {
    let txn = db.begin().await.expect("a transaction");
    let (subject, deed) = match draw.below(3) {
        0 => meddle_with_posting(&txn, draw, world).await,
        1 => meddle_with_candidate(&txn, draw, world).await,
        _ => meddle_with_application(&txn, draw, world).await,
    };
    feed::record(&txn, subject, deed, now()).await.expect("recorded");
    if draw.one_in(9) {
        txn.rollback().await.expect("rolled back");
    } else {
        txn.commit().await.expect("committed");
    }
}

async fn meddle_with_posting(txn: &DatabaseTransaction, draw: &mut Draw, world: &World) -> Told {
    let id = draw.pick(&world.postings).id;
    let subject = (Subject::Posting, id);
    if posting::Entity::find_by_id(id).one(txn).await.expect("an answer").is_none() {
        return (subject, Deed::Ended);
    }
    match draw.below(4) {
        0 => {
            let row = posting::ActiveModel {
                id: Set(id),
                status: Set(draw.pick(&[PostingStatus::Published, PostingStatus::Paused, PostingStatus::Draft])),
                published_at: Set(Some(draw.ago(100))),
                valid_through: Set(Some(now() + TimeDelta::days(30))),
                pay_min: Set(Some(5_000_000 + i64::from(draw.number(100_000)))),
                pay_max: Set(None),
                pay_status: Set(PayStatus::Stated),
                pay_currency: Set(Some("EUR".into())),
                pay_period: Set(Some(PayPeriod::Year)),
                pay_annual: Set(Some(5_000_000)),
                education: Set(Some(EducationLevel::Bachelor)),
                ..Default::default()
            };
            row.update(txn).await.expect("changed");
        }
        1 => {
            let places = posting_place::Entity::delete_many().filter(posting_place::Column::PostingId.eq(id));
            places.exec(txn).await.expect("deleted");
            let place = draw.pick(&world.places);
            let row = posting_place::ActiveModel {
                posting_id: Set(id),
                place_id: Set(place.id),
                position: Set(0),
                country_code: Set(place.country_code),
                region_code: Set(place.region_code),
            };
            row.insert(txn).await.expect("inserted");
            let from = posting_country::ActiveModel { posting_id: Set(id), country_code: Set("DE".into()) };
            let insert = posting_country::Entity::insert(from).on_conflict(once());
            insert.exec_without_returning(txn).await.expect("inserted");
        }
        2 => {
            let asked = skill_requirement::Entity::delete_many().filter(skill_requirement::Column::PostingId.eq(id));
            asked.exec(txn).await.expect("deleted");
        }
        _ => {
            // Only postings without applications can go.
            let gone = posting::Entity::delete_many()
                .filter(posting::Column::Id.eq(id))
                .filter(Expr::cust("NOT EXISTS (SELECT 1 FROM application WHERE posting_id = posting.id)"));
            gone.exec(txn).await.expect("deleted");
            return (subject, Deed::Ended);
        }
    }
    (subject, Deed::Updated)
}

async fn meddle_with_candidate(txn: &DatabaseTransaction, draw: &mut Draw, world: &World) -> Told {
    let some = draw.pick(&world.candidates);
    match draw.below(3) {
        0 => {
            let row = candidate::ActiveModel {
                id: Set(some.id),
                search_status: Set(draw.pick(&[SearchStatus::Active, SearchStatus::Closed])),
                wants_remote: Set(draw.one_in(2)),
                ..Default::default()
            };
            row.update(txn).await.expect("changed");
            let roles = target_role::Entity::delete_many().filter(target_role::Column::CandidateId.eq(some.id));
            roles.exec(txn).await.expect("deleted");
            let role_id = draw.pick(&world.roles).id;
            let row = target_role::ActiveModel { candidate_id: Set(some.id), role_id: Set(role_id), position: Set(0) };
            row.insert(txn).await.expect("inserted");
            note_day(txn, some.id, 0).await;
        }
        1 => {
            let row = account::ActiveModel {
                id: Set(some.account_id),
                email_verified_at: Set(draw.one_in(2).then(now)),
                ..Default::default()
            };
            row.update(txn).await.expect("changed");
        }
        _ => note_day(txn, some.id, draw.below(30)).await,
    }
    ((Subject::Candidate, some.id), Deed::Updated)
}

async fn meddle_with_application(txn: &DatabaseTransaction, draw: &mut Draw, world: &World) -> Told {
    let some = draw.pick(&world.applications);
    if draw.one_in(2) {
        // Applying is told of the application alone.
        let mut row = some.into_active_model();
        row.id = Set(draw.id());
        row.submitted_at = Set(draw.ago(2));
        row.status = Set(ApplicationStatus::Withdrawn);
        let made = row.reset_all().insert(txn).await.expect("inserted");
        note_day(txn, made.candidate_id, draw.below(2)).await;
        return ((Subject::Application, made.id), Deed::Created);
    }
    // So is a hire, and an application that becomes nobody's.
    let hire = posting::Entity::update_many()
        .col_expr(posting::Column::Openings, Expr::value(1 + draw.number(8)))
        .filter(posting::Column::Id.eq(some.posting_id));
    hire.exec(txn).await.expect("hired");
    let other = draw.pick(&world.candidates).id;
    // A pair may have one application that goes somewhere.
    let row = application::ActiveModel {
        id: Set(some.id),
        candidate_id: Set(other),
        status: Set(ApplicationStatus::Withdrawn),
        ..Default::default()
    };
    row.update(txn).await.expect("changed");
    ((Subject::Application, some.id), Deed::Moved)
}

fn once() -> OnConflict {
    OnConflict::new().do_nothing().to_owned()
}

async fn note_day(txn: &DatabaseTransaction, candidate_id: Uuid, ago: u64) {
    let day = now().date_naive() - Days::new(ago);
    let row = active_day::ActiveModel { candidate_id: Set(candidate_id), day: Set(day) };
    active_day::Entity::insert(row).on_conflict(once()).exec_without_returning(txn).await.expect("noted");
}
