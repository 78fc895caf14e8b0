use crate::state::State;
pub struct Front;
impl Front {
    pub fn new(_: &State) -> anyhow::Result<Self> {
        Ok(Self)
    }
    pub fn sdl(&self) -> String {
        String::new()
    }
    pub fn routes(&self) -> axum::Router {
        axum::Router::new()
    }
}
