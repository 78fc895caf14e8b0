import { createClient as createEventClient } from 'graphql-sse';
import { CloseCode, MessageType, createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { verifiedEmployer } from './hiring.mjs';

const PATIENCE_MS = 20_000;
const PUBLISHED = 'subscription Published($search: String) { postingPublished(search: $search) { id title } }';

/** Gives up on a promise that does not settle. */
function within(promise, what) {
  const late = new Promise((_, reject) => {
    setTimeout(() => reject(new Error(`waited in vain for ${what}`)), PATIENCE_MS).unref();
  });
  return Promise.race([promise, late]);
}

/** A word that no other run uses, to recognise this run's postings by. */
const unique = () => `check${Date.now().toString(36)}`;

/** Publishes until the subscriber hears of it: there is no message that says that a subscription has begun. */
async function firstEvent(employer, events) {
  const word = unique();
  const heard = events(word).next();
  let over = false;
  heard.then(
    () => (over = true),
    () => (over = true),
  );
  const published = [];
  while (!over && published.length < 40) {
    published.push(await employer.publish(`Developer ${word}`));
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  const { value } = await within(heard, 'an event');
  return { id: value?.data?.postingPublished?.id, published };
}

function socketClient(url, options = {}) {
  const address = new URL('/graphql', url);
  address.protocol = address.protocol.replace('http', 'ws');
  return createClient({ url: address.href, webSocketImpl: WebSocket, retryAttempts: 0, ...options });
}

async function overSocket(url, employer, report) {
  const client = socketClient(url, { connectionParams: { authorization: `Bearer ${employer.token}` } });
  const { value } = await within(client.iterate({ query: '{ viewer { email } }' }).next(), 'a result');
  report.check('graphql-ws runs a query', Boolean(value?.data?.viewer?.email), JSON.stringify(value));

  const listen = (search) => client.iterate({ query: PUBLISHED, variables: { search } });
  const { id, published } = await firstEvent(employer, listen);
  report.check('graphql-ws hears of a posting', published.includes(id), `${id} is none of ${published}`);

  const refusal = await within(client.iterate({ query: '{ nope }' }).next(), 'a refusal').catch((errors) => errors);
  report.check('graphql-ws is told what is wrong', refusal?.[0]?.message?.includes('nope'), JSON.stringify(refusal));
  await client.dispose();
}

async function badToken(url, report) {
  const client = socketClient(url, { connectionParams: { token: 'nonsense' } });
  const closed = await within(client.iterate({ query: '{ __typename }' }).next(), 'a close').catch((event) => event);
  report.check('a bad token closes the socket', closed?.code === CloseCode.Forbidden, `${closed?.code} ${closed?.reason}`);
}

/** Speaks the protocol by hand, for what a well-behaved client never does. */
async function closedAfter(url, messages, protocol = 'graphql-transport-ws') {
  const address = new URL('/graphql', url);
  address.protocol = address.protocol.replace('http', 'ws');
  const socket = new WebSocket(address, protocol);
  const closed = new Promise((resolve) => {
    socket.on('close', resolve);
    socket.on('unexpected-response', (_, response) => resolve(response.statusCode));
    socket.on('error', () => undefined);
  });
  socket.on('open', () => messages.forEach((message) => socket.send(JSON.stringify(message))));
  return within(closed, 'a close');
}

async function closeCodes(url, report) {
  const init = { type: MessageType.ConnectionInit };
  const subscribe = { id: '1', type: MessageType.Subscribe, payload: { query: PUBLISHED } };
  for (const [name, expected, messages] of [
    ['an unknown message', CloseCode.BadRequest, [{ type: 'start' }]],
    ['an operation too early', CloseCode.Unauthorized, [subscribe]],
    ['an identifier in use', CloseCode.SubscriberAlreadyExists, [init, subscribe, subscribe]],
    ['a second connection_init', CloseCode.TooManyInitialisationRequests, [init, init]],
    ['silence', CloseCode.ConnectionInitialisationTimeout, []],
  ]) {
    const code = await closedAfter(url, messages);
    report.check(`${name} closes the socket with ${expected}`, code === expected, `it was ${code}`);
  }
  const status = await closedAfter(url, [], 'graphql-ws');
  report.check('another protocol is refused', status === 400, `it was ${status}`);
}

async function overEvents(url, employer, report) {
  const address = new URL('/graphql', url).href;
  const headers = { authorization: `Bearer ${employer.token}` };
  const client = createEventClient({ url: address, headers, retryAttempts: 0 });
  const { value } = await within(client.iterate({ query: '{ viewer { email } }' }).next(), 'a result');
  report.check('graphql-sse runs a query', Boolean(value?.data?.viewer?.email), JSON.stringify(value));

  const listen = (search) => client.iterate({ query: PUBLISHED, variables: { search } });
  const { id, published } = await firstEvent(employer, listen);
  report.check('graphql-sse hears of a posting', published.includes(id), `${id} is none of ${published}`);

  const refused = await within(client.iterate({ query: '{ nope }' }).next(), 'a refusal');
  report.check('graphql-sse is told what is wrong', refused.value?.errors?.length === 1, JSON.stringify(refused.value));
  client.dispose();

  const stranger = createEventClient({ url: address, headers: { authorization: 'Bearer nonsense' }, retryAttempts: 0 });
  const failure = await within(stranger.iterate({ query: PUBLISHED }).next(), 'a refusal').catch((error) => error);
  const status = failure?.response?.status;
  report.check('a bad token is refused with 401', status === 401, `${status} ${failure?.message}`);
}

/** The client libraries of both live transports, and what they are told when things go wrong. */
export async function live({ url, administrator }, report) {
  const employer = administrator && (await verifiedEmployer(url, administrator));
  report.check('an administrator can be asked', Boolean(employer), 'give --admin-email and --admin-password');
  await badToken(url, report);
  await closeCodes(url, report);
  if (employer) {
    await overSocket(url, employer, report);
    await overEvents(url, employer, report);
  }
}
