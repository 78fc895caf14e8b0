//! The engine against the filters of lists and the market's source, over one board in every database at hand.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use chrono::{Days, TimeDelta};
use sea_orm::{
    ActiveEnum, ActiveModelTrait, DatabaseConnection, EntityTrait, IntoActiveModel, Iterable, QueryFilter, QuerySelect,
};
use uuid::Uuid;

use super::world::Draw;
use crate::db::Database;
use crate::engine::Terms;
use crate::engine::directory::{Directory, Stored, field};
use crate::engine::row::Row;
use crate::engine::seekers::{Held, Profile, Seekers, Target, Window};
use crate::engine::snap::{Basis, Snap};
use crate::engine::store::Store;
use crate::entities::sets::{EducationLevel, EmploymentType, ExperienceLevel, PayStatus, SearchStatus, Workplace};
use crate::entities::{gather, posting, posting_country, posting_place, skill_requirement};
use crate::market::annual::Factors;
use crate::market::dimension::Dimension;
use crate::market::rates::Rates;
use crate::market::rows;
use crate::market::salary::SalarySpec;
use crate::market::source::MarketSource;
use crate::market::source::tests::databases::{PostgresServer, open};
use crate::market::source::tests::world::{World, now};
use crate::money::Currency;
use crate::postings::filter::{PlaceFilter, PostingFilter, Scope};
use crate::postings::model::{pay_keys, pay_of};

fn rates() -> Rates {
    let usd = Currency::parse("USD").expect("a currency");
    let day = |days| now().date_naive() - Days::new(days);
    Rates::from_records([(usd, day(150), "1.1"), (usd, day(60), "1.25")]).expect("rates")
}

/// A board with everything that filters ask for.
fn board(draw: &mut Draw) -> (World, Vec<posting_country::Model>) {
    let mut world = World::draw(20_261_126);
    let mut countries = Vec::new();
    for posting in &mut world.postings {
        let day = posting.published_at.unwrap_or(now()).date_naive();
        (posting.pay_annual, posting.pay_rank) = pay_keys(pay_of(posting).as_ref(), &Factors::default(), &rates(), day);
        let education: Vec<_> = EducationLevel::iter().collect();
        posting.education = (!draw.one_in(3)).then(|| draw.pick(&education));
        posting.language = draw.pick(&[None, Some("en"), Some("de"), Some("pt-BR")]).map(Into::into);
        if draw.one_in(3) {
            let code = |number: u32| ["US", "DE", "FR"][number as usize].to_owned();
            let (posting_id, few) = (posting.id, draw.few(3, 3));
            let row = |number: u32| posting_country::Model { posting_id, country_code: code(number) };
            countries.extend(few.into_iter().map(row));
        }
    }
    (world, countries)
}

fn some<T: Clone>(draw: &mut Draw, items: &[T]) -> Option<Vec<T>> {
    let most = u32::try_from(items.len()).expect("few");
    draw.one_in(7).then(|| draw.few(3, most).into_iter().map(|at| items[at as usize].clone()).collect())
}

fn places(draw: &mut Draw, world: &World) -> Option<Vec<PlaceFilter>> {
    let ids: Vec<Uuid> = world.places.iter().map(|place| place.id).collect();
    let place = |draw: &mut Draw, number: u32| match number {
        0 => PlaceFilter::Country("US".into()),
        1 => PlaceFilter::Country("FR".into()),
        2 => PlaceFilter::Region("US-NY".into()),
        3 => PlaceFilter::Region("XX-XX".into()),
        _ => PlaceFilter::Among(vec![draw.pick(&ids), draw.pick(&ids)]),
    };
    draw.one_in(4).then(|| draw.few(3, 6).into_iter().map(|number| place(draw, number)).collect())
}

fn filter(draw: &mut Draw, world: &World, depth: u32) -> PostingFilter {
    let with_unknown = |ids: Vec<Uuid>| ids.into_iter().chain([Uuid::from_u128(7)]).collect::<Vec<_>>();
    let roles = with_unknown(world.roles.iter().map(|row| row.id).collect());
    let skills = with_unknown(world.skills.iter().map(|row| row.id).collect());
    let industries = with_unknown(world.industries.iter().map(|row| row.id).collect());
    let employers = with_unknown(world.employers.iter().map(|row| row.id).collect());
    let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    let pay: Vec<(String, i64)> = [("EUR", 5_000_000), ("USD", 7_000_000), ("GBP", 12_000_000), ("JPY", 0)]
        .map(|(code, least)| (code.into(), least))
        .into();
    let instant = |draw: &mut Draw| draw.one_in(6).then(|| now() - TimeDelta::days(draw.below(150).into()));
    let below = |draw: &mut Draw| {
        let filters = if depth == 0 { 0 } else { draw.below(3) };
        (0..filters).map(|_| filter(draw, world, depth - 1)).collect::<Vec<_>>()
    };
    let (and, or, mut not) = (below(draw), below(draw), below(draw));
    PostingFilter {
        roles: some(draw, &roles),
        skills: some(draw, &skills),
        all_skills: draw.one_in(2).then(|| some(draw, &skills)).flatten(),
        industries: some(draw, &industries),
        employers: some(draw, &employers),
        countries: some(draw, &words(&["US", "DE", "FR", "ZZ"])),
        places: places(draw, world),
        workplaces: some(draw, &Workplace::iter().collect::<Vec<_>>()),
        employment_types: some(draw, &EmploymentType::iter().collect::<Vec<_>>()),
        experience_levels: some(draw, &ExperienceLevel::iter().collect::<Vec<_>>()),
        education_levels: some(draw, &EducationLevel::iter().collect::<Vec<_>>()),
        languages: some(draw, &words(&["en", "de", "EN", "pt-BR"])),
        pay_at_least: some(draw, &pay),
        pay_statuses: some(draw, &PayStatus::iter().collect::<Vec<_>>()),
        published_since: instant(draw),
        published_before: instant(draw),
        and,
        or,
        not: not.pop().map(Box::new),
    }
}

/// Reads all postings into a store.
async fn read(db: &DatabaseConnection, directory: &mut Directory) -> Store {
    let select = posting::Entity::find().select_only().columns(Stored::COLUMNS);
    let stored = select.into_model::<Stored>().all(db).await.expect("postings");
    let places = posting_place::Entity::find().all(db).await.expect("places");
    let places: HashMap<Uuid, Vec<_>> = gather(places.into_iter().map(|row| (row.posting_id, row)));
    let countries = posting_country::Entity::find().all(db).await.expect("countries");
    let countries: HashMap<Uuid, Vec<_>> = gather(countries.into_iter().map(|row| (row.posting_id, row)));
    let needs = skill_requirement::Entity::find().all(db).await.expect("requirements");
    let needs: HashMap<Uuid, Vec<_>> = gather(needs.into_iter().map(|row| (row.posting_id, row)));
    let row = |stored: &Stored| {
        let id = stored.id();
        directory.row(stored, of(&places, id), of(&countries, id), of(&needs, id))
    };
    let rows: Vec<Row> = stored.iter().map(row).collect();
    let terms = Terms { factors: Factors::default(), rates: Arc::new(rates()), now: now().timestamp_micros() };
    Store::new(&rows, terms)
}

fn of<T>(rows: &HashMap<Uuid, Vec<T>>, id: Uuid) -> &[T] {
    rows.get(&id).map_or(&[], Vec::as_slice)
}

/// The candidates of the board.
fn people(world: &World, directory: &mut Directory) -> Seekers {
    let mut seekers = Seekers::with_room_for(world.candidates.len());
    for candidate in &world.candidates {
        let number = directory.candidate(&candidate.id);
        let verified = world
            .accounts
            .iter()
            .any(|account| account.id == candidate.account_id && account.email_verified_at.is_some());
        let mine = world.target_places.iter().filter(|target| target.candidate_id == candidate.id);
        let mut targets: Vec<Target> = mine
            .map(|target| {
                let place = world.place(target.place_id);
                directory.target(&place.id, place.kind, &place.country_code, place.region_code.as_deref())
            })
            .collect();
        targets.extend(candidate.wants_remote.then_some(Target::Remote));
        let roles = world.target_roles.iter().filter(|target| target.candidate_id == candidate.id);
        let skills = world.skills_held.iter().filter(|held| held.candidate_id == candidate.id);
        let profile = Profile {
            is_looking: candidate.search_status != SearchStatus::Closed && verified,
            roles: roles.map(|target| directory.role(&target.role_id)).collect(),
            targets,
            skills: skills
                .map(|held| Held {
                    skill: directory.skill(&held.skill_id),
                    months: held.months.map(rows::months),
                    level: held.level.map(rows::level),
                })
                .collect(),
        };
        seekers.put(number, &profile);
    }
    for active in &world.active_days {
        let at = active.day.and_hms_opt(12, 0, 0).expect("noon").and_utc().timestamp_micros();
        seekers.was_active(directory.candidate(&active.candidate_id), at);
    }
    for made in &world.applications {
        if let Some(slot) = directory.posting(&made.posting_id) {
            seekers.applied(slot, directory.candidate(&made.candidate_id), made.submitted_at.timestamp_micros());
        }
    }
    seekers
}

async fn check(db: Database) {
    let mut draw = Draw::new(17);
    let (world, countries) = board(&mut draw);
    Box::pin(world.store(&db)).await;
    let txn = db.begin().await.expect("a transaction");
    let countries = countries.into_iter().map(|row| row.into_active_model().reset_all());
    posting_country::Entity::insert_many(countries).exec_without_returning(&txn).await.expect("inserted");
    txn.commit().await.expect("committed");
    let mut directory = Directory::default();
    let snap = read(db.reads(), &mut directory).await.snap();
    let seekers = people(&world, &mut directory);
    let mut hits = BTreeSet::new();
    for number in 0..240 {
        let filter = filter(&mut draw, &world, number % 4);
        let scope = Scope { filter: filter.clone(), search: None };
        let open = scope.open(now()).select_only().column(posting::Column::Id).into_tuple::<Uuid>();
        let open: BTreeSet<Uuid> = open.all(db.reads()).await.expect("postings").into_iter().collect();
        let any = posting::Entity::find().filter(scope.condition()).select_only().column(posting::Column::Id);
        let any: BTreeSet<Uuid> = any.into_tuple().all(db.reads()).await.expect("postings").into_iter().collect();
        let coded = directory.filter(&filter);
        for (basis, by_sql) in [(Basis::Open(now().timestamp_micros()), open), (Basis::All, any)] {
            let found = snap.slots(&snap.select(basis, &coded)).into_iter();
            let found: BTreeSet<Uuid> = found.filter_map(|slot| directory.posting_id(slot)).collect();
            assert_eq!(found, by_sql, "{filter:?}");
            hits.insert(found.len());
        }
        if number % 60 == 3 {
            Box::pin(check_market(&db, &scope, &snap, &directory, &seekers)).await;
        }
    }
    assert!(hits.len() > 30, "filters that mean different numbers of postings: {hits:?}");
}

/// The figures of a scope, by every dimension.
async fn check_market(db: &Database, scope: &Scope, snap: &Snap, directory: &Directory, seekers: &Seekers) {
    let source = MarketSource::new(db.reads().clone(), scope, now(), Arc::new(rates()));
    let set = snap.select(Basis::Open(now().timestamp_micros()), &directory.filter(&scope.filter));
    let window = Window::ending(now().timestamp_micros());
    let plain = SalarySpec::new(Currency::EUR);
    for by in DIMENSIONS {
        let key = |code| directory.group_key(by, code).expect("a key");
        for spec in [plain, SalarySpec { convert: true, trim: true, ..plain }] {
            let by_source = source.salaries(rows::Basis::Open, Some(by), spec).await.expect("an answer");
            assert_eq!(snap.salaries(&set, &spec), by_source.all);
            let groups = snap.salaries_by(&set, field(by), None, &spec).into_iter();
            let groups: BTreeMap<_, _> = groups.map(|(code, found)| (key(code), found)).collect();
            assert_eq!(groups, by_source.groups, "{by:?}");
        }
        let by_source = source.seekers(Some(by)).await.expect("an answer");
        assert_eq!(seekers.count(snap, &set, &window), by_source.all);
        let groups = seekers.count_by(snap, &set, field(by), None, &window).into_iter();
        let groups: BTreeMap<_, _> = groups.map(|(code, counts)| (key(code), counts)).collect();
        assert_eq!(groups, by_source.groups, "{by:?}");
        let sizes = source.groups(by).await.expect("an answer");
        let sizes: BTreeMap<_, _> = sizes.iter().map(|group| (group.key.clone(), group.postings)).collect();
        let counts = snap.counts(&set, field(by)).into_iter();
        assert_eq!(counts.map(|(code, count)| (key(code), count)).collect::<BTreeMap<_, _>>(), sizes);
    }
}

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

#[test]
fn codes_are_positions_in_their_sets() {
    assert_eq!(Workplace::Remote as u32, crate::engine::row::REMOTE);
    assert!(EmploymentType::iter().all(|form| form.bit() == 1 << form as u32));
    let statuses = [PayStatus::Stated, PayStatus::Unpaid, PayStatus::Withheld];
    assert_eq!(
        PayStatus::iter().map(|status| status.to_value()).collect::<Vec<_>>(),
        statuses.map(|one| one.to_value())
    );
}

#[tokio::test]
async fn sqlite_agrees() {
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("sqlite://{}?mode=rwc", folder.path().join("engine.db").display());
    Box::pin(check(Box::pin(open(&url)).await.expect("a database"))).await;
}

#[tokio::test]
async fn postgres_agrees() {
    let Some(server) = PostgresServer::find("engine").await else {
        eprintln!("no PostgreSQL answers: skipped");
        return;
    };
    let db = server.create().await;
    let checked = tokio::spawn(Box::pin(check(db))).await;
    server.drop().await;
    checked.expect("the engine agrees");
}
