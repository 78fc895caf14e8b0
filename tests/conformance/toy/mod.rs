//! A small schema with a field for every way to fail. `oracle/answer.mjs` has the same resolvers.

#![expect(clippy::unused_async, reason = "resolvers are asynchronous whether they wait or not")]

mod animals;
mod inputs;

use std::sync::atomic::{AtomicI64, Ordering};

use async_graphql::{Context, Error, ID, MaybeUndefined, Object, Schema, Subscription, ValidationMode};
use futures_util::Stream;
use rolecall::graphql::conformance::{Documents, Limits, Scalars};
use serde_json::Value as Json;

use animals::{Cat, Dog, Named, Node, Pet, Robot, node, pet};
use inputs::{Anything, Color, Decimal, LocalDate, Parcel, Place, decimal, local_date, number, parcel, place};

pub type ToySchema = Schema<Query, Mutation, Ticks>;

/// What one request counts.
#[derive(Default)]
pub struct Counter(AtomicI64);

pub fn schema() -> ToySchema {
    Schema::build(Query, Mutation, Ticks)
        .validation_mode(ValidationMode::Fast)
        .limit_recursive_depth(usize::MAX)
        .finish()
}

pub fn sdl(schema: &ToySchema) -> String {
    schema.sdl_with_options(async_graphql::SDLExportOptions::new().include_specified_by())
}

pub fn documents(limits: Limits) -> Documents {
    let scalars = Scalars::new().with("LocalDate", local_date).with("Decimal", decimal);
    Documents::new(&sdl(&schema()), limits, scalars).expect("the toy schema is valid")
}

/// Limits that no generated document meets.
pub fn generous() -> Limits {
    let much = 1_000_000;
    Limits {
        document_bytes: 1 << 20,
        tokens: 1 << 20,
        selections: much,
        aliases: much,
        root_fields: much,
        depth: much,
        introspection_depth: much,
        nesting: 400,
        directives: 1000,
        list_items: 1000,
        cost: u64::MAX,
        ..Limits::default()
    }
}

fn failed<T>() -> Result<T, Error> {
    Err(Error::new("broken"))
}

/// An object whose fields fail as they are named.
pub struct Thing(i32);

/// An object whose fields fail as they are named.
#[Object]
impl Thing {
    async fn ok(&self) -> i32 {
        tokio::task::yield_now().await;
        tokio::task::yield_now().await;
        self.0
    }
    /// Nothing, by right.
    async fn nothing(&self) -> Option<i32> {
        None
    }
    async fn bad(&self) -> Result<i32, Error> {
        failed()
    }
    async fn bad_null(&self) -> Result<Option<i32>, Error> {
        failed()
    }
    /// Fails in every third thing.
    async fn third(&self) -> Result<i32, Error> {
        if self.0 % 3 == 2 { failed() } else { Ok(self.0) }
    }
    /// Fails in every third thing, and may.
    async fn third_null(&self) -> Result<Option<i32>, Error> {
        if self.0 % 3 == 2 { failed() } else { Ok(Some(self.0)) }
    }
    async fn thing(&self) -> Option<Thing> {
        Some(Thing(self.0 + 1))
    }
    async fn thing_must(&self) -> Thing {
        tokio::task::yield_now().await;
        Thing(self.0 + 1)
    }
    async fn thing_bad(&self) -> Result<Option<Thing>, Error> {
        failed()
    }
    async fn thing_bad_must(&self) -> Result<Thing, Error> {
        failed()
    }
    async fn things(&self) -> Option<Vec<Option<Thing>>> {
        Some(vec![Some(Thing(0)), None, Some(Thing(2))])
    }
    async fn things_must(&self) -> Vec<Thing> {
        (1..4).map(Thing).collect()
    }
    async fn things_item(&self) -> Option<Vec<Thing>> {
        Some((1..4).map(Thing).collect())
    }
    async fn things_loose(&self) -> Vec<Option<Thing>> {
        vec![Some(Thing(5)), Some(Thing(6))]
    }
    async fn table(&self) -> Option<Vec<Option<Vec<Thing>>>> {
        Some(vec![Some(vec![Thing(1), Thing(2)]), None, Some(vec![Thing(4)])])
    }
    async fn numbers(&self) -> Vec<i32> {
        vec![1, 2, 3]
    }
    /// The second item fails and must not.
    async fn bad_numbers(&self) -> Option<Vec<Result<i32, Error>>> {
        Some(vec![Ok(1), failed(), Ok(3)])
    }
    /// The second item fails and may.
    async fn bad_numbers_null(&self) -> Vec<Option<Result<i32, Error>>> {
        vec![Some(Ok(1)), Some(failed()), None, Some(Ok(4))]
    }
    async fn bad_list(&self) -> Result<Vec<i32>, Error> {
        failed()
    }
    async fn node(&self, n: Option<i32>) -> Option<Node> {
        node(n.unwrap_or(self.0))
    }
    async fn node_must(&self) -> Node {
        Node::Cat(Cat(1))
    }
    async fn nodes(&self) -> Vec<Option<Node>> {
        (0..5).map(node).collect()
    }
    async fn pet(&self, #[graphql(default = 0)] n: i32) -> Option<Pet> {
        Some(pet(n))
    }
    async fn pets(&self) -> Option<Vec<Pet>> {
        Some((0..3).map(pet).collect())
    }
    async fn pets_bad(&self) -> Option<Vec<Option<Result<Pet, Error>>>> {
        Some(vec![Some(Ok(pet(0))), Some(failed()), Some(Ok(pet(1)))])
    }
    async fn named(&self) -> Option<Named> {
        Some(if self.0 % 2 == 0 { Named::Dog(Dog(self.0)) } else { Named::Robot(Robot(self.0)) })
    }
    async fn nan(&self) -> f64 {
        f64::NAN
    }
    async fn float(&self) -> f64 {
        0.25
    }
    async fn color(&self) -> Color {
        Color::Green
    }
    #[graphql(deprecation = "old")]
    async fn old(&self) -> Option<String> {
        Some("old".into())
    }
}

/// The root.
pub struct Query;

/// The root.
#[Object]
impl Query {
    async fn thing(&self) -> Option<Thing> {
        Some(Thing(0))
    }
    async fn thing_must(&self) -> Thing {
        Thing(1)
    }
    async fn node(&self, n: i32) -> Option<Node> {
        node(n)
    }
    async fn pet(&self) -> Pet {
        pet(0)
    }
    async fn bad_null(&self) -> Result<Option<i32>, Error> {
        failed()
    }
    async fn bad(&self) -> Result<i32, Error> {
        failed()
    }
    async fn fine(&self) -> i32 {
        7
    }
    async fn int(&self, v: MaybeUndefined<i32>) -> String {
        match v {
            MaybeUndefined::Undefined => "absent".into(),
            MaybeUndefined::Null => "null".into(),
            MaybeUndefined::Value(v) => v.to_string(),
        }
    }
    async fn int_must(&self, v: i32) -> i32 {
        v
    }
    async fn int_default(&self, #[graphql(default = 5)] v: i32) -> Option<i32> {
        Some(v)
    }
    async fn int_default_null(&self, #[graphql(default = 5)] v: Option<i32>) -> Option<i32> {
        v
    }
    async fn float(&self, v: Option<f64>) -> String {
        v.map_or(Json::Null, number).to_string()
    }
    async fn text(&self, v: Option<String>) -> Option<String> {
        v
    }
    async fn flag(&self, v: Option<bool>) -> Option<bool> {
        v
    }
    async fn id(&self, v: Option<ID>) -> Option<ID> {
        v
    }
    async fn color(&self, #[graphql(default_with = "Some(Color::Red)")] v: Option<Color>) -> Option<Color> {
        v
    }
    async fn ints(&self, v: Option<Vec<i32>>) -> Option<Vec<i32>> {
        v
    }
    async fn ints_loose(&self, v: Vec<Option<i32>>) -> Vec<Option<i32>> {
        v
    }
    async fn grid(&self, v: Option<Vec<Option<Vec<i32>>>>) -> Option<Vec<Option<Vec<i32>>>> {
        v
    }
    async fn colors(&self, v: Option<Vec<Color>>) -> Option<Vec<Color>> {
        v
    }
    async fn parcel(&self, v: Option<Parcel>) -> String {
        v.as_ref().map_or(Json::Null, parcel).to_string()
    }
    async fn parcels(&self, v: Option<Vec<Parcel>>) -> String {
        v.map_or(Json::Null, |v| v.iter().map(parcel).collect()).to_string()
    }
    async fn place(&self, v: Place) -> String {
        place(&v).to_string()
    }
    async fn date(&self, v: Option<LocalDate>, w: Option<Decimal>) -> Option<LocalDate> {
        drop(w);
        v
    }
    async fn anything(&self, v: Option<Anything>) -> bool {
        v.is_some()
    }
}

/// Changes.
pub struct Mutation;

/// The counter after a change.
pub struct Count(i64);

/// The counter after a change.
#[Object]
impl Count {
    async fn value(&self) -> i64 {
        self.0
    }
    async fn bad(&self) -> Result<i32, Error> {
        failed()
    }
    async fn bad_null(&self) -> Result<Option<i32>, Error> {
        failed()
    }
    async fn query(&self) -> Query {
        Query
    }
}

/// Changes.
#[Object]
impl Mutation {
    /// Adds to the counter.
    async fn bump(&self, ctx: &Context<'_>, #[graphql(default = 1)] by: i32) -> Option<Count> {
        Some(bump(ctx, by))
    }
    async fn bump_must(&self, ctx: &Context<'_>) -> Count {
        bump(ctx, 1)
    }
    async fn bump_bad(&self, ctx: &Context<'_>) -> Result<Option<Count>, Error> {
        bump(ctx, 1);
        failed()
    }
}

fn bump(ctx: &Context<'_>, by: i32) -> Count {
    let by = i64::from(by);
    let counter = ctx.data_unchecked::<std::sync::Arc<Counter>>();
    Count(counter.0.fetch_add(by, Ordering::SeqCst) + by)
}

/// Events.
pub struct Ticks;

/// Events.
#[Subscription]
impl Ticks {
    async fn tick(&self) -> impl Stream<Item = i32> {
        futures_util::stream::iter([1, 2])
    }
    async fn thing(&self) -> impl Stream<Item = Thing> {
        futures_util::stream::iter([Thing(1)])
    }
}
