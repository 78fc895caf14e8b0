//! What people search for on the real postings, and what they expect first.
//!
//! `queries.txt` has a search on each line, how many of its results are looked at, and words of which each title among
//! these has at least one. `cargo test --test relevance -- --nocapture` shows what is found.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::NaiveDate;
use rolecall::engine::Terms;
use rolecall::engine::filter::Filter;
use rolecall::engine::orders::SortField;
use rolecall::engine::page::{Order, Window};
use rolecall::engine::row::{Asked, NO_AMOUNT, NO_CODE, NO_TIME, Row, State};
use rolecall::engine::snap::{Basis, Snap};
use rolecall::engine::store::Store;
use rolecall::engine::text::Text;
use rolecall::engine::text::index::Index;
use rolecall::engine::text::sought::{Word, Words};
use rolecall::import::records::PostingRecord;
use rolecall::import::source::{Shift, SourceItem};
use rolecall::import::{nyc, usajobs};
use rolecall::market::annual::Factors;
use rolecall::market::rates::Rates;
use rolecall::market::salary::PostedPay;
use rolecall::money::Currency;
use rolecall::postings::filter::search::{self, Search, SkillNames};
use rolecall::postings::search_text::SearchText;
use rolecall::reference::bundle;
use rolecall::reference::titles::TitleIndex;
use rolecall::text;
use uuid::Uuid;

const QUERIES: &str = include_str!("queries.txt");
/// Postings of the kinds that the real sets lack: title, description and skills that they ask for.
const MADE: [(&str, &str, &[&str]); 7] = [
    ("C++ Developer", "Trading systems, close to the metal.", &["C++"]),
    ("Senior C++ Engineer", "Maps and routes.", &["C++"]),
    ("C# Developer", "Desktop programs for clinics.", &["C#"]),
    ("C# Engineer", "Payments.", &["C#"]),
    ("Node.js Developer", "Services of a shop.", &["Node.js"]),
    ("Front-End Engineer", "Pages that are rendered on the server.", &["Node.js", "React"]),
    ("Platform Engineer", "Clusters for everybody else.", &["Go", "Kubernetes"]),
];
/// After every publication of the sets.
const NOW: i64 = 1_900_000_000_000_000;

/// The real postings in the engine.
struct Board {
    postings: Arc<Snap>,
    titles: Vec<String>,
    roles: TitleIndex<u32>,
    skills: SkillNames,
    /// What the engine calls each skill.
    codes: HashMap<Uuid, u32>,
}

impl Board {
    fn load() -> Self {
        let known = bundle::skills().expect("skills");
        let ids: Vec<Uuid> = (0..known.len() as u128).map(Uuid::from_u128).collect();
        let names = known.iter().zip(&ids).flat_map(|(skill, id)| {
            std::iter::once(&skill.name).chain(&skill.aliases).map(|name| (name.as_str(), *id))
        });
        let skills = SkillNames::new(names);
        let records = bundle::roles().expect("roles");
        let names = records.iter().zip(0..).flat_map(|(role, code)| {
            std::iter::once(&role.title).chain(&role.aliases).map(move |title| (title.as_str(), code))
        });
        let roles = TitleIndex::new(names);
        let (mut rows, mut titles) = (Vec::new(), Vec::new());
        let index = Arc::new(Index::in_memory().expect("an index"));
        let update = index.update(false).expect("a writer");
        for (posting, employer) in postings() {
            let slot = u32::try_from(rows.len()).expect("few");
            let role = roles.resolve(&posting.title);
            let of_role = role.map_or("", |code: u32| records[code as usize].title.as_str());
            let text = SearchText::of(&posting.title, [employer.as_str(), of_role], &posting.description);
            let title = text::fold(&posting.title);
            let words = text::searchable([title.as_str()]).into();
            let text = Text { title: words, words: text.words.into(), fingerprint: text.hash };
            update.put(slot.into(), &text).expect("written");
            let made = MADE.iter().find(|(title, ..)| *title == posting.title);
            let code = |name: &str| known.iter().position(|skill| skill.name == name).expect("a skill");
            let asked = made.into_iter().flat_map(|(.., skills)| *skills).map(|name| asked(code(name)));
            let published_at = posting.published_at.map_or(0, |at| at.timestamp_micros());
            rows.push(Row { asked: asked.collect(), ..row(slot, role, published_at, &title) });
            titles.push(posting.title);
        }
        update.commit().expect("written");
        let rates = Rates::from_records(Vec::<(Currency, NaiveDate, String)>::new()).expect("no rates");
        let terms = Terms { factors: Factors::default(), rates: Arc::new(rates), now: NOW };
        let store = Store::with_texts(&rows, terms, index).expect("a store");
        Self { postings: store.snap(), titles, roles, skills, codes: ids.into_iter().zip(0..).collect() }
    }

    /// Titles of the best postings for a search, and how many fit.
    fn search(&self, search: &str, limit: usize) -> (Vec<&str>, usize) {
        let words = Search::new(search, &self.skills).expect("words");
        let word = |word: &search::Word| Word {
            text: word.text.clone(),
            skills: word.skills.iter().map(|skill| self.codes[skill]).collect(),
        };
        let roles = self.roles.named(search).into_iter().collect();
        let words = Words { words: words.words().iter().map(word).collect(), roles };
        let sought = self.postings.seek(&words, NOW).expect("an index").expect("texts");
        let set = self.postings.narrow(self.postings.select(Basis::All, &Filter::everything()), &sought);
        let keys = vec![(SortField::Relevance, true), (SortField::PublishedAt, true)];
        let order = Order { keys, id_descending: true };
        let page = self.postings.page_of(&set, Some(&sought), &order, &Window { limit, ..Window::default() });
        (page.postings.iter().map(|(_, slot)| self.titles[*slot as usize].as_str()).collect(), set.len())
    }
}

/// The real postings and the made ones, with the names of their employers.
fn postings() -> Vec<(PostingRecord, String)> {
    let mut seen = usajobs::Seen::default();
    let nyc = nyc::read(nyc::bundled(), Shift::default()).expect("readable");
    let usajobs = usajobs::read(usajobs::bundled_with_grades(), Shift::default(), &mut seen).expect("readable");
    let (mut postings, mut employers) = (Vec::new(), HashMap::new());
    for item in nyc.filter_map(Result::ok).chain(usajobs.filter_map(Result::ok)) {
        match item {
            SourceItem::Employer(employer) => drop(employers.insert(employer.external_id, employer.name)),
            SourceItem::Posting(posting) => {
                let employer = employers.get(&posting.record.employer).cloned().unwrap_or_default();
                postings.push((posting.record, employer));
            }
        }
    }
    postings.extend(MADE.iter().map(|(title, description, _)| {
        let (title, description) = ((*title).to_owned(), (*description).to_owned());
        (PostingRecord { title, description, ..PostingRecord::default() }, "Maker".to_owned())
    }));
    postings
}

fn asked(skill: usize) -> Asked {
    Asked { skill: u32::try_from(skill).expect("few"), min_months: None, min_level: None, is_required: true }
}

fn row(slot: u32, role: Option<u32>, published_at: i64, title: &str) -> Row {
    Row {
        slot,
        id: slot.into(),
        employer: 0,
        role: role.unwrap_or(NO_CODE),
        industry: NO_CODE,
        language: NO_CODE,
        spots: Box::default(),
        applicants: Box::default(),
        is_worldwide: false,
        asked: Box::default(),
        employment_types: 0,
        workplace: 0,
        level: None,
        education: None,
        pay: PostedPay::Withheld,
        pay_annual: None,
        pay_rank: NO_AMOUNT,
        openings_left: 1,
        state: State::Published,
        published_at,
        valid_through: NOW + 1,
        closed_at: NO_TIME,
        updated_at: published_at,
        title: title.into(),
        text: None,
    }
}

#[test]
fn what_is_expected_comes_first() {
    let board = Board::load();
    assert!(board.titles.len() > 10_000, "{}", board.titles.len());
    let (mut wrong, mut queries) = (Vec::new(), 0);
    for line in QUERIES.lines().filter(|line| !line.is_empty() && !line.starts_with("//")) {
        let [search, number, expected] = line.split('|').map(str::trim).collect::<Vec<_>>()[..] else {
            panic!("three parts: {line}");
        };
        queries += 1;
        let number: usize = number.parse().expect("a number");
        let (found, total) = board.search(search, number.max(6));
        println!("{search} ({total}): {found:#?}");
        let expected: Vec<_> = expected.split('/').map(text::fold).collect();
        let fits = |title: &&str| expected.iter().any(|word| text::fold(title).contains(word));
        if found.len() < number || !found.iter().take(number).all(fits) {
            wrong.push(format!("{search}: {found:#?}"));
        }
    }
    assert!(queries >= 40, "{queries}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
