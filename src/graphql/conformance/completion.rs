//! The answer put right: the specification's `CompleteValue`, done afterwards.
//!
//! async-graphql leaves a failed field out of its object and notes the error, whatever the field's type. Where the
//! schema's types say so, a failed field is null, and where it may not be null its object is, or its list's item,
//! up to the whole of `data`. An answer also comes in the order in which its fields were ready, and is told here in
//! the order of the selection. An answer that is right already is only read.

use async_graphql::{Name as Key, PathSegment, Response, ServerError, Value, Variables, indexmap::IndexMap};

use super::{
    RefusalKind, introspection,
    plan::{Selection, Shape, Slot, includes},
    refusal::coded,
    types::Types,
};

/// What is told of `@skip(if: null)`.
const NULL_CONDITION: &str = "Argument \"if\" of non-null type \"Boolean!\" must not be null.";

/// A null on its way up to the nearest place that may be null.
struct Propagate;

type Completed = Result<(), Propagate>;

/// Errors of an answer by the place they belong to.
#[derive(Default)]
struct Faults {
    here: Vec<ServerError>,
    below: Vec<(PathSegment, Faults)>,
}

impl Faults {
    fn of(errors: Vec<ServerError>) -> Self {
        let mut root = Self::default();
        for error in errors {
            let mut place = &mut root;
            for segment in &error.path {
                let known = place.below.iter().position(|(known, _)| known == segment);
                let index = known.unwrap_or_else(|| {
                    place.below.push((segment.clone(), Self::default()));
                    place.below.len() - 1
                });
                place = &mut place.below[index].1;
            }
            place.here.push(error);
        }
        root
    }

    /// Takes the errors below one segment.
    fn take(&mut self, matches: impl Fn(&PathSegment) -> bool) -> Option<Self> {
        let index = self.below.iter().position(|(segment, _)| matches(segment))?;
        Some(self.below.swap_remove(index).1)
    }

    /// Every error of this place and below it.
    fn all(self) -> Vec<ServerError> {
        let below = self.below.into_iter().flat_map(|(_, faults)| faults.all());
        self.here.into_iter().chain(below).collect()
    }

    fn take_field(&mut self, name: &Key) -> Option<Self> {
        self.take(|segment| matches!(segment, PathSegment::Field(field) if field == name.as_str()))
    }

    fn take_item(&mut self, index: usize) -> Option<Self> {
        self.take(|segment| matches!(segment, PathSegment::Index(item) if *item == index))
    }
}

/// A place in the answer, as a chain up the stack: it is only written out for an error.
#[derive(Clone, Copy)]
enum Place<'p> {
    Root,
    Field(&'p Place<'p>, &'p str),
    Item(&'p Place<'p>, usize),
}

impl Place<'_> {
    fn path(&self) -> Vec<PathSegment> {
        let mut path = match self {
            Self::Root => return Vec::new(),
            Self::Field(parent, _) | Self::Item(parent, _) => parent.path(),
        };
        match self {
            Self::Root => {}
            Self::Field(_, name) => path.push(PathSegment::Field((*name).to_owned())),
            Self::Item(_, index) => path.push(PathSegment::Index(*index)),
        }
        path
    }
}

/// Puts `data` and `errors` right by the selection that was executed.
pub(super) fn complete(response: &mut Response, selection: &Selection, types: &Types, variables: &Variables) {
    let mut faults = (!response.errors.is_empty()).then(|| Faults::of(std::mem::take(&mut response.errors)));
    let pathless = faults.as_mut().map(|faults| std::mem::take(&mut faults.here)).unwrap_or_default();
    let ran = pathless.is_empty() || response.data != Value::Null;
    let mut completion = Completion { errors: Vec::new(), pathless, types, variables };
    if ran || faults.as_ref().is_some_and(|faults| !faults.below.is_empty()) {
        if completion.object(&mut response.data, selection, faults.as_mut(), &Place::Root).is_err() {
            response.data = Value::Null;
        } else if completion.errors.is_empty() {
            // An error whose place is not in the selection is still an error.
            completion.errors.extend(faults.into_iter().flat_map(Faults::all));
        }
    }
    response.errors = completion.errors;
    // What is left belongs to fields that were given up with their parents.
    if response.errors.is_empty() {
        response.errors = completion.pathless;
    }
}

/// One answer while it is completed.
struct Completion<'c> {
    types: &'c Types,
    variables: &'c Variables,
    errors: Vec<ServerError>,
    /// Errors without a path: those of a field that is resolved through an interface. They are given to the fields
    /// of their position that are missing.
    pathless: Vec<ServerError>,
}

impl Completion<'_> {
    /// Completes the fields of an object in the order of the selection. The first field that must not be null and
    /// is ends it, as nothing after it would have been executed.
    fn object(
        &mut self,
        value: &mut Value,
        selection: &Selection,
        mut faults: Option<&mut Faults>,
        place: &Place<'_>,
    ) -> Completed {
        if !matches!(value, Value::Object(_)) {
            *value = Value::Object(IndexMap::new());
        }
        let Value::Object(fields) = value else {
            return Ok(());
        };
        let object = object_type(selection, fields);
        if includes(&selection.null_condition, object.as_deref()) {
            self.errors.push(faulty(NULL_CONDITION, place));
            return Err(Propagate);
        }
        let mut at = 0;
        for slot in selection.slots.iter().filter(|slot| slot.is_for(object.as_deref())) {
            if let Some(meta) = slot.meta.as_ref().filter(|meta| meta.is_entry()) {
                fields.insert(slot.key.clone(), introspection::answer(slot, meta, self.types, self.variables));
            }
            let was_there = bring(fields, &slot.key, at);
            let mut below = faults.as_deref_mut().and_then(|faults| faults.take_field(&slot.key));
            let place = Place::Field(place, slot.key.as_str());
            if !was_there && below.is_none() {
                below = self.claim(slot, &place);
            }
            if let Some(fault) = &slot.fault {
                let mut error = faulty(fault, &place);
                error.locations.push(slot.position);
                self.errors.push(error);
                settled(&slot.shape)?;
            } else if let Some((_, field)) = fields.get_index_mut(at) {
                self.value(field, &slot.shape, slot, below, &place)?;
            }
            at += 1;
        }
        fields.truncate(at);
        Ok(())
    }

    /// Completes one value. Fails when it is null and must not be.
    fn value(
        &mut self,
        value: &mut Value,
        shape: &Shape,
        slot: &Slot,
        faults: Option<Faults>,
        place: &Place<'_>,
    ) -> Completed {
        let is_null = *value == Value::Null;
        let Some(mut faults) = faults else {
            if is_null {
                return self.null(shape, slot, place);
            }
            return self.present(value, shape, slot, None, place);
        };
        let here = std::mem::take(&mut faults.here);
        if is_null {
            if let Some(error) = here.into_iter().next() {
                self.report(error, slot);
                return settled(shape);
            }
            if slot.children.is_none() || shape.item.is_some() {
                // The whole list is gone with its first failed item.
                for error in faults.all().into_iter().take(1) {
                    self.report(error, slot);
                }
                return settled(shape);
            }
            // Every field of the object failed, and async-graphql made it null for that.
            return self.present(value, shape, slot, Some(&mut faults), place);
        }
        for error in here {
            self.report(error, slot);
        }
        self.present(value, shape, slot, Some(&mut faults), place)
    }

    fn present(
        &mut self,
        value: &mut Value,
        shape: &Shape,
        slot: &Slot,
        mut faults: Option<&mut Faults>,
        place: &Place<'_>,
    ) -> Completed {
        let outcome = match (&shape.item, &slot.children) {
            (Some(item), _) => {
                // A list of plain values without errors and without non-null items has nothing to look at.
                if faults.is_none() && is_plain(slot, item) {
                    return Ok(());
                }
                let Value::List(items) = value else {
                    return Ok(());
                };
                items.iter_mut().enumerate().try_for_each(|(index, inner)| {
                    let below = faults.as_deref_mut().and_then(|faults| faults.take_item(index));
                    self.value(inner, item, slot, below, &Place::Item(place, index))
                })
            }
            (None, Some(children)) => self.object(value, children, faults, place),
            (None, None) if slot.is_int && !fits_int(value) => {
                let message = format!("Int cannot represent the value {value}.");
                self.fault(message, slot, place);
                Err(Propagate)
            }
            (None, None) => Ok(()),
        };
        if outcome.is_err() {
            *value = Value::Null;
            return settled(shape);
        }
        Ok(())
    }

    /// An error without a path that can only be this missing field's.
    fn claim(&mut self, slot: &Slot, place: &Place<'_>) -> Option<Faults> {
        let index = self.pathless.iter().position(|error| error.locations.contains(&slot.position))?;
        let mut error = self.pathless.remove(index);
        error.path = place.path();
        Some(Faults { here: vec![error], below: Vec::new() })
    }

    /// A null nobody explains. Where it must not be, that is a fault of the resolver.
    fn null(&mut self, shape: &Shape, slot: &Slot, place: &Place<'_>) -> Completed {
        if shape.non_null {
            self.fault("Cannot return null for a non-nullable field.".to_owned(), slot, place);
        }
        settled(shape)
    }

    /// A fault found here.
    fn fault(&mut self, message: String, slot: &Slot, place: &Place<'_>) {
        let mut error = ServerError::new(message, Some(slot.position));
        error.path = place.path();
        self.errors.push(error);
    }

    fn report(&mut self, mut error: ServerError, slot: &Slot) {
        if error.locations.is_empty() {
            error.locations.push(slot.position);
        }
        self.errors.push(error);
    }
}

/// A fault of the request that shows only when its place is reached.
fn faulty(message: &str, place: &Place<'_>) -> ServerError {
    let mut error = ServerError::new(message, None);
    error.path = place.path();
    error.extensions = Some(coded(RefusalKind::Input.code()));
    error
}

/// A list whose items nothing is asked of.
fn is_plain(slot: &Slot, item: &Shape) -> bool {
    slot.children.is_none() && !slot.is_int && !item.non_null && item.item.is_none()
}

/// The specification's `Int` has 32 bits.
fn fits_int(value: &Value) -> bool {
    match value {
        Value::Number(number) => number.as_i64().is_some_and(|int| i32::try_from(int).is_ok()),
        _ => true,
    }
}

/// What a null means where this shape stands.
fn settled(shape: &Shape) -> Completed {
    if shape.non_null { Err(Propagate) } else { Ok(()) }
}

/// The object's type where its fields depend on it.
fn object_type(selection: &Selection, fields: &IndexMap<Key, Value>) -> Option<String> {
    let key = selection.type_key.as_ref()?;
    match fields.get(key) {
        Some(Value::String(name)) => Some(name.clone()),
        _ => None,
    }
}

/// Puts the field with this key at this index, as null when it is missing, and tells whether it was there.
fn bring(fields: &mut IndexMap<Key, Value>, key: &Key, at: usize) -> bool {
    if fields.get_index(at).is_some_and(|(known, _)| known == key) {
        return true;
    }
    let known = fields.get_index_of(key);
    let index = known.unwrap_or_else(|| fields.insert_full(key.clone(), Value::Null).0);
    fields.swap_indices(index, at);
    known.is_some()
}
