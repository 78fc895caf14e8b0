//! The source against a count by hand over the same rows, on every database at hand.

pub(crate) mod databases;
mod naive;
mod reflected;
pub(crate) mod world;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use chrono::{Days, NaiveDate, TimeDelta};
use sea_orm::{EntityTrait, Set};

use super::{Basis, MarketSource, competition};
use crate::db::Database;
use crate::entities::posting_country;
use crate::entities::sets::Workplace;
use crate::market::cells::{Board, Countries, ScopeCell};
use crate::market::dimension::{Dimension, Groups};
use crate::market::figures::Steps;
use crate::market::rates::Rates;
use crate::market::release::SalaryThresholds;
use crate::market::salary::{SalarySpec, salary_by_group, salary_statistics};
use crate::market::series::SeriesInterval;
use crate::mirror::Mirror;
use crate::money::Currency;
use crate::postings::filter::{PostingFilter, Scope};
use naive::Naive;
use world::{World, now};

const DIMENSIONS: [Dimension; 10] = [
    Dimension::Role,
    Dimension::Country,
    Dimension::Region,
    Dimension::Place,
    Dimension::ExperienceLevel,
    Dimension::Skill,
    Dimension::Workplace,
    Dimension::Industry,
    Dimension::EmploymentType,
    Dimension::Month,
];

fn rates() -> Rates {
    let usd = Currency::parse("USD").expect("a currency");
    let day = |days| now().date_naive() - Days::new(days);
    Rates::from_records([(usd, day(150), "1.1"), (usd, day(60), "1.25")]).expect("rates")
}

fn specs() -> [SalarySpec; 2] {
    let plain = SalarySpec::new(Currency::EUR);
    [plain, SalarySpec { convert: true, trim: true, ..plain }]
}

/// The scopes that are tried, with the same said by hand.
fn scopes(world: &World) -> Vec<(Scope, Naive<'_>)> {
    let scope = |filter: PostingFilter| Scope { filter, search: None };
    let role = world.roles[0].id;
    vec![
        (Scope::default(), Naive::new(world, |_| true)),
        (
            scope(PostingFilter { roles: Some(vec![role]), ..PostingFilter::default() }),
            Naive::new(world, move |posting| posting.role_id == Some(role)),
        ),
        (
            scope(PostingFilter { countries: Some(vec!["US".into()]), ..PostingFilter::default() }),
            Naive::new(world, |posting| world.is_in(posting, "US")),
        ),
        (
            scope(PostingFilter { languages: Some(vec!["tlh".into()]), ..PostingFilter::default() }),
            Naive::new(world, |_| false),
        ),
    ]
}

async fn check(mut db: Database) {
    let world = World::draw(20_261_121);
    Box::pin(world.store(&db)).await;
    let statements = Arc::new(AtomicUsize::new(0));
    let counter = statements.clone();
    db.on_statement(move |_| {
        counter.fetch_add(1, Ordering::Relaxed);
    });
    for (scope, naive) in scopes(&world) {
        let source = MarketSource::new(db.reads().clone(), &scope, now(), Arc::new(rates()));
        Box::pin(check_salaries(&source, &naive)).await;
        Box::pin(check_seekers(&source, &naive)).await;
        Box::pin(check_history(&source, &naive)).await;
    }
    let ids: Vec<_> = world.postings.iter().map(|posting| posting.id).take(100).collect();
    let alone = competition(&db.reads().clone().into(), &Mirror::new(std::time::Duration::ZERO), &ids, now())
        .await
        .expect("an answer");
    for posting in world.postings.iter().filter(|posting| ids.contains(&posting.id)) {
        let naive = Naive::new(&world, |other| other.id == posting.id);
        assert_eq!(alone[&posting.id], naive.count(&[posting], now()), "{}", posting.id);
    }
    Box::pin(check_cells(&db, &world)).await;
    statements.store(0, Ordering::Relaxed);
    Box::pin(check_statements(&db, world.roles[0].id, &statements)).await;
    Box::pin(reflected::check(&db, &world)).await;
}

async fn check_salaries(source: &MarketSource, naive: &Naive<'_>) {
    let window = (now() - TimeDelta::days(90), now() - TimeDelta::days(5));
    let sets = [
        (Basis::Open, naive.open(now())),
        (Basis::Published { from: window.0, to: window.1 }, naive.published(window.0, window.1)),
    ];
    for (basis, postings) in &sets {
        for spec in specs() {
            let whole = salary_statistics(postings.iter().map(|posting| Naive::pay(posting)), &spec, &rates());
            let found = source.salaries(*basis, None, spec).await.expect("an answer");
            assert_eq!(found.all, whole);
            for by in DIMENSIONS {
                let rows = postings.iter().map(|posting| (Naive::pay(posting), naive.keys(posting, by)));
                let found = source.salaries(*basis, Some(&Groups::every(by)), spec).await.expect("an answer");
                assert_eq!(*found, salary_by_group(rows, &spec, &rates()), "{by:?}");
            }
        }
    }
}

async fn check_seekers(source: &MarketSource, naive: &Naive<'_>) {
    let open = naive.open(now());
    assert_eq!(*source.seekers().await.expect("an answer"), naive.count(&open, now()));
    for by in DIMENSIONS {
        let found = source.seekers_of(&Groups::every(by)).await.expect("an answer");
        let groups = source.groups(by).await.expect("an answer");
        assert_eq!(groups.len(), found.len(), "{by:?}");
        let first = Groups::first(by, groups.iter().take(3).map(|group| group.key.clone()));
        let of_first = source.seekers_of(&first).await.expect("an answer");
        assert_eq!(of_first.len(), groups.len().min(3), "{by:?}");
        assert!(of_first.iter().all(|(key, counts)| found.get(key) == Some(counts)), "{by:?}");
        let order: Vec<_> = groups.iter().map(|group| (std::cmp::Reverse(group.postings), &group.name.key)).collect();
        assert!(by == Dimension::Month || order.is_sorted(), "{by:?}");
        for group in groups.iter() {
            let has = |posting: &&_| naive.keys(posting, by).contains(&group.key);
            let postings: Vec<_> = open.iter().copied().filter(has).collect();
            let counts = naive.count(&postings, now());
            assert_eq!((found[&group.key], group.postings), (counts, counts.postings), "{by:?} {group:?}");
            assert!(!group.name.label.is_empty());
        }
    }
}

async fn check_history(source: &MarketSource, naive: &Naive<'_>) {
    let day = |text: &str| text.parse::<NaiveDate>().expect("a day");
    // The last steps lie in the future.
    let steps = Steps::new(SeriesInterval::Week, day("2026-08-03"), day("2026-12-20"), now()).expect("steps");
    let history = source.history(&steps).await.expect("an answer");
    assert_eq!(history.len(), 20);
    for step in history.iter() {
        let (from, to) = (step.start.and_hms_opt(0, 0, 0).expect("midnight").and_utc(), TimeDelta::days(7));
        let new = naive.published(from, (from + to).min(now() + TimeDelta::microseconds(1)));
        assert_eq!(step.new, new.len() as u64, "{}", step.start);
        let at = (from + to - TimeDelta::microseconds(1)).min(now());
        let open = if from > now() { Vec::new() } else { naive.shown(at) };
        let expected =
            if open.is_empty() { crate::market::seekers::SeekerCounts::default() } else { naive.count(&open, at) };
        assert_eq!(step.seekers, expected, "{}", step.start);
        let spec = specs()[0];
        let salaries = source.salaries_by_step(&steps, spec).await.expect("an answer");
        let by_hand = salary_statistics(new.iter().map(|posting| Naive::pay(posting)), &spec, &rates());
        assert_eq!(salaries.groups.get(&step.start), (!new.is_empty()).then_some(&by_hand));
    }
}

/// Every cell holds what the scope of the same filter does, and there is no other cell.
async fn check_cells(db: &Database, world: &World) {
    let remote = world.postings.iter().filter(|posting| posting.workplace == Workplace::Remote);
    let from_france = remote.take(20).map(|posting| posting_country::ActiveModel {
        posting_id: Set(posting.id),
        country_code: Set("FR".to_owned()),
    });
    posting_country::Entity::insert_many(from_france).exec_without_returning(db.writes()).await.expect("inserted");
    let board = Board::read(db.reads(), now()).await.expect("an answer");
    let spec = specs()[0];
    let found: HashMap<_, _> =
        board.figures(spec.factors).into_iter().map(|figures| (figures.cell.clone(), figures)).collect();
    let mut met = HashSet::new();
    for role in std::iter::once(None).chain(world.roles.iter().map(|role| Some(role.id))) {
        // Nobody names Japan; all that is open to the world is open there.
        for country in [None, Some("US"), Some("DE"), Some("FR"), Some("JP")] {
            let roles = role.map(|role| vec![role]);
            let filter =
                PostingFilter { roles, countries: country.map(|code| vec![code.into()]), ..PostingFilter::default() };
            let scope = Scope { filter, search: None };
            let cell = ScopeCell::of(&scope).expect("a cell");
            let unnamed = ScopeCell { countries: Countries::Unnamed, ..cell.clone() };
            let kept = found.get(&cell).or_else(|| found.get(&unnamed).filter(|_| country.is_some()));
            met.extend(kept.map(|kept| kept.cell.clone()));
            let source = MarketSource::new(db.reads().clone(), &scope, now(), Arc::new(rates()));
            let counts = *source.seekers().await.expect("an answer");
            assert_eq!(kept.map(|kept| kept.counts).unwrap_or_default(), counts, "{cell:?}");
            for currency in ["EUR", "USD", "GBP"].map(|code| Currency::parse(code).expect("a currency")) {
                let everything = SalaryThresholds { postings: 1, employers: 1, tails: 1 };
                let spec = SalarySpec { currency, thresholds: everything, ..spec };
                let whole = &source.salaries(Basis::Open, None, spec).await.expect("an answer").all;
                let figures = whole.figures.as_ref().ok().map(|figures| {
                    let tails = (figures.p10.expect("told"), figures.p90.expect("told"));
                    ([tails.0, figures.p25, figures.median, figures.p75, tails.1], whole.sample_size, whole.employers)
                });
                let pay = kept.and_then(|kept| kept.pay.get(&currency));
                assert_eq!(
                    pay.map(|pay| (pay.percentiles, pay.sample, pay.employers)),
                    figures,
                    "{cell:?} {currency:?}"
                );
            }
        }
    }
    assert_eq!(met.len(), found.len());
}

/// How many statements each kind of question costs.
async fn check_statements(db: &Database, role: uuid::Uuid, statements: &AtomicUsize) {
    let taken = || statements.swap(0, Ordering::Relaxed);
    let source = || MarketSource::new(db.reads().clone(), &Scope::default(), now(), Arc::new(rates()));
    let one = source();
    one.salaries(Basis::Open, None, specs()[0]).await.expect("an answer");
    assert_eq!(taken(), 1, "salaries");
    one.salaries(Basis::Open, None, specs()[1]).await.expect("an answer");
    assert_eq!(taken(), 0, "salaries of what was read");
    one.seekers().await.expect("an answer");
    assert_eq!(taken(), 8, "seekers beside salaries");
    one.groups(Dimension::Role).await.expect("an answer");
    assert_eq!(taken(), 1, "names of groups");
    one.seekers_of(&Groups::every(Dimension::Role)).await.expect("an answer");
    one.salaries(Basis::Open, Some(&Groups::every(Dimension::Skill)), specs()[0]).await.expect("an answer");
    assert_eq!(taken(), 0, "groups of what was read");
    source().seekers().await.expect("an answer");
    assert_eq!(taken(), 9, "seekers of the whole board");
    let one_role =
        Scope { filter: PostingFilter { roles: Some(vec![role]), ..PostingFilter::default() }, search: None };
    let of_role = MarketSource::new(db.reads().clone(), &one_role, now(), Arc::new(rates()));
    of_role.seekers().await.expect("an answer");
    assert_eq!(taken(), 8, "seekers of a role");
    let day = |text: &str| text.parse::<NaiveDate>().expect("a day");
    let steps = Steps::new(SeriesInterval::Month, day("2026-01-01"), day("2026-11-01"), now()).expect("steps");
    let one = source();
    one.history(&steps).await.expect("an answer");
    one.salaries_by_step(&steps, specs()[0]).await.expect("an answer");
    assert_eq!(taken(), 9, "series");
}

#[tokio::test]
async fn sqlite_counts_as_by_hand() {
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("sqlite://{}?mode=rwc", folder.path().join("market.db").display());
    let db = Box::pin(databases::open(&url)).await.expect("a database");
    Box::pin(check(db)).await;
}

#[tokio::test]
async fn postgres_counts_as_by_hand() {
    let Some(server) = databases::PostgresServer::find("market").await else {
        eprintln!("no PostgreSQL answers: skipped");
        return;
    };
    let db = server.create().await;
    let checked = tokio::spawn(Box::pin(check(db))).await;
    server.drop().await;
    checked.expect("the counts agree");
}
