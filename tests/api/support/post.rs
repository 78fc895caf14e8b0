//! What waits in the outbox and what left it.

use rolecall::entities::{account, mail};
use rolecall::mail::mailer::Mailer;
use rolecall::mail::transport::Transport;
use rolecall::state::State;
use rolecall::work;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde_json::Value;

use super::{Actor, Sink, TestApp};

impl TestApp {
    /// Does the background work that is due.
    pub async fn tick(&self) {
        work::tick(&self.app.state).await.expect("the jobs were run");
    }

    /// All mails of the outbox, oldest first.
    pub async fn mails(&self) -> Vec<mail::Model> {
        let all = mail::Entity::find().order_by_asc(mail::Column::CreatedAt).order_by_asc(mail::Column::Id);
        all.all(self.app.state.db.reads()).await.expect("mails")
    }

    /// What the letters of a kind say that wait for an address, oldest first.
    pub async fn letters(&self, address: &str, kind: &str) -> Vec<Value> {
        let waiting = self.mails().await.into_iter().filter(|mail| mail.recipient == address);
        waiting.filter_map(|mail| mail.letter).filter(|letter| letter["kind"] == kind).collect()
    }

    /// The token of the newest letter of a kind that waits for an address.
    pub async fn token(&self, address: &str, kind: &str) -> String {
        let letters = self.letters(address, kind).await;
        let newest = letters.last().unwrap_or_else(|| panic!("a letter {kind} to {address}"));
        super::actor::text(&newest["token"])
    }

    /// The files that mails became, in the order of their names.
    pub fn files(&self) -> Vec<String> {
        let folder = self.app.state.config.data_dir.join("mail");
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
        let mut paths: Vec<_> = entries.map(|entry| entry.path()).collect();
        paths.sort();
        paths.iter().map(|path| std::fs::read_to_string(path).expect("a mail")).collect()
    }

    /// The server's state with a mail server of the test's own.
    pub fn sending_to(&self, sink: &Sink) -> State {
        self.sending(&sink.url())
    }

    /// The server's state with the mail server at an address.
    pub fn sending(&self, url: &str) -> State {
        let state = self.app.state.clone();
        let transport = Transport::smtp(url).expect("an address");
        State { mailer: Mailer::over(transport, &state.config).into(), ..state }
    }

    /// The row of an actor's account.
    pub async fn row_of(&self, actor: &Actor) -> account::Model {
        let found = account::Entity::find().filter(account::Column::EmailKey.eq(actor.email.to_lowercase()));
        found.one(self.app.state.db.reads()).await.expect("a row").expect("an account")
    }
}
