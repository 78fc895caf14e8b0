pub mod market;
pub mod money;
