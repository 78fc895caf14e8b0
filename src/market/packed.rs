//! Many identifiers in one row. What a database takes longest over is handing rows over, so those who share something
//! come as one text: `SELECT role_id, packed(candidate_id) … GROUP BY role_id`.

use sea_orm::sea_query::{BinOper, Expr, ExprTrait, Func, SimpleExpr};
use sea_orm::{DbBackend, DbErr};
use uuid::Uuid;

/// The identifiers of a group, each with the numbers that belong to it, as one text.
pub fn packed(backend: DbBackend, id: SimpleExpr, numbers: impl IntoIterator<Item = SimpleExpr>) -> SimpleExpr {
    let (digits, gather) = match backend {
        DbBackend::Postgres => {
            let bytes = Func::cust("uuid_send").arg(id);
            (Func::cust("encode").args([bytes.into(), Expr::cust("'hex'")]), "string_agg")
        }
        _ => (Func::cust("hex").arg(id), "group_concat"),
    };
    let entry = numbers.into_iter().fold(digits.into(), |entry: SimpleExpr, number| {
        let number = Func::coalesce([number.cast_as("text"), Expr::cust("''")]);
        entry.binary(BinOper::Custom("||"), Expr::cust("','")).binary(BinOper::Custom("||"), number)
    });
    Func::cust(gather).args([entry, Expr::cust("' '")]).into()
}

/// The identifiers of a text that has no numbers.
///
/// # Errors
/// The text was not packed by [`packed`].
pub fn identifiers(text: &str) -> Result<Vec<Uuid>, DbErr> {
    text.split(' ').map(identifier).collect()
}

/// An identifier with two numbers.
pub type Numbered = (Uuid, Option<i32>, Option<i32>);

/// The identifiers of a text, each with its two numbers.
///
/// # Errors
/// The text was not packed by [`packed`].
pub fn with_numbers(text: &str) -> Result<Vec<Numbered>, DbErr> {
    let read = |entry: &str| {
        let mut parts = entry.split(',');
        let id = identifier(parts.next().unwrap_or_default())?;
        let mut number = || match parts.next() {
            None | Some("") => Ok(None),
            Some(digits) => digits.parse().map(Some).map_err(|_| strange(entry)),
        };
        Ok((id, number()?, number()?))
    };
    text.split(' ').map(read).collect()
}

fn identifier(digits: &str) -> Result<Uuid, DbErr> {
    Uuid::try_parse(digits).map_err(|_| strange(digits))
}

fn strange(entry: &str) -> DbErr {
    DbErr::Custom(format!("no packed entry: {entry}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_packed_is_read_back() {
        let (one, other) = (Uuid::from_u128(1), Uuid::from_u128(u128::MAX));
        let text = format!("{} {:X}", one.simple(), other.simple());
        assert_eq!(identifiers(&text), Ok(vec![one, other]));
        let text = format!("{},4,36 {:X},,7", one.simple(), other.simple());
        assert_eq!(with_numbers(&text), Ok(vec![(one, Some(4), Some(36)), (other, None, Some(7))]));
        for wrong in ["", "x", "00000000000000000000000000000001,x,"] {
            assert!(with_numbers(wrong).is_err(), "{wrong}");
        }
    }
}
