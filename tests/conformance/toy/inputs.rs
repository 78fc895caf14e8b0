//! Inputs of the toy schema, and how it tells what it was given.

use async_graphql::{
    Enum, ID, InputObject, InputValueError, InputValueResult, MaybeUndefined, OneofObject, Scalar, ScalarType, Value,
};
use serde_json::{Value as Json, json};

fn matches(value: &Json, pattern: impl Fn(&str) -> bool, expected: &str) -> Result<(), String> {
    match value {
        Json::String(text) if pattern(text) => Ok(()),
        _ => Err(format!("expected {expected}")),
    }
}

/// Ten characters: four digits, two, two, with dashes.
pub fn local_date(value: &Json) -> Result<(), String> {
    let shape = |text: &str| {
        text.len() == 10
            && text.bytes().enumerate().all(|(index, byte)| match index {
                4 | 7 => byte == b'-',
                _ => byte.is_ascii_digit(),
            })
    };
    matches(value, shape, "a date such as 2026-01-31")
}

/// Digits with at most one point inside.
pub fn decimal(value: &Json) -> Result<(), String> {
    let shape = |text: &str| {
        let unsigned = text.strip_prefix('-').unwrap_or(text);
        let (whole, rest) = unsigned.split_once('.').unwrap_or((unsigned, "0"));
        let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        digits(whole) && digits(rest)
    };
    matches(value, shape, "a decimal such as 12.50")
}

macro_rules! text_scalar {
    ($(#[$doc:meta])* $name:ident, $url:literal, $check:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug)]
        pub struct $name(pub String);

        #[Scalar(specified_by_url = $url)]
        impl ScalarType for $name {
            fn parse(value: Value) -> InputValueResult<Self> {
                let json = value.into_json()?;
                $check(&json).map_err(InputValueError::custom)?;
                Ok(Self(json.as_str().unwrap_or_default().to_owned()))
            }

            fn to_value(&self) -> Value {
                Value::String(self.0.clone())
            }
        }
    };
}

text_scalar!(
    /// A calendar date.
    LocalDate,
    "https://example.org/local-date",
    local_date
);
text_scalar!(
    /// A decimal number as text.
    Decimal,
    "https://example.org/decimal",
    decimal
);

/// Anything at all.
#[derive(Clone, Debug)]
pub struct Anything(pub Value);

/// Anything at all.
#[Scalar]
impl ScalarType for Anything {
    fn parse(value: Value) -> InputValueResult<Self> {
        Ok(Self(value))
    }

    fn to_value(&self) -> Value {
        self.0.clone()
    }
}

/// Colours.
#[derive(Enum, Copy, Clone, Debug, PartialEq, Eq)]
pub enum Color {
    /// Red.
    Red,
    Green,
    /// Blue.
    #[graphql(deprecation = "out of fashion")]
    Blue,
}

pub(super) fn color(color: Color) -> Json {
    match color {
        Color::Red => json!("RED"),
        Color::Green => json!("GREEN"),
        Color::Blue => json!("BLUE"),
    }
}

/// A box of inputs.
#[derive(InputObject, Clone)]
pub struct Parcel {
    /// Needed.
    weight: i32,
    label: MaybeUndefined<String>,
    #[graphql(default = 7)]
    count: i32,
    #[graphql(default_with = "Some(Color::Green)")]
    color: Option<Color>,
    sizes: Option<Vec<i32>>,
    grid: Option<Vec<Option<Vec<i32>>>>,
    inner: Option<Box<Parcel>>,
    place: Option<Place>,
    id: Option<ID>,
    date: Option<LocalDate>,
    price: Option<f64>,
    anything: Option<Anything>,
}

pub(super) fn number(float: f64) -> Json {
    #[expect(clippy::cast_possible_truncation, reason = "whole numbers in the test are small")]
    let whole = float as i64;
    #[expect(clippy::cast_precision_loss, reason = "whole numbers in the test are small")]
    let exact = (whole as f64 - float).abs() < f64::EPSILON;
    if exact { json!(whole) } else { json!(float) }
}

pub(super) fn parcel(parcel: &Parcel) -> Json {
    let mut fields = serde_json::Map::new();
    fields.insert("weight".into(), json!(parcel.weight));
    match &parcel.label {
        MaybeUndefined::Undefined => {}
        MaybeUndefined::Null => {
            fields.insert("label".into(), Json::Null);
        }
        MaybeUndefined::Value(label) => {
            fields.insert("label".into(), json!(label));
        }
    }
    fields.insert("count".into(), json!(parcel.count));
    fields.insert("color".into(), parcel.color.map_or(Json::Null, color));
    fields.insert("sizes".into(), json!(parcel.sizes));
    fields.insert("grid".into(), json!(parcel.grid));
    fields.insert("inner".into(), parcel.inner.as_deref().map_or(Json::Null, self::parcel));
    fields.insert("place".into(), parcel.place.as_ref().map_or(Json::Null, place));
    fields.insert("id".into(), json!(parcel.id.as_ref().map(|id| id.0.clone())));
    fields.insert("date".into(), json!(parcel.date.as_ref().map(|date| date.0.clone())));
    fields.insert("price".into(), parcel.price.map_or(Json::Null, number));
    Json::Object(fields)
}

/// One of these.
#[derive(OneofObject, Clone)]
pub enum Place {
    City(String),
    Code(i32),
    Near(Point),
}

/// A point.
#[derive(InputObject, Clone)]
pub struct Point {
    x: f64,
    y: Option<f64>,
}

pub(super) fn place(place: &Place) -> Json {
    match place {
        Place::City(city) => json!({ "city": city }),
        Place::Code(code) => json!({ "code": code }),
        Place::Near(point) => json!({ "near": { "x": number(point.x), "y": point.y.map(number) } }),
    }
}
