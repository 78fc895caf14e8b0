//! `rolecall admin`: makes administrators. There is no other way to become one.

use std::io::{Read as _, Write as _};

use anyhow::{Context, bail};
use clap::Subcommand;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, QueryFilter, Set};

use crate::accounts::model::Email;
use crate::accounts::service::{Registration, register};
use crate::app::App;
use crate::audit::{self, Entry, Origin};
use crate::clock::Clock;
use crate::config::Config;
use crate::entities::account;
use crate::entities::sets::AuditAction;
use crate::error::Failure;
use crate::ids::Kind;

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make an administrator: a new account, or a present one, which keeps its password unless one is given
    Create {
        /// E-mail address
        #[arg(long)]
        email: String,
        /// Name of the person
        #[arg(long, default_value = "Administrator")]
        name: String,
        /// Read the password from standard input
        #[arg(long)]
        password_stdin: bool,
    },
}

pub async fn run(command: Command, config: Config) -> anyhow::Result<()> {
    let Command::Create { email, name, password_stdin } = command;
    let mut password = String::new();
    if password_stdin {
        std::io::stdin().read_to_string(&mut password).context("the password cannot be read")?;
    }
    let app = App::build(config, Clock::default()).await?;
    let made = create(&app, &email, &name, password.trim_end_matches(['\r', '\n'])).await?;
    writeln!(std::io::stdout(), "{} is an administrator.", made.email)?;
    Ok(())
}

/// Makes an account an administrator, or a new account that is one.
///
/// # Errors
/// The address or the password is refused.
pub async fn create(app: &App, email: &str, name: &str, password: &str) -> anyhow::Result<account::Model> {
    let state = &app.state;
    let now = state.clock.now();
    let parsed = Email::parse(email).map_err(told)?;
    let present =
        account::Entity::find().filter(account::Column::EmailKey.eq(parsed.key())).one(state.db.reads()).await?;
    if password.is_empty() && present.is_none() {
        bail!("there is no account with this address: give a password with --password-stdin");
    }
    let registration = match password {
        "" => None,
        password => Some(Registration::parse(&state.passwords, email, password, name).await.map_err(told)?),
    };
    let txn = state.db.begin().await?;
    let made = match (present, registration) {
        (None, Some(registration)) => {
            register(&txn, registration, true, &Origin::default(), now).await.map_err(told)?
        }
        (Some(present), registration) => {
            let mut row = account::ActiveModel {
                id: Set(present.id),
                is_admin: Set(true),
                updated_at: Set(now),
                ..Default::default()
            };
            if let Some(registration) = registration {
                row.password_hash = Set(Some(registration.into_password_hash()));
                row.failed_sign_ins = Set(0);
            }
            let entry = Entry::new(AuditAction::AdministratorMade, Kind::Account, present.id);
            audit::record(&txn, &Origin::default(), entry, now).await?;
            row.update(&txn).await?
        }
        (None, None) => bail!("a new account needs a password"),
    };
    txn.commit().await?;
    Ok(made)
}

/// A failure in words for the terminal.
fn told(failure: impl Into<Failure>) -> anyhow::Error {
    match failure.into() {
        Failure::Internal(fault) => fault.0,
        Failure::Refused(refusals) => {
            let lines = refusals.iter().map(|refusal| format!("{}: {}", refusal.path.join("."), refusal.message));
            anyhow::anyhow!(lines.collect::<Vec<_>>().join("; "))
        }
    }
}
