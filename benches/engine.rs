//! How long the engine's answers take over a million postings and five million seekers, and what memory they need.
//!
//! `cargo bench --bench engine` prints a table of medians of processor time; `ENGINE_POSTINGS` and `ENGINE_SEEKERS` set other sizes.

use std::hint::black_box;
use std::sync::Arc;
use std::time::Duration;

use rolecall::engine::Terms;
use rolecall::engine::filter::Filter;
use rolecall::engine::orders::SortField;
use rolecall::engine::page::{Order, Window as Page};
use rolecall::engine::row::{Asked, Field, NO_TIME, Row, Spot, State};
use rolecall::engine::seekers::{Held, Profile, Seekers, Target, Window};
use rolecall::engine::snap::{Basis, Set, Snap};
use rolecall::engine::store::{Change, Store};
use rolecall::market::annual::{Factors, Measure, annual_value};
use rolecall::market::rates::Rates;
use rolecall::market::salary::{PostedPay, SalarySpec};
use rolecall::money::{Currency, PayPeriod, PayRange};

const ROLES: u32 = 400;
const CITIES: u32 = 2_000;
const COUNTRIES: u32 = 30;
const SKILLS: u32 = 3_000;
const EMPLOYERS: u32 = 20_000;
const DAY: i64 = 86_400_000_000;
const NOW: i64 = 1_790_000_000_000_000;

/// A fixed sequence of numbers below a bound (`SplitMix64`).
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, bound: u32) -> u32 {
        u32::try_from(self.next() % u64::from(bound)).expect("below the bound")
    }

    /// Few numbers often, most seldom.
    fn skewed(&mut self, bound: u32) -> u32 {
        let at = self.below(1 << 20).min(self.below(1 << 20)).min(self.below(1 << 20));
        u32::try_from((u64::from(at) * u64::from(bound)) >> 20).expect("below the bound")
    }

    fn pick<T: Copy>(&mut self, items: &[T]) -> T {
        items[self.below(u32::try_from(items.len()).expect("few")) as usize]
    }

    fn small(&mut self, bound: u32) -> u8 {
        u8::try_from(self.below(bound)).expect("small")
    }

    fn few(&mut self, least: u32, most: u32, draw: fn(&mut Self) -> u32) -> Vec<u32> {
        let count = least + self.below(most - least + 1);
        let mut numbers: Vec<u32> = (0..count).map(|_| draw(self)).collect();
        numbers.sort_unstable();
        numbers.dedup();
        numbers
    }
}

fn currency(code: &str) -> Currency {
    Currency::parse(code).expect("a known code")
}

fn spot(city: u32) -> Spot {
    Spot { country: city % COUNTRIES, region: city % 150, place: city }
}

/// Cities are not equally large: the first countries have about a tenth of all postings each.
fn city(numbers: &mut Numbers) -> u32 {
    let country = numbers.skewed(COUNTRIES);
    numbers.below(CITIES / COUNTRIES) * COUNTRIES + country
}

fn skill(numbers: &mut Numbers) -> u32 {
    numbers.skewed(SKILLS).min(numbers.skewed(SKILLS))
}

fn pay(numbers: &mut Numbers) -> PostedPay {
    match numbers.below(20) {
        0 => return PostedPay::Withheld,
        1 => return PostedPay::StatedWithoutAmount,
        _ => {}
    }
    let period = numbers.pick(&[PayPeriod::Year, PayPeriod::Year, PayPeriod::Year, PayPeriod::Month, PayPeriod::Hour]);
    let unit = match period {
        PayPeriod::Hour => 2_000,
        PayPeriod::Month => 300_000,
        _ => 3_500_000,
    };
    let low = i64::from(unit) + i64::from(numbers.below(unit * 2));
    let high = low + i64::from(numbers.below(unit));
    let hours = numbers.pick(&[None, None, None, None, None, Some(4_000), Some(3_750), Some(3_000)]);
    let code = numbers.pick(&["USD", "USD", "USD", "USD", "USD", "USD", "USD", "USD", "EUR", "GBP"]);
    PostedPay::Stated(PayRange::new(Some(low), Some(high), currency(code), period, hours).expect("valid"))
}

fn row(numbers: &mut Numbers, slot: u32) -> Row {
    let pay = pay(numbers);
    let annual = match &pay {
        PostedPay::Stated(range) => annual_value(range, Measure::Ceiling, &Factors::default())
            .map(|value| (range.currency(), i64::try_from(value.rounded()).expect("moderate"))),
        _ => None,
    };
    let published_at = NOW - i64::from(numbers.below(60)) * DAY - i64::from(numbers.below(86_400_000)) * 1_000;
    let asked = numbers.few(1, 10, skill);
    Row {
        slot,
        id: u128::from(numbers.next()) << 64 | u128::from(slot),
        employer: numbers.below(EMPLOYERS),
        role: numbers.below(ROLES),
        industry: numbers.below(80),
        language: numbers.skewed(12),
        spots: Box::new([spot(city(numbers))]),
        applicants: if numbers.below(8) == 0 { Box::new([numbers.below(COUNTRIES)]) } else { Box::default() },
        is_worldwide: numbers.below(40) == 0,
        asked: asked
            .into_iter()
            .map(|skill| Asked {
                skill,
                min_months: if numbers.below(3) == 0 { Some(24) } else { None },
                min_level: if numbers.below(2) == 0 { Some(1 + numbers.small(4)) } else { None },
                is_required: numbers.below(2) == 0,
            })
            .collect(),
        employment_types: 1 << numbers.skewed(8),
        workplace: numbers.pick(&[0, 0, 0, 1, 2]),
        level: Some(u8::try_from(numbers.skewed(6)).expect("small")),
        education: Some(numbers.small(7)),
        pay,
        pay_annual: annual,
        pay_rank: annual.map_or(i64::MIN, |annual| annual.1),
        openings_left: 1 + numbers.below(3),
        state: State::Published,
        published_at,
        valid_through: published_at + i64::from(40 + numbers.below(50)) * DAY,
        closed_at: NO_TIME,
        updated_at: published_at,
        title: Arc::from(format!("title {}", numbers.below(60_000))),
        text: None,
    }
}

fn rates() -> Rates {
    let days = (0..400).map(|ago| rolecall::engine::row::day(NOW - ago * DAY).expect("a day"));
    let quoted = days.flat_map(|day| ["USD", "GBP"].map(|code| (currency(code), day)));
    let mut numbers = Numbers(2);
    Rates::from_records(quoted.map(|(currency, day)| (currency, day, format!("1.{:04}", numbers.below(10_000)))))
        .expect("valid rates")
}

fn profile(numbers: &mut Numbers) -> Profile {
    let target = |numbers: &mut Numbers| {
        let spot = spot(city(numbers));
        match numbers.below(5) {
            0 => Target::Country(spot.country),
            1 => Target::Region(spot.region),
            _ => Target::Place(spot.place),
        }
    };
    let mut targets = vec![target(numbers), target(numbers)];
    if numbers.below(2) == 0 {
        targets.push(Target::Remote);
    }
    targets.sort_unstable();
    targets.dedup();
    let held = |numbers: &mut Numbers, skill| Held {
        skill,
        level: Some(1 + numbers.small(5)),
        months: Some(u16::from(numbers.small(200))),
    };
    Profile {
        is_looking: numbers.below(10) > 0,
        roles: numbers.few(1, 3, |numbers| numbers.below(ROLES)),
        targets,
        skills: numbers.few(1, 10, skill).into_iter().map(|skill| held(numbers, skill)).collect(),
    }
}

/// Resident memory of the process, in MB.
fn resident() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = line.and_then(|line| line.trim().trim_end_matches("kB").trim().parse::<usize>().ok());
    kilobytes.unwrap_or(0) / 1_024
}

/// Tells how much time this thread spends on a processor: other jobs of the machine make little difference.
struct Watch(u64);

impl Watch {
    fn start() -> Self {
        Self(Self::spent())
    }

    fn taken(&self) -> Duration {
        Duration::from_nanos(Self::spent().saturating_sub(self.0))
    }

    fn spent() -> u64 {
        let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
        text.split(' ').next().and_then(|text| text.parse().ok()).unwrap_or(0)
    }
}

/// The median of some runs, and the answer to look at.
fn time<T: std::fmt::Debug>(name: &str, mut run: impl FnMut() -> T) {
    let answer = run();
    let mut taken: Vec<Duration> = (0..5)
        .map(|_| {
            // The kernel accounts by slices of 4 ms, so short runs are repeated.
            let watch = Watch::start();
            let mut runs = 0;
            while runs == 0 || (runs < 20_000 && watch.taken() < Duration::from_millis(48)) {
                black_box(run());
                runs += 1;
            }
            watch.taken() / runs
        })
        .collect();
    taken.sort_unstable();
    let answer: String = format!("{answer:?}").chars().take(24).collect();
    println!("{name:<52} {:>9.3} ms   {answer}", ms(taken[2]));
}

fn ms(taken: Duration) -> f64 {
    taken.as_secs_f64() * 1e3
}

fn once<T>(name: &str, run: impl FnOnce() -> T) -> T {
    let watch = Watch::start();
    let made = run();
    println!("{name:<52} {:>9.0} ms   resident {} MB", ms(watch.taken()), resident());
    made
}

fn size(name: &str, usual: u32) -> u32 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}

/// The sets of postings that are asked about.
fn sets(snap: &Snap) -> Vec<(&'static str, Filter, Set)> {
    let has = |field, code: u32| Filter::Has(field, vec![code]);
    let filters = [
        ("all open", Filter::everything()),
        ("on site (600k)", has(Field::Workplace, 0)),
        ("a country (90k)", has(Field::Country, 0)),
        ("country, remote, pay (14k)", {
            let pay = Filter::PayAtLeast(vec![(currency("USD"), 8_000_000)]);
            Filter::All(vec![has(Field::Country, 0), has(Field::Workplace, 2), pay])
        }),
        ("role and 5 countries (1k)", {
            Filter::All(vec![has(Field::Role, 7), Filter::Has(Field::Country, vec![0, 1, 2, 3, 4])])
        }),
        ("role and country (250)", Filter::All(vec![has(Field::Role, 7), has(Field::Country, 0)])),
    ];
    let select = |filter: &Filter| snap.select(Basis::Open(NOW), filter);
    filters.into_iter().map(|(name, filter)| (name, filter.clone(), select(&filter))).collect()
}

fn postings(snap: &Snap) {
    let usd = SalarySpec::new(currency("USD"));
    let (floor, into_euro) = (
        SalarySpec { measure: Measure::Floor, ..usd },
        SalarySpec { convert: true, ..SalarySpec::new(currency("EUR")) },
    );
    let trimmed = SalarySpec { trim: true, ..usd };
    once("scale of floors, first use", || snap.salaries(&snap.select(Basis::Open(NOW), &Filter::everything()), &floor));
    once("scale in euro, first use", || {
        snap.salaries(&snap.select(Basis::Open(NOW), &Filter::everything()), &into_euro)
    });
    let facets = [Field::Role, Field::Country, Field::Workplace, Field::EmploymentType, Field::Level, Field::Skill];
    for (name, filter, set) in sets(snap) {
        println!("\n{name}: {} postings", set.len());
        time("  select, open now", || snap.select(Basis::Open(NOW), &filter).is_empty());
        time("  count", || snap.select(Basis::Open(NOW), &filter).len());
        time("  salary statistics, all figures", || snap.salaries(&set, &usd).sample_size);
        time("  … trimmed", || snap.salaries(&set, &trimmed).sample_size);
        time("  … of floors", || snap.salaries(&set, &floor).sample_size);
        time("  … converted into euro", || snap.salaries(&set, &into_euro).sample_size);
        time("  all roles, all figures", || snap.salaries_by(&set, Field::Role, None, &usd).len());
        time("  all cities, all figures", || snap.salaries_by(&set, Field::Place, None, &usd).len());
        time("  all skills, all figures", || snap.salaries_by(&set, Field::Skill, None, &usd).len());
        time("  20 skills, all figures", || {
            let mut counts = snap.counts(&set, Field::Skill);
            counts.sort_unstable_by_key(|(_, count)| std::cmp::Reverse(*count));
            let top: Vec<u32> = counts.iter().map(|(code, _)| *code).take(20).collect();
            snap.salaries_by(&set, Field::Skill, Some(&top), &usd).len()
        });
        time("  six facets", || facets.map(|field| snap.counts(&set, field).len()));
        let newest = Order { keys: vec![(SortField::PublishedAt, true)], id_descending: true };
        let best = Order { keys: vec![(SortField::Pay, true), (SortField::PublishedAt, true)], id_descending: true };
        let first = Page { limit: 20, ..Page::default() };
        time("  newest 20", || snap.page(&set, &newest, &first).postings.len());
        let middle = snap.page(&set, &newest, &Page { limit: 1_000, ..Page::default() }).postings.pop();
        let later = Page { after: middle.map(|last| last.0), ..first.clone() };
        time("  newest 20 behind 1,000", || snap.page(&set, &newest, &later).postings.len());
        time("  best paid 20, then newest", || snap.page(&set, &best, &first).postings.len());
    }
}

fn changes(store: &Store, numbers: &mut Numbers, postings: u32) {
    println!();
    let put = |numbers: &mut Numbers| {
        let slot = numbers.below(postings);
        Change::Put(Arc::new(row(numbers, slot)))
    };
    let batches: Vec<Vec<Change>> = (0..90).map(|_| (0..100).map(|_| put(numbers)).collect()).collect();
    let watch = Watch::start();
    let count = batches.len();
    for batch in batches {
        store.apply(batch);
    }
    println!(
        "{:<52} {:>9.3} ms each",
        "100 changes made and shown",
        ms(watch.taken()) / f64::from(u32::try_from(count).expect("few"))
    );
    println!("\nwith 9,000 recent postings");
    let snap = store.snap();
    let usd = SalarySpec::new(currency("USD"));
    for (name, _, set) in sets(&snap).iter().take(3) {
        time(&format!("  {name}: salary statistics"), || snap.salaries(set, &usd).sample_size);
        time(&format!("  {name}: all roles"), || snap.salaries_by(set, Field::Role, None, &usd).len());
    }
    time("  count of a country", || snap.select(Basis::Open(NOW), &Filter::Has(Field::Country, vec![0])).len());
    once("compaction, with two scales in use", || store.compact(NOW).expect("compacted"));
}

fn people(snap: &Snap, number: u32) {
    println!();
    let mut numbers = Numbers(3);
    let seekers = once(&format!("{number} seekers taken"), || {
        let mut seekers = Seekers::with_room_for(number as usize);
        for seeker in 0..number {
            seekers.put(seeker, &profile(&mut numbers));
        }
        for ago in 0..28 {
            (0..number)
                .filter(|_| numbers.below(20) == 0)
                .for_each(|seeker| seekers.was_active(seeker, NOW - ago * DAY));
        }
        seekers.shrink();
        seekers
    });
    let [wishes, profiles, skills, days, ..] = seekers.bytes().map(|bytes| bytes >> 20);
    println!("wishes {wishes} MB, profiles {profiles} MB, skills {skills} MB, days {days} MB");
    let window = Window::ending(NOW);
    time("active in 28 days", || seekers.active(&window).count());
    for (name, _, set) in sets(snap) {
        time(&format!("  seekers: {name}"), || seekers.count(snap, &set, &window).seekers);
        println!("{:<54} {:?}", "", seekers.count(snap, &set, &window));
    }
    let all = snap.select(Basis::Open(NOW), &Filter::everything());
    time("  seekers of all by role", || seekers.count_by(snap, &all, Field::Role, None, &window).len());
    let country = snap.select(Basis::Open(NOW), &Filter::Has(Field::Country, vec![0]));
    time("  seekers of a country by role", || seekers.count_by(snap, &country, Field::Role, None, &window).len());
    time("  seekers of a country by 20 cities", || {
        let cities: Vec<u32> = (0..20).map(|city| city * COUNTRIES).collect();
        seekers.count_by(snap, &country, Field::Place, Some(&cities), &window).len()
    });
    time("  seekers of 100 postings, each", || {
        (0..100).map(|slot| seekers.count(snap, &snap.of_slots(&[slot]), &window).seekers).sum::<u64>()
    });
    let mut seekers = seekers;
    let changed: Vec<Profile> = (0..1_000).map(|_| profile(&mut numbers)).collect();
    let watch = Watch::start();
    for profile in &changed {
        seekers.put(numbers.below(number), profile);
    }
    println!("{:<52} {:>9.3} ms each", "a profile replaced", ms(watch.taken()) / 1e3);
}

fn main() {
    let (number, persons) = (size("ENGINE_POSTINGS", 1_000_000), size("ENGINE_SEEKERS", 5_000_000));
    let mut numbers = Numbers(1);
    let rows = once(&format!("{number} postings drawn"), || {
        (0..number).map(|slot| row(&mut numbers, slot)).collect::<Vec<_>>()
    });
    let terms = Terms { factors: Factors::default(), rates: Arc::new(rates()), now: NOW };
    let before = resident();
    let store = once("base built", || Store::new(&rows, terms));
    println!(
        "resident for the store: {} MB, of which sets by value {} MB",
        resident() - before,
        store.snap().base().bytes_of_posts() >> 20
    );
    drop(rows);
    println!("resident without the rows drawn: {} MB", resident());
    postings(&store.snap());
    changes(&store, &mut numbers, number);
    people(&store.snap(), persons);
}
