//! The arguments that every list has, written once.

/// Declares an object of lists. Each field has the four arguments of a page, then those of its own with their
/// descriptions; its body gets the context and the page, and the object if it names it.
macro_rules! lists {
    ($(#[$doc:meta])* $object:ident { $(
        $(#[$field_doc:meta])*
        $field:ident($($argument:ident: $type:ty = $description:tt),* $(,)?) -> $list:ty =
            |$ctx:ident, $page:ident $(, $this:ident)?| $read:expr;
    )+ }) => {
        $(#[$doc])*
        #[async_graphql::Object]
        impl $object {
            $(
                $(#[$field_doc])*
                async fn $field(
                    &self,
                    $ctx: &async_graphql::Context<'_>,
                    #[graphql(desc = "How many from the beginning, 1 to 100; 20 if neither `first` nor `last` is given.")]
                    first: Option<i32>,
                    #[graphql(desc = "Only those behind this cursor.")] after: Option<String>,
                    #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
                    #[graphql(desc = "Only those in front of this cursor.")] before: Option<String>,
                    $(#[graphql(desc = $description)] $argument: $type,)*
                ) -> async_graphql::Result<$list> {
                    $(let $this = self;)?
                    let $page = &$crate::graphql::connection::PageArguments { first, after, last, before };
                    $read.await
                }
            )+
        }
    };
}
pub(crate) use lists;
