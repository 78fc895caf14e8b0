//! How clients want postings sorted.

use async_graphql::Enum;

use crate::graphql::errors::bad_argument;
use crate::graphql::order::{OrderDirection, ordering};
use crate::postings::filter::{Order, OrderField, Search};

/// What postings can be sorted by.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "OrderField")]
pub enum PostingOrderField {
    /// How well they fit the search; needs one.
    Relevance,
    /// First publication.
    PublishedAt,
    /// The instant at which they stop being shown.
    ValidThrough,
    /// Best pay of a full-time year, compared in euro at the rate of the publication day.
    Pay,
    /// Title.
    Title,
    /// Last change.
    UpdatedAt,
    /// How well the viewer's skills meet what they ask for; needs a candidate's profile.
    Match,
}

ordering! {
    /// An ordering of postings. What has no value comes last either way.
    PostingOrder by PostingOrderField
}

/// The sort keys of a list: what fits best first where there is a search, and newest first where nothing fits better.
///
/// # Errors
/// `BAD_USER_INPUT` at `orderBy`.
pub(super) fn orders(
    order_by: Option<Vec<PostingOrder>>,
    search: Option<&Search>,
) -> async_graphql::Result<Vec<Order>> {
    let Some(wishes) = order_by.filter(|wishes| !wishes.is_empty()) else {
        let newest = Order { field: OrderField::PublishedAt, descending: true };
        let best = Order { field: OrderField::Relevance, descending: true };
        return Ok(if search.is_some() { vec![best, newest] } else { vec![newest] });
    };
    if wishes.len() > 3 {
        return Err(bad_argument("orderBy", "at most 3 sort keys."));
    }
    let mut orders: Vec<Order> = Vec::with_capacity(wishes.len());
    for wish in wishes {
        let (field, direction): (PostingOrderField, OrderDirection) = wish.into();
        let order = Order { field: field.into(), descending: direction == OrderDirection::Desc };
        if order.field == OrderField::Relevance && search.is_none() {
            return Err(bad_argument("orderBy", "RELEVANCE needs `search`."));
        }
        if orders.iter().any(|earlier| earlier.field == order.field) {
            return Err(bad_argument("orderBy", "name each field once."));
        }
        orders.push(order);
    }
    Ok(orders)
}
