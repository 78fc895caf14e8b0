import { graphql, useRefetchableFragment } from 'react-relay';
import type { PostingCardRefetchQuery } from './__generated__/PostingCardRefetchQuery.graphql';
import type { PostingCard_posting$key } from './__generated__/PostingCard_posting.graphql';

// Refetchable on its own: relay asks `node(id:)` for this one posting.
const CARD = graphql`
  fragment PostingCard_posting on Posting @refetchable(queryName: "PostingCardRefetchQuery") {
    id
    title
    publishedAt
    workplace
    employer {
      id
      name
    }
    pay {
      min {
        amount
        currency
      }
      max {
        amount
        currency
      }
      period
    }
    skillRequirements {
      importance
      skill {
        id
        name
      }
    }
  }
`;

/** One posting in the list, with a button that fetches it anew. */
export function PostingCard({ posting }: { posting: PostingCard_posting$key }) {
  const [data, refetch] = useRefetchableFragment<PostingCardRefetchQuery, PostingCard_posting$key>(CARD, posting);
  const { pay } = data;
  return (
    <article>
      <h3>{data.title}</h3>
      <p>
        {data.employer?.name} · {data.workplace}
        {pay?.min && ` · from ${pay.min.amount} ${pay.min.currency} a ${pay.period}`}
      </p>
      <ul>
        {data.skillRequirements.map(({ skill, importance }) => (
          <li key={skill.id}>
            {skill.name} ({importance})
          </li>
        ))}
      </ul>
      <button type="button" onClick={() => refetch({}, { fetchPolicy: 'store-and-network' })}>
        Refresh
      </button>
    </article>
  );
}
