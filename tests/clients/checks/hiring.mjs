import { randomUUID } from 'node:crypto';

const REGISTER = `mutation Register($input: AccountRegisterInput!) {
  accountRegister(input: $input) { session { accessToken } userErrors { message } }
}`;
const LOG_IN = `mutation LogIn($input: SessionCreateInput!) {
  sessionCreate(input: $input) { session { accessToken } userErrors { message } }
}`;
const FOUND = `mutation Found($input: EmployerCreateInput!) {
  employerCreate(input: $input) { employer { id } userErrors { message } }
}`;
const VERIFY = `mutation Verify($input: EmployerVerifyInput!) {
  employerVerify(input: $input) { employer { id } userErrors { message } }
}`;
const DRAFT = `mutation Draft($input: PostingCreateInput!) {
  postingCreate(input: $input) { posting { id version } userErrors { message path } }
}`;
const PUBLISH = `mutation Publish($input: PostingPublishInput!) {
  postingPublish(input: $input) { posting { id status } userErrors { message } }
}`;

/** Runs a mutation and gives what it made; throws with the server's words when it refuses. */
async function act(url, token, query, input) {
  const response = await fetch(new URL('/graphql', url), {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) },
    body: JSON.stringify({ query, variables: { input } }),
  });
  const { data, errors } = await response.json();
  const payload = data && Object.values(data)[0];
  const refusal = errors?.[0]?.message ?? payload?.userErrors[0]?.message;
  if (refusal) throw new Error(refusal);
  return payload;
}

/** An account of its own for this run, signed in; its address is new every time. */
export async function register(url) {
  const email = `clients-${randomUUID()}@example.org`;
  const password = `${randomUUID()} horse battery`;
  const { session } = await act(url, null, REGISTER, { email, password, name: 'Client Check' });
  return { email, password, token: session.accessToken };
}

/** A verified employer that can publish postings; an administrator's log-in is needed for that. */
export async function verifiedEmployer(url, administrator) {
  const owner = await register(url);
  const { employer } = await act(url, owner.token, FOUND, { name: `Client Check ${randomUUID().slice(0, 8)}` });
  const { session } = await act(url, null, LOG_IN, administrator);
  await act(url, session.accessToken, VERIFY, { id: employer.id, isVerified: true });

  return {
    token: owner.token,
    /** Publishes a posting with this title; gives its identifier. */
    async publish(title) {
      const { posting } = await act(url, owner.token, DRAFT, {
        employerId: employer.id,
        title,
        description: 'You write the services behind the board, and keep them running.',
        workplace: 'REMOTE',
        isWorldwide: true,
      });
      await act(url, owner.token, PUBLISH, { id: posting.id, version: posting.version });
      return posting.id;
    },
  };
}
