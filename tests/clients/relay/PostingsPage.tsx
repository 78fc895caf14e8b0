import { Suspense } from 'react';
import { graphql, useLazyLoadQuery } from 'react-relay';
import type { PostingsPageQuery } from './__generated__/PostingsPageQuery.graphql';
import { PostingsList } from './PostingsList';

const PAGE = graphql`
  query PostingsPageQuery($count: Int!, $cursor: String, $filter: PostingFilter, $orderBy: [PostingOrder!]) {
    ...PostingsList_query @arguments(count: $count, cursor: $cursor, filter: $filter, orderBy: $orderBy)
  }
`;

/** A page of a job site: the open postings of one role, newest first. */
export function PostingsPage({ role }: { role: string }) {
  const page = useLazyLoadQuery<PostingsPageQuery>(PAGE, {
    count: 20,
    filter: { roles: [role] },
    orderBy: [{ field: 'PUBLISHED_AT', direction: 'DESC' }],
  });
  return (
    <Suspense fallback="Loading…">
      <PostingsList page={page} />
    </Suspense>
  );
}
