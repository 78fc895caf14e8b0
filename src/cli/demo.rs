//! `rolecall demo`.

use std::io::Write as _;

use crate::app::App;
use crate::clock::Clock;
use crate::config::{Config, Settings};
use crate::demo::{ADMINISTRATOR, CANDIDATE, EMPLOYER, PASSWORD, fill};

use super::serve::serve;

/// The demonstration has a database of its own in the data folder, and 30 seconds for a request.
pub fn settings(settings: Settings) -> anyhow::Result<Settings> {
    let folder: String = settings.parse("data-dir")?;
    let file = std::path::Path::new(&folder).join("demo.db");
    Ok(settings.with("database-url", format!("sqlite://{}?mode=rwc", file.display())))
}

pub async fn run(config: Config) -> anyhow::Result<()> {
    let app = App::build(config, Clock::default()).await?;
    let mut out = std::io::stdout();
    writeln!(out, "Rolecall demonstration. The first start fills its database; that takes a minute.")?;
    fill(&app, |line| {
        let _ = writeln!(std::io::stdout(), "{line}");
    })
    .await?;
    serve(app, &announcement()).await
}

fn announcement() -> String {
    format!(
        r#"
GraphiQL   http://{{address}}/graphiql
GraphQL    http://{{address}}/graphql

Sign in with the password "{PASSWORD}":
  {EMPLOYER:<24} owner of the employer with the most open postings
  {CANDIDATE:<24} a candidate (backend developer)
  {ADMINISTRATOR:<24} administrator of the board

Three queries to try:
  {{ role(slug: "backend-developer") {{ title citedSalaries {{ publisher asOf average {{ amount currency }} }} }} }}
  {{ postings(search: "engineer", first: 3) {{ totalCount edges {{ node {{ title employer {{ name }} }} }} }} }}
  {{ market(filter: {{countries: ["US"]}}) {{ salaryStatistics(currency: "USD") {{ sampleSize median {{ amount }} }} seekersPerPosting {{ seekersPerPosting }} }} }}

Employers, postings and pay are real (NYC Open Data, USAJOBS); their dates are moved so that some are open today.
Job seekers and applications are synthetic.
"#
    )
}
