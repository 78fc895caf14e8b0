import { graphql, usePaginationFragment } from 'react-relay';
import type { PostingsListPaginationQuery } from './__generated__/PostingsListPaginationQuery.graphql';
import type { PostingsList_query$key } from './__generated__/PostingsList_query.graphql';
import { PostingCard } from './PostingCard';

const LIST = graphql`
  fragment PostingsList_query on Query
  @refetchable(queryName: "PostingsListPaginationQuery")
  @argumentDefinitions(
    count: { type: "Int", defaultValue: 20 }
    cursor: { type: "String" }
    filter: { type: "PostingFilter" }
    orderBy: { type: "[PostingOrder!]" }
  ) {
    postings(first: $count, after: $cursor, filter: $filter, orderBy: $orderBy)
      @connection(key: "PostingsList_postings", filters: ["filter", "orderBy"]) {
      totalCount
      edges {
        node {
          id
          ...PostingCard_posting
        }
      }
    }
  }
`;

/** A list that grows page by page. */
export function PostingsList({ page }: { page: PostingsList_query$key }) {
  const { data, loadNext, hasNext, isLoadingNext } = usePaginationFragment<
    PostingsListPaginationQuery,
    PostingsList_query$key
  >(LIST, page);
  return (
    <section>
      <h2>{data.postings.totalCount} postings</h2>
      {data.postings.edges.map(({ node }) => (
        <PostingCard key={node.id} posting={node} />
      ))}
      <button type="button" disabled={!hasNext || isLoadingNext} onClick={() => loadNext(20)}>
        More
      </button>
    </section>
  );
}
