use crate::config::{Config, Settings};
pub fn settings(s: Settings) -> anyhow::Result<Settings> {
    Ok(s)
}
pub async fn run(_: Config) -> anyhow::Result<()> {
    Ok(())
}
