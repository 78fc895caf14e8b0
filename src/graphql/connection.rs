//! The one helper behind every list: Relay connections over keyset pages.

use std::borrow::Cow;

use async_graphql::connection::{EmptyFields, PageInfo};
use async_graphql::{Object, ObjectType, OutputType, TypeName};
use sea_orm::sea_query::{Alias, Expr, ExprTrait, Query as SqlQuery};
use sea_orm::{ConnectionTrait, EntityTrait, FromQueryResult, QuerySelect, QueryTrait, Select};
use tokio::sync::OnceCell;

use super::errors::{bad_argument, coded, internal};
use crate::db::Reads;
use crate::pagination::{self, Cursor, CursorSeal, Keyset, Page, Window};

/// Rows of a page when the client does not say.
pub const DEFAULT_PAGE: u64 = 20;
/// Rows of a page at the most.
pub const MAX_PAGE: u64 = 100;
/// How far a total is counted.
pub const COUNT_LIMIT: u64 = 10_000;

/// A page of a list (Relay's cursor connections). There is no `nodes` shortcut, through which client caches lose items.
#[derive(Debug)]
pub struct List<Node, Fields = TotalCount, EdgeFields = EmptyFields> {
    edges: Vec<ListEdge<Node, EdgeFields>>,
    fields: Fields,
    has_previous: bool,
    has_next: bool,
}

/// A row of a list, with its place there.
#[derive(Debug)]
pub struct ListEdge<Node, EdgeFields = EmptyFields> {
    cursor: String,
    node: Node,
    fields: EdgeFields,
}

/// A page of a list.
#[Object(name_type)]
impl<Node: OutputType, Fields: ObjectType, EdgeFields: ObjectType> List<Node, Fields, EdgeFields> {
    /// The rows of the page, in the order of the list.
    async fn edges(&self) -> &[ListEdge<Node, EdgeFields>] {
        &self.edges
    }

    /// Where the page stands in the list.
    async fn page_info(&self) -> PageInfo {
        PageInfo {
            has_previous_page: self.has_previous,
            has_next_page: self.has_next,
            start_cursor: self.edges.first().map(|edge| edge.cursor.clone()),
            end_cursor: self.edges.last().map(|edge| edge.cursor.clone()),
        }
    }

    #[graphql(flatten)]
    async fn fields(&self) -> &Fields {
        &self.fields
    }
}

impl<Node: OutputType, Fields: ObjectType, EdgeFields: ObjectType> TypeName for List<Node, Fields, EdgeFields> {
    fn type_name() -> Cow<'static, str> {
        format!("{}Connection", Node::type_name()).into()
    }
}

/// A row of a list.
#[Object(name_type)]
impl<Node: OutputType, EdgeFields: ObjectType> ListEdge<Node, EdgeFields> {
    /// The place of the row in the list: for `after` and `before`.
    async fn cursor(&self) -> &str {
        &self.cursor
    }

    /// The row.
    async fn node(&self) -> &Node {
        &self.node
    }

    #[graphql(flatten)]
    async fn fields(&self) -> &EdgeFields {
        &self.fields
    }
}

impl<Node: OutputType, EdgeFields: ObjectType> TypeName for ListEdge<Node, EdgeFields> {
    fn type_name() -> Cow<'static, str> {
        format!("{}Edge", Node::type_name()).into()
    }
}

/// Which part of a list is wanted, as the client says it.
#[derive(Clone, Debug, Default)]
pub struct PageArguments {
    /// Rows from the beginning of the range.
    pub first: Option<i32>,
    /// Only rows behind this cursor.
    pub after: Option<String>,
    /// Rows from the end of the range.
    pub last: Option<i32>,
    /// Only rows in front of this cursor.
    pub before: Option<String>,
}

impl PageArguments {
    /// Reads the arguments for a list in the given ordering.
    ///
    /// # Errors
    /// `BAD_USER_INPUT` for numbers and cursors that make no sense, `CURSOR_MISMATCH` for those of another ordering.
    pub fn window(&self, seal: &CursorSeal, keyset: &Keyset) -> async_graphql::Result<Window> {
        if self.first.is_some() && self.last.is_some() {
            return Err(bad_argument("last", "give either `first` or `last`, not both."));
        }
        let limit = match (self.first, self.last) {
            (Some(first), _) => page_size("first", first)?,
            (None, Some(last)) => page_size("last", last)?,
            (None, None) => DEFAULT_PAGE,
        };
        let after = cursor("after", self.after.as_deref(), seal, keyset)?;
        let before = cursor("before", self.before.as_deref(), seal, keyset)?;
        Ok(Window { limit, from_end: self.last.is_some(), after, before })
    }
}

/// Reads a page size: 1 to 100. More is an error, never a silent cut.
///
/// # Errors
/// `BAD_USER_INPUT` at the argument.
pub fn page_size(argument: &str, size: i32) -> async_graphql::Result<u64> {
    match u64::try_from(size) {
        Ok(size @ 1..=MAX_PAGE) => Ok(size),
        _ => Err(bad_argument(argument, "it takes 1 to 100.")),
    }
}

fn cursor(
    argument: &str,
    text: Option<&str>,
    seal: &CursorSeal,
    keyset: &Keyset,
) -> async_graphql::Result<Option<Cursor>> {
    let Some(text) = text else { return Ok(None) };
    let Some(cursor) = seal.open(text) else {
        return Err(bad_argument(argument, "this is not a cursor of this server."));
    };
    if cursor.fits(keyset) {
        Ok(Some(cursor))
    } else {
        Err(coded(
            "CURSOR_MISMATCH",
            format!("Argument `{argument}`: this cursor belongs to another list or ordering."),
        ))
    }
}

/// Reads one page of a query as a connection with its total.
///
/// # Errors
/// See [`PageArguments::window`]; or the database failed.
pub async fn list<E, Node>(
    db: &Reads,
    seal: &CursorSeal,
    select: Select<E>,
    keyset: &Keyset,
    page: &PageArguments,
    node: impl Fn(E::Model) -> Node,
) -> async_graphql::Result<List<Node>>
where
    E: EntityTrait,
    E::Model: FromQueryResult,
    Node: OutputType,
{
    let window = page.window(seal, keyset)?;
    let total = TotalCount::of(db, &select);
    let rows = pagination::fetch(db, select, keyset, &window).await.map_err(internal)?;
    Ok(connection(seal, rows, total, |row| (node(row), EmptyFields)))
}

/// A kind of object that a list grows by when one is made.
pub trait Grown: OutputType + Sized {
    /// The table of its rows.
    type Entity: EntityTrait<Model: FromQueryResult>;
    /// What an edge to it has beside it.
    type EdgeFields: ObjectType;

    /// The object's own row, and the order that the list has when its reader wishes for none.
    fn in_list(&self) -> (Select<Self::Entity>, Keyset);

    /// A row as the list shows it.
    fn edge(row: <Self::Entity as EntityTrait>::Model) -> (Self, Self::EdgeFields);
}

/// The edge of a list that grew.
pub type EdgeOf<Node> = ListEdge<Node, <Node as Grown>::EdgeFields>;

/// The edge by which the object stands in its list. One statement.
///
/// # Errors
/// The database failed.
pub async fn edge_of<Node: Grown>(
    db: &Reads,
    seal: &CursorSeal,
    node: &Node,
) -> async_graphql::Result<Option<EdgeOf<Node>>> {
    let (select, keyset) = node.in_list();
    first_edge(db, seal, select, &keyset, Node::edge).await
}

/// The first edge of a list, which may be another one than that by which the object grows when it is made. One statement.
///
/// # Errors
/// The database failed.
pub async fn first_edge<E, Node, EdgeFields>(
    db: &Reads,
    seal: &CursorSeal,
    select: Select<E>,
    keyset: &Keyset,
    edge: impl Fn(E::Model) -> (Node, EdgeFields),
) -> async_graphql::Result<Option<ListEdge<Node, EdgeFields>>>
where
    E: EntityTrait,
    E::Model: FromQueryResult,
    Node: OutputType,
    EdgeFields: ObjectType,
{
    let first = Window { limit: 1, ..Window::default() };
    let page = pagination::fetch(db, select, keyset, &first).await.map_err(internal)?;
    Ok(connection(seal, page, EmptyFields, edge).edges.into_iter().next())
}

/// Makes a connection of a page.
pub fn connection<M, Node, Fields, EdgeFields>(
    seal: &CursorSeal,
    page: Page<M>,
    fields: Fields,
    edge: impl Fn(M) -> (Node, EdgeFields),
) -> List<Node, Fields, EdgeFields>
where
    Node: OutputType,
    Fields: ObjectType,
    EdgeFields: ObjectType,
{
    let edges = page.rows.into_iter().map(|(cursor, row)| {
        let (node, fields) = edge(row);
        ListEdge { cursor: seal.close(&cursor), node, fields }
    });
    List { edges: edges.collect(), fields, has_previous: page.has_previous, has_next: page.has_next }
}

/// The size of a list, counted only when it is asked for.
#[derive(Debug)]
pub struct TotalCount {
    /// How it is counted, unless it is known.
    query: Option<(Reads, sea_orm::sea_query::SelectStatement)>,
    counted: OnceCell<u64>,
}

impl TotalCount {
    /// The number of rows of a query, up to [`COUNT_LIMIT`].
    #[must_use]
    pub fn of<E: EntityTrait>(db: &Reads, select: &Select<E>) -> Self {
        let rows = select.clone().select_only().expr(Expr::val(1)).limit(COUNT_LIMIT + 1).into_query();
        let count = SqlQuery::select()
            .expr_as(Expr::col(sea_orm::sea_query::Asterisk).count(), Alias::new("total"))
            .from_subquery(rows, Alias::new("counted"))
            .to_owned();
        Self { query: Some((db.clone(), count)), counted: OnceCell::new() }
    }

    /// A number of rows that is known, however large.
    #[must_use]
    pub fn known(count: u64) -> Self {
        Self { query: None, counted: OnceCell::new_with(Some(count)) }
    }

    async fn counted(&self) -> async_graphql::Result<u64> {
        let count = async || {
            let Some((db, count)) = &self.query else { return Ok(0) };
            let row = db.query_one(count).await?;
            let total = row.map(|row| row.try_get::<i64>("", "total")).transpose()?.unwrap_or(0);
            Ok::<_, sea_orm::DbErr>(u64::try_from(total).unwrap_or(0))
        };
        self.counted.get_or_try_init(count).await.copied().map_err(internal)
    }
}

/// The number of rows of a query, up to [`COUNT_LIMIT`]. One statement.
///
/// # Errors
/// The database failed.
pub async fn counted<E: EntityTrait>(db: &Reads, select: &Select<E>) -> async_graphql::Result<i32> {
    let count = TotalCount::of(db, select).counted().await?;
    Ok(i32::try_from(std::cmp::min(count, COUNT_LIMIT)).unwrap_or(i32::MAX))
}

/// The size of a list.
#[Object]
impl TotalCount {
    /// Rows of the whole list. Where `totalCountIsExact` is false there are more of them than were counted.
    async fn total_count(&self) -> async_graphql::Result<i32> {
        let most = if self.query.is_some() { COUNT_LIMIT } else { u64::MAX };
        Ok(i32::try_from(std::cmp::min(self.counted().await?, most)).unwrap_or(i32::MAX))
    }

    /// Whether `totalCount` is the exact size.
    async fn total_count_is_exact(&self) -> async_graphql::Result<bool> {
        Ok(self.query.is_none() || self.counted().await? <= COUNT_LIMIT)
    }
}
