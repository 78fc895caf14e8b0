import { Kind, parse } from 'graphql';

/** The endpoint beside this page, also behind a proxy that adds a prefix. */
export const GRAPHQL_URL = new URL('graphql', document.baseURI).href;

const RESULT = 'application/graphql-response+json, application/json;q=0.9';
const STREAM = 'text/event-stream';

/** Posts one operation and returns the HTTP response. `bearer` may be null. */
function post(url, params, { accept, bearer, headers, signal }) {
  return fetch(url, {
    method: 'POST',
    headers: {
      accept,
      'content-type': 'application/json',
      ...(bearer ? { authorization: `Bearer ${bearer}` } : {}),
      ...headers,
    },
    body: JSON.stringify(params),
    signal,
  });
}

/** The answer as JSON, or an error that says what came instead of it. */
async function answerOf(response) {
  const text = await response.text();
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`The server answered ${response.status} without JSON: ${text.slice(0, 300) || '(nothing)'}`);
  }
}

/**
 * Runs one query or mutation.
 *
 * @returns the GraphQL result, with `errors` left in it.
 */
export async function execute(params, { bearer = null, headers = {} } = {}) {
  return answerOf(await post(GRAPHQL_URL, params, { accept: RESULT, bearer, headers }));
}

/** Splits a stream of server-sent events into `{ event, data }`, whatever the chunks were. */
async function* eventsOf(body) {
  let pending = '';
  for await (const chunk of chunksOf(body.pipeThrough(new TextDecoderStream()))) {
    const blocks = (pending + chunk).replace(/\r\n?/g, '\n').split('\n\n');
    pending = blocks.pop();
    for (const block of blocks) {
      const lines = block.split('\n');
      const valuesOf = (field) =>
        lines.filter((line) => line.startsWith(`${field}:`)).map((line) => line.slice(field.length + 1).trimStart());
      yield { event: valuesOf('event').at(-1) ?? 'message', data: valuesOf('data').join('\n') };
    }
  }
}

// Not every browser can iterate over a ReadableStream yet.
async function* chunksOf(stream) {
  const reader = stream.getReader();
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) yield part.value;
  } finally {
    await reader.cancel();
  }
}

/** Runs a subscription over server-sent events; stopping the iteration closes the connection. */
async function* subscribe(url, params, options) {
  const abort = new AbortController();
  try {
    const response = await post(url, params, { ...options, accept: STREAM, signal: abort.signal });
    if (!response.headers.get('content-type')?.startsWith(STREAM)) {
      yield await answerOf(response);
      return;
    }
    for await (const { event, data } of eventsOf(response.body)) {
      if (event === 'complete') return;
      if (event === 'next') yield JSON.parse(data);
    }
  } finally {
    abort.abort();
  }
}

/** The operations of a document; none when it does not parse, since the server then says why. */
function operationsOf(query) {
  try {
    return parse(query, { noLocation: true }).definitions.filter(({ kind }) => kind === Kind.OPERATION_DEFINITION);
  } catch {
    return [];
  }
}

/**
 * GraphiQL's way to the server.
 *
 * GraphiQL learns the operation's name a moment after a tab was chosen; who runs the tab within that moment would
 * send the name of the tab before. So the name is read from the query itself whenever that leaves no choice.
 *
 * @param url address of the endpoint
 * @param bearer asked before every request, so that a session can be renewed just in time; null when signed out
 */
export function createTransport(url, bearer) {
  return async (params, { headers = {} } = {}) => {
    const operations = operationsOf(params.query);
    const only = operations.length === 1 ? operations[0] : null;
    const operationName = only ? only.name?.value : params.operationName;
    const chosen = only ?? operations.find(({ name }) => name?.value === operationName);

    const options = { bearer: await bearer(), headers };
    const sent = { ...params, operationName };
    if (chosen?.operation === 'subscription') return subscribe(url, sent, options);
    return answerOf(await post(url, sent, { ...options, accept: RESULT }));
  };
}
