//! Money: currencies of ISO 4217, amounts as whole minor units, and the pay of a posting.
//!
//! Amounts are parsed from decimal strings without passing through a floating-point number, so what an employer wrote
//! is what is stored and printed.

mod amount;
mod currency;
mod iso4217;
mod pay;

pub use amount::{AMOUNT_LIMIT, AmountError, format_amount, parse_amount};
pub use currency::{Currency, UnknownCurrency};
pub use pay::{Pay, PayError, PayInput, PayPeriod, PayRange};
