import { auditServer } from 'graphql-http';

/** As many as graphql-http 1.23 has; fewer would mean that some were not run. */
const EXPECTED = 61;

/** GraphQL over HTTP: every MUST, SHOULD and MAY of the specification's own audit. */
export async function audit({ url }, report) {
  const results = await auditServer({ url: new URL('/graphql', url).href, fetchFn: fetch });
  for (const { id, name, status, reason } of results) {
    report.check(`${id} ${name}`, status === 'ok', status === 'ok' ? '' : `${status}: ${reason}`);
  }
  report.check(`all ${EXPECTED} audits ran`, results.length === EXPECTED, `${results.length} ran`);
}
