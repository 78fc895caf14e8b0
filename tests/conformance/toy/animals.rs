//! Animals: types of one interface or union that fail in different ways.

#![expect(clippy::duplicated_attributes, reason = "the fields of an interface have types and arguments alike")]

use async_graphql::{Error, ID, Interface, Object, Union};

use super::{Thing, failed};

/// Something with an id.
#[derive(Interface)]
#[graphql(
    field(name = "id", ty = "ID"),
    field(name = "name", ty = "Option<String>"),
    field(name = "narrow", ty = "Option<i32>"),
    field(name = "must", ty = "i32"),
    field(name = "sibling", ty = "Option<Node>"),
    field(name = "echo", ty = "Option<String>", arg(name = "v", ty = "Option<i32>"))
)]
pub enum Node {
    Dog(Dog),
    Cat(Cat),
    Robot(Robot),
}

/// Something with a name.
#[derive(Interface)]
#[graphql(field(name = "name", ty = "Option<String>"))]
pub enum Named {
    Dog(Dog),
    Robot(Robot),
}

/// Animals at home.
#[derive(Union)]
pub enum Pet {
    Dog(Dog),
    Cat(Cat),
}

/// A dog barks and fails where it must not.
pub struct Dog(pub i32);
/// A cat meows and fails where it may.
pub struct Cat(pub i32);
/// A robot always works.
pub struct Robot(pub i32);

pub fn node(index: i32) -> Option<Node> {
    match index.rem_euclid(4) {
        0 => Some(Node::Dog(Dog(index))),
        1 => Some(Node::Cat(Cat(index))),
        2 => Some(Node::Robot(Robot(index))),
        _ => None,
    }
}

pub fn pet(index: i32) -> Pet {
    if index.rem_euclid(2) == 0 { Pet::Dog(Dog(index)) } else { Pet::Cat(Cat(index)) }
}

fn echo_int(v: Option<i32>) -> String {
    v.map_or("null".to_owned(), |v| v.to_string())
}

/// A dog barks and fails where it must not.
#[Object]
impl Dog {
    async fn id(&self) -> ID {
        ID(format!("dog_{}", self.0))
    }
    async fn name(&self) -> Option<String> {
        tokio::task::yield_now().await;
        Some("Rex".into())
    }
    async fn narrow(&self) -> Result<i32, Error> {
        failed()
    }
    async fn must(&self) -> i32 {
        self.0
    }
    async fn sibling(&self) -> Option<Node> {
        node(self.0 + 1)
    }
    async fn echo(&self, v: Option<i32>) -> Option<String> {
        Some(echo_int(v))
    }
    async fn barks(&self) -> bool {
        true
    }
    async fn owner(&self) -> Thing {
        Thing(self.0)
    }
    async fn toys(&self) -> Vec<Thing> {
        (0..3).map(Thing).collect()
    }
}

/// A cat meows and fails where it may.
#[Object]
impl Cat {
    async fn id(&self) -> ID {
        ID(format!("cat_{}", self.0))
    }
    async fn name(&self) -> Result<Option<String>, Error> {
        failed()
    }
    async fn narrow(&self) -> Result<Option<i32>, Error> {
        failed()
    }
    async fn must(&self) -> Result<i32, Error> {
        failed()
    }
    async fn sibling(&self) -> Option<Node> {
        node(self.0 + 1)
    }
    async fn echo(&self, v: Option<i32>) -> Option<String> {
        Some(echo_int(v))
    }
    async fn meows(&self) -> Option<bool> {
        Some(false)
    }
    async fn owner(&self) -> Result<Option<Thing>, Error> {
        tokio::task::yield_now().await;
        failed()
    }
}

/// A robot always works.
#[Object]
impl Robot {
    async fn id(&self) -> ID {
        ID(format!("robot_{}", self.0))
    }
    async fn name(&self) -> Option<String> {
        None
    }
    async fn narrow(&self) -> Option<i32> {
        Some(self.0)
    }
    async fn must(&self) -> i32 {
        self.0
    }
    async fn sibling(&self) -> Option<Node> {
        node(self.0 + 1)
    }
    async fn echo(&self, v: Option<i32>) -> Option<String> {
        Some(echo_int(v))
    }
    async fn serial(&self) -> i32 {
        self.0
    }
}
