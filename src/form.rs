//! Fields of an input that may be absent, null or given.

use crate::error::{Code, Refusals};

/// What an input says about a field.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Change<T> {
    /// Nothing: the field stays as it is.
    #[default]
    Keep,
    /// Null: the field is cleared.
    Clear,
    /// A value.
    Set(T),
}

impl<T> Change<T> {
    /// The value, if one was given.
    pub fn given(self) -> Option<T> {
        match self {
            Self::Set(value) => Some(value),
            Self::Keep | Self::Clear => None,
        }
    }

    /// The value by reference, if one was given.
    pub const fn as_given(&self) -> Option<&T> {
        match self {
            Self::Set(value) => Some(value),
            Self::Keep | Self::Clear => None,
        }
    }

    /// The field after the change.
    pub fn over(self, present: Option<T>) -> Option<T> {
        match self {
            Self::Keep => present,
            Self::Clear => None,
            Self::Set(value) => Some(value),
        }
    }

    /// Reads the value, if one was given.
    ///
    /// # Errors
    /// What reading it failed with.
    pub fn try_map<U, E>(self, read: impl FnOnce(T) -> Result<U, E>) -> Result<Change<U>, E> {
        Ok(match self {
            Self::Keep => Change::Keep,
            Self::Clear => Change::Clear,
            Self::Set(value) => Change::Set(read(value)?),
        })
    }
}

impl<T> Change<Vec<T>> {
    /// The list that replaces the present one, if there is to be another; one of more than `max` items is refused at
    /// `path`.
    pub fn replacing(self, path: &str, max: usize, refusals: &mut Refusals) -> Option<Vec<T>> {
        match self {
            Self::Keep => None,
            Self::Clear => Some(Vec::new()),
            Self::Set(items) if items.len() > max => {
                refusals.add(Code::TooLong, path, format!("At most {max} items."));
                None
            }
            Self::Set(items) => Some(items),
        }
    }
}

impl<T> From<Option<T>> for Change<T> {
    /// A field of a new object: absent and null are the same.
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Keep, Self::Set)
    }
}
