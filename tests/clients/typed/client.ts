// What a frontend writes on top of the generated documents. It is type-checked and never run: a field that changes its
// type or nullability breaks one of these lines.
import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { CandidateUpdateDocument, MarketDocument, PostingListDocument, RolePageDocument } from '../.generated/codegen/graphql';

/** What any client library offers: a document and its variables in, its result out. */
type Run = <Result, Variables>(document: TypedDocumentNode<Result, Variables>, variables: Variables) => Promise<Result>;

/** Titles with their pay as text; absent pay is left out. */
export async function payLines(run: Run): Promise<string[]> {
  const { postings } = await run(PostingListDocument, {
    first: 20,
    filter: { countries: ['US'], payAtLeast: { amount: '100000', currency: 'USD' } },
    orderBy: [{ field: 'PUBLISHED_AT', direction: 'DESC' }],
  });
  const total: number = postings.totalCount;
  const lines = postings.edges.flatMap(({ node }): string[] => {
    const amount: string | undefined = node.pay?.min?.amount;
    return amount === undefined ? [] : [`${node.title}: ${amount}`];
  });
  return [`${total} postings`, ...lines];
}

/** Amounts are exact decimal strings, never floating point. */
export async function medianPay(run: Run): Promise<string | null> {
  const { market } = await run(MarketDocument, { currency: 'USD' });
  const statistics = market.salaryStatistics;
  return statistics.suppressed ? null : (statistics.median?.amount ?? null);
}

/** Published figures come with their publisher. */
export async function publishers(run: Run, slug: string): Promise<string[]> {
  const { role } = await run(RolePageDocument, { slug });
  return role?.citedSalaries.map(({ publisher }) => publisher) ?? [];
}

/** An update names what changes, and answers with what a person can mend. */
export async function renameProfile(run: Run, headline: string): Promise<readonly string[]> {
  const { candidateUpdate } = await run(CandidateUpdateDocument, { input: { headline } });
  return (candidateUpdate?.userErrors ?? []).map(({ message }) => message);
}
