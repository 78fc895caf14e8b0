//! From the absent, null and given fields of an input to the changes of a form.

use async_graphql::MaybeUndefined;

use crate::form::Change;

/// What an input says about a field.
pub fn change<T>(field: MaybeUndefined<T>) -> Change<T> {
    match field {
        MaybeUndefined::Undefined => Change::Keep,
        MaybeUndefined::Null => Change::Clear,
        MaybeUndefined::Value(value) => Change::Set(value),
    }
}

/// What an input says about a field, in the words of a form.
pub fn change_into<T: Into<U>, U>(field: MaybeUndefined<T>) -> Change<U> {
    change(field.map_value(Into::into))
}

/// What an input says about a list, in the words of a form.
#[must_use]
pub fn change_list<T: Into<U>, U>(field: MaybeUndefined<Vec<T>>) -> Change<Vec<U>> {
    change(field.map_value(|items| items.into_iter().map(Into::into).collect()))
}
