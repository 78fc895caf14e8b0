//! Subscriptions in the graph. A subscription is executed once to begin it, which says what it listens to, and then once
//! for each event: with the viewer, the instant and the loaders of that moment, as a query would be.

use std::sync::{Arc, OnceLock};

use async_graphql::futures_util::stream::{self, Iter};
use async_graphql::{Context, ID, Subscription};
use sea_orm::{ColumnTrait, QueryFilter};
use uuid::Uuid;

use super::Topic;
use crate::applications::graphql::Application;
use crate::applications::loaders::ApplicationById;
use crate::entities::posting;
use crate::graphql::context::Ask;
use crate::graphql::errors::{bad_argument, internal};
use crate::graphql::loads::one;
use crate::ids::{self, Kind};
use crate::market::graphql::Market;
use crate::postings::graphql::{Posting, PostingFilterInput, scope};
use crate::postings::loaders::PostingById;
use crate::saved::graphql::own_search;

/// Why a subscription is executed; part of the data of its request.
#[derive(Debug)]
pub enum Occasion {
    /// It begins. What it listens to is put here.
    Opening(OnceLock<Topic>),
    /// This is the identifier of what changed.
    Event(Uuid),
}

/// What a subscription field gives to async-graphql: what there is to tell now.
type Now<T> = Iter<std::option::IntoIter<T>>;

/// Live changes.
#[derive(Default)]
pub struct LiveSubscription;

/// Live changes.
#[Subscription]
impl LiveSubscription {
    /// A posting became open: it was published, approved, resumed or prolonged, and can be applied to now. One event for
    /// each, in that order.
    async fn posting_published(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which postings; all if absent.")] filter: Option<PostingFilterInput>,
        #[graphql(desc = "Words, each of which must be in the posting as a word or the beginning of one.")]
        search: Option<String>,
    ) -> async_graphql::Result<Now<Posting>> {
        match occasion(ctx)? {
            Occasion::Opening(topic) => {
                let scope = scope(ctx, filter, search.as_deref()).await?;
                Ok(begin(topic, Topic::PostingsOpened(Arc::new(scope))))
            }
            Occasion::Event(id) => {
                let posting = one(ctx.loads(), PostingById(*id)).await?.map(Posting);
                Ok(tell(posting.filter(|posting| posting.is_visible(ctx))))
            }
        }
    }

    /// An application was made, moved or changed. For its candidate and for the members of the employer; changes that
    /// follow each other quickly may be told as one.
    async fn application_changed(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which application; all that the viewer may see if absent.")] application_id: Option<ID>,
    ) -> async_graphql::Result<Now<Application>> {
        match occasion(ctx)? {
            Occasion::Opening(topic) => {
                let account_id = ctx.viewer().require()?.account.id;
                let only = match application_id {
                    Some(id) => Some(visible_application(ctx, &id).await?),
                    None => None,
                };
                Ok(begin(topic, Topic::Applications { account_id, only }))
            }
            Occasion::Event(id) => {
                let Some(changed) = one(ctx.loads(), ApplicationById(*id)).await?.map(Application) else {
                    return Ok(tell(None));
                };
                Ok(tell(changed.side(ctx).await?.map(|_| changed)))
            }
        }
    }

    /// A posting that meets a saved search of the viewer became open, as in `postingPublished`. When the search is changed,
    /// what no longer meets it is not told; what meets it only then is told to those who subscribe afterwards.
    async fn saved_search_matched(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which saved search.")] id: ID,
    ) -> async_graphql::Result<Now<Posting>> {
        ctx.viewer().require()?;
        let search = match ids::decode(Kind::SavedSearch, &id) {
            Some(id) => own_search(ctx, id).await?,
            None => None,
        };
        match occasion(ctx)? {
            Occasion::Opening(topic) => {
                let search = search.ok_or_else(|| bad_argument("id", "there is no such saved search."))?;
                let scope = search.scope(ctx).await?;
                Ok(begin(topic, Topic::PostingsOpened(Arc::new(scope))))
            }
            Occasion::Event(id) => {
                let Some(search) = search else { return Ok(tell(None)) };
                let posting = search.scope(ctx).await?.open(ctx.now()).filter(posting::Column::Id.eq(*id));
                Ok(tell(posting.one(ctx.reads()).await.map_err(internal)?.map(Posting)))
            }
        }
    }

    /// Postings, candidates or applications changed, and with them perhaps the figures of a market. There is some time
    /// between two events, however much changes.
    async fn market_changed(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which postings make the market; all if absent.")] filter: Option<PostingFilterInput>,
        #[graphql(desc = "Words, each of which must be in the posting as a word or the beginning of one.")]
        search: Option<String>,
    ) -> async_graphql::Result<Now<Market>> {
        // What an argument names is looked up at each event: seldom, and as it is then.
        let scope = scope(ctx, filter, search.as_deref()).await?;
        match occasion(ctx)? {
            Occasion::Opening(topic) => Ok(begin(topic, Topic::Market)),
            Occasion::Event(_) => Ok(tell(Some(Market::of(ctx, &scope)))),
        }
    }
}

fn occasion<'c>(ctx: &'c Context<'_>) -> async_graphql::Result<&'c Occasion> {
    ctx.data::<Arc<Occasion>>().map(|occasion| &**occasion)
}

fn begin<T>(topic: &OnceLock<Topic>, listens_to: Topic) -> Now<T> {
    // Validation leaves one field to a subscription, so nothing is there already.
    let _ = topic.set(listens_to);
    tell(None)
}

fn tell<T>(item: Option<T>) -> Now<T> {
    stream::iter(item)
}

/// An application that the viewer may see. Hidden ones are told like absent ones.
async fn visible_application(ctx: &Context<'_>, id: &ID) -> async_graphql::Result<Uuid> {
    let not_found = || bad_argument("applicationId", "there is no such application.");
    let id = ids::decode(Kind::Application, id).ok_or_else(not_found)?;
    let found = one(ctx.loads(), ApplicationById(id)).await?.map(Application).ok_or_else(not_found)?;
    found.side(ctx).await?.map(|_| id).ok_or_else(not_found)
}
