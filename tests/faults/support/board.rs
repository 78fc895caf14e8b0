//! A board that people write to, what they were told that was done, and what the database says of it.

use std::collections::{HashMap, HashSet};

use rolecall::config::{Config, Flags, Settings};
use rolecall::db::Database;
use rolecall::entities::sets::{AuditAction, Deed, PostingStatus, Subject};
use rolecall::entities::{
    account, application, application_event, audit_entry, change, employer, idempotency_key, mail, posting,
    posting_copy, posting_place, saved_posting,
};
use rolecall::ids::{self, Kind};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, PaginatorTrait, QueryFilter, Set, Statement,
};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Client, Reply};

/// Makes a posting.
pub const CREATE: &str = "mutation($input: PostingCreateInput!) {
    postingCreate(input: $input) { posting { id version } userErrors { code path } } }";
const PUBLISH: &str = "mutation($input: PostingPublishInput!) {
    postingPublish(input: $input) { posting { id status } userErrors { code path } } }";
const APPLY: &str = "mutation($input: ApplicationSubmitInput!) {
    applicationSubmit(input: $input) { application { id } userErrors { code path } } }";
const SAVE: &str = "mutation($input: PostingSaveInput!) {
    postingSave(input: $input) { posting { id } userErrors { code path } } }";

/// The database itself, past the server and whatever stands before it.
pub struct Store(pub Database);

/// People who write.
#[derive(Clone)]
pub struct Board {
    pub owner: Client,
    pub seekers: Vec<Client>,
    pub employer: String,
}

/// What people were told.
#[derive(Default)]
pub struct Ledger {
    /// Titles of postings that were made.
    pub created: Vec<String>,
    /// Postings that were published.
    pub published: Vec<Uuid>,
    /// Applications that were made.
    pub applied: Vec<Uuid>,
    /// Postings that were saved.
    pub saved: Vec<Uuid>,
    /// Requests with a key that got no answer.
    pub open: Vec<Open>,
    /// Answers that said that the server cannot now.
    pub refused: Vec<Reply>,
}

/// A request that got no answer, to be sent again with its key.
pub struct Open {
    who: Client,
    key: String,
    mutation: &'static str,
    query: &'static str,
    variables: Value,
}

/// Why somebody stops writing.
#[derive(Debug, PartialEq, Eq)]
pub enum Silence {
    /// No answer came.
    NoAnswer,
    /// The answer was that the server cannot now.
    NotNow,
}

impl Board {
    /// People with proven addresses, and a verified employer.
    pub async fn new(url: &str, store: &Store) -> Self {
        let owner = Client::register(url, "owner").await;
        let mut seekers = Vec::new();
        for _ in 0..4 {
            seekers.push(Client::register(url, "seeker").await);
        }
        let now = chrono::DateTime::from_timestamp_micros(1_760_000_000_000_000);
        let db = store.0.writes();
        for person in seekers.iter().chain([&owner]) {
            let id = id(Kind::Account, &json!(person.account));
            let row = account::ActiveModel { id: Set(id), email_verified_at: Set(now), ..Default::default() };
            row.update(db).await.expect("updated");
        }
        let query = "mutation($input: EmployerCreateInput!) {
            employerCreate(input: $input) { employer { id } userErrors { code path } } }";
        let made =
            owner.send(url, query, json!({"input": {"name": "Analytical Engines"}}), None).await.expect("an answer");
        let employer = &made.body["data"]["employerCreate"]["employer"]["id"];
        let row = employer::ActiveModel {
            id: Set(id(Kind::Employer, employer)),
            verified_at: Set(now),
            ..Default::default()
        };
        row.update(db).await.expect("updated");
        Self { owner, seekers, employer: employer.as_str().expect("an id").to_owned() }
    }

    /// The variables of a posting with this title.
    pub fn draft(&self, title: &str) -> Value {
        json!({"input": {"employerId": self.employer, "title": title, "workplace": "ONSITE",
            "description": "You write the services behind the board, and keep them running.",
            "places": [{"countryCode": "US", "regionCode": "US-NY", "city": "New York"}]}})
    }

    /// Makes a posting, publishes it, saves it and applies to it, as the `number`-th writer. Every other request carries a
    /// key.
    ///
    /// # Errors
    /// Why it did not come to an end.
    pub async fn write(&self, url: &str, ledger: &mut Ledger, title: &str, number: usize) -> Result<(), Silence> {
        let key = |what: &str, is_keyed: bool| is_keyed.then(|| format!("{what}-{title}").replace(' ', "-"));
        let seeker = &self.seekers[number % self.seekers.len()];
        let is_keyed = number.is_multiple_of(2);
        let draft = self.draft(title);
        let made = ledger.ask(url, &self.owner, ("postingCreate", CREATE), draft, key("create", is_keyed)).await?;
        ledger.created.push(title.to_owned());
        let posting = &made["posting"];
        let input = json!({"input": {"id": posting["id"], "version": posting["version"]}});
        ledger.ask(url, &self.owner, ("postingPublish", PUBLISH), input, key("publish", !is_keyed)).await?;
        ledger.published.push(id(Kind::Posting, &posting["id"]));
        let input = json!({"input": {"postingId": posting["id"]}});
        let made = ledger.ask(url, seeker, ("applicationSubmit", APPLY), input.clone(), key("apply", is_keyed)).await?;
        ledger.applied.push(id(Kind::Application, &made["application"]["id"]));
        ledger.ask(url, seeker, ("postingSave", SAVE), input, key("save", !is_keyed)).await?;
        ledger.saved.push(id(Kind::Posting, &posting["id"]));
        Ok(())
    }
}

impl Ledger {
    async fn ask(
        &mut self,
        url: &str,
        who: &Client,
        (mutation, query): (&'static str, &'static str),
        variables: Value,
        key: Option<String>,
    ) -> Result<Value, Silence> {
        let reply = who.send(url, query, variables.clone(), key.as_deref()).await;
        let silence = match reply {
            Ok(reply) if reply.status == 503 => {
                self.refused.push(reply);
                Silence::NotNow
            }
            Ok(reply) => match reply.payload(mutation) {
                Ok(payload) => return Ok(payload.clone()),
                Err(body) => panic!("{mutation} was not done: {body}"),
            },
            Err(_) => Silence::NoAnswer,
        };
        self.open.extend(key.map(|key| Open { who: who.clone(), key, mutation, query, variables }));
        Err(silence)
    }

    /// Everything of another one, too.
    pub fn take(&mut self, other: Self) {
        self.created.extend(other.created);
        self.published.extend(other.published);
        self.applied.extend(other.applied);
        self.saved.extend(other.saved);
        self.open.extend(other.open);
        self.refused.extend(other.refused);
    }

    /// How many writes were acknowledged.
    pub fn acknowledged(&self) -> usize {
        self.created.len() + self.published.len() + self.applied.len() + self.saved.len()
    }

    /// Sends what got no answer again, with its key; how many of them were done already.
    pub async fn retry(&mut self, url: &str) -> usize {
        let mut replayed = 0;
        for Open { who, key, mutation, query, variables } in std::mem::take(&mut self.open) {
            let reply = who.send(url, query, variables.clone(), Some(&key)).await.expect("an answer");
            assert!(reply.payload(mutation).is_ok(), "{mutation} with {key}: {} {}", reply.status, reply.body);
            replayed += usize::from(reply.is_replayed);
            if mutation == "postingCreate" {
                self.created.push(variables["input"]["title"].as_str().expect("a title").to_owned());
            }
        }
        replayed
    }
}

/// The identifier behind a public one.
fn id(kind: Kind, public: &Value) -> Uuid {
    ids::decode(kind, public.as_str().expect("an id")).expect("an id")
}

impl Store {
    pub async fn open(url: &str) -> Self {
        let settings = Settings::gather(&Flags::default(), &std::collections::BTreeMap::new(), None).expect("settings");
        let settings = settings.with("database-url", url).with("database-connections", "2");
        let config = Config::new(&settings.with("database-acquire-timeout", "30s")).expect("a config");
        Self(Database::connect(&config.database).await.expect("the database opens"))
    }

    /// The text that a statement gives.
    pub async fn text(&self, sql: &str) -> String {
        let row = self.0.reads().query_one_raw(Statement::from_string(self.0.backend(), sql)).await.expect("rows");
        row.expect("a row").try_get_by_index(0).expect("a text")
    }

    /// Runs a statement.
    pub async fn run(&self, sql: &str) {
        self.0.writes().execute_unprepared(sql).await.expect("done");
    }

    /// Postings that are published.
    pub async fn published(&self) -> u64 {
        let published = posting::Entity::find().filter(posting::Column::Status.eq(PostingStatus::Published));
        published.count(self.0.reads()).await.expect("a number")
    }

    /// How many postings have this title.
    pub async fn titled(&self, title: &str) -> u64 {
        let titled = posting::Entity::find().filter(posting::Column::Title.eq(title));
        titled.count(self.0.reads()).await.expect("a number")
    }

    /// Everything that was acknowledged is there, once.
    pub async fn holds(&self, ledger: &Ledger) {
        let db = self.0.reads();
        let postings = posting::Entity::find().all(db).await.expect("postings");
        let mut titles: HashMap<&str, usize> = HashMap::new();
        for posting in &postings {
            *titles.entry(&posting.title).or_default() += 1;
        }
        assert!(titles.values().all(|count| *count == 1), "a posting was made twice");
        let lost: Vec<_> = ledger.created.iter().filter(|title| !titles.contains_key(title.as_str())).collect();
        assert!(lost.is_empty(), "postings are lost: {lost:?}");
        let published: HashSet<_> =
            postings.iter().filter(|row| row.status == PostingStatus::Published).map(|row| row.id).collect();
        assert!(ledger.published.iter().all(|id| published.contains(id)), "a publication is lost");
        let applications = application::Entity::find().all(db).await.expect("applications");
        let pairs: HashSet<_> = applications.iter().map(|row| (row.posting_id, row.candidate_id)).collect();
        assert_eq!(pairs.len(), applications.len(), "an application was made twice");
        let applied: HashSet<_> = applications.iter().map(|row| row.id).collect();
        assert!(ledger.applied.iter().all(|id| applied.contains(id)), "an application is lost");
        let saved = saved_posting::Entity::find().all(db).await.expect("saved postings");
        let saved: HashSet<_> = saved.into_iter().map(|row| row.posting_id).collect();
        assert!(ledger.saved.iter().all(|id| saved.contains(id)), "a saved posting is lost");
    }

    /// Whatever is there is there with all that belongs to it.
    pub async fn is_whole(&self) {
        let db = self.0.reads();
        let changes = change::Entity::find().all(db).await.expect("changes");
        let changes: HashSet<_> = changes.into_iter().map(|row| (row.subject, row.subject_id, row.deed)).collect();
        let places = posting_place::Entity::find().all(db).await.expect("places");
        let placed: HashSet<_> = places.into_iter().map(|row| row.posting_id).collect();
        let audited = audit_entry::Entity::find().filter(audit_entry::Column::Action.eq(AuditAction::PostingPublished));
        let audited: HashSet<_> =
            audited.all(db).await.expect("entries").into_iter().filter_map(|row| row.subject_id).collect();
        for row in posting::Entity::find().all(db).await.expect("postings") {
            let is_published = row.status == PostingStatus::Published;
            assert!(changes.contains(&(Subject::Posting, row.id, Deed::Created)), "{row:?}");
            assert!(placed.contains(&row.id) && row.search_hash.is_some(), "{row:?}");
            assert_eq!(changes.contains(&(Subject::Posting, row.id, Deed::Published)), is_published, "{row:?}");
            assert_eq!(
                (audited.contains(&row.id), row.published_at.is_some()),
                (is_published, is_published),
                "{row:?}"
            );
        }
        let events = application_event::Entity::find().all(db).await.expect("events");
        let mut events_of: HashMap<Uuid, usize> = HashMap::new();
        for event in events {
            *events_of.entry(event.application_id).or_default() += 1;
        }
        let letters = mail::Entity::find().all(db).await.expect("mails");
        let letters: HashSet<_> = letters
            .iter()
            .filter_map(|row| row.key.strip_prefix("application:")?.split(':').next())
            .map(str::to_owned)
            .collect();
        let copies = posting_copy::Entity::find().all(db).await.expect("copies");
        let copies: HashSet<_> = copies.into_iter().map(|row| row.id).collect();
        for row in application::Entity::find().all(db).await.expect("applications") {
            assert!(changes.contains(&(Subject::Application, row.id, Deed::Created)), "{row:?}");
            assert_eq!(events_of.get(&row.id), Some(&1), "{row:?}");
            assert!(letters.contains(&row.id.to_string()), "{row:?}");
            assert!(row.posting_copy_id.is_some_and(|copy| copies.contains(&copy)), "{row:?}");
        }
        let unanswered = idempotency_key::Entity::find().filter(idempotency_key::Column::Response.is_null());
        assert_eq!(unanswered.count(db).await.expect("a number"), 0, "a key without its answer");
        if self.0.backend() == DbBackend::Sqlite {
            assert_eq!(self.text("PRAGMA integrity_check").await, "ok");
            assert_eq!(self.text("SELECT count(*) || '' FROM pragma_foreign_key_check").await, "0");
        }
    }
}
