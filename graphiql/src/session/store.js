import { execute } from '../transport.js';

const LOG_IN = `mutation LogIn($input: SessionCreateInput!) {
  sessionCreate(input: $input) { session { accessToken accessTokenExpiresAt refreshToken } userErrors { message } }
}`;
const REFRESH = `mutation Refresh($input: SessionRefreshInput!) {
  sessionRefresh(input: $input) { session { accessToken accessTokenExpiresAt refreshToken } userErrors { message } }
}`;
const LOG_OUT = 'mutation LogOut { sessionRevoke { userErrors { message } } }';
const WHO = 'query Who { viewer { email } }';

const STORAGE_KEY = 'rolecall.session';
/** Renew this long before the token ends, so that it does not end on the way. */
const RENEWAL_MARGIN_MS = 20_000;

const SIGNED_OUT = Object.freeze({ email: null, accessToken: null, expiresAt: null });

let current = restore();
// The refresh token stays in memory alone: a duplicated browser tab copies the session storage, and two tabs that
// rotate one refresh token look like a theft to the server.
let refreshToken = null;
let renewal = null;
const listeners = new Set();

function restore() {
  try {
    const stored = JSON.parse(sessionStorage.getItem(STORAGE_KEY));
    const alive = stored?.accessToken && !(Date.parse(stored.expiresAt) <= Date.now());
    return alive ? Object.freeze(stored) : SIGNED_OUT;
  } catch {
    return SIGNED_OUT;
  }
}

function change(next) {
  current = Object.freeze(next);
  try {
    if (current.accessToken) sessionStorage.setItem(STORAGE_KEY, JSON.stringify(current));
    else sessionStorage.removeItem(STORAGE_KEY);
  } catch {
    // Storage is switched off: the session lives as long as the page.
  }
  for (const listener of listeners) listener();
}

/** The payload of a mutation, or an error in the server's own words. */
function accepted({ data, errors }, field) {
  const refusal = errors?.[0]?.message ?? data?.[field]?.userErrors?.[0]?.message;
  if (refusal) throw new Error(refusal);
  return data[field];
}

async function emailOf(accessToken) {
  const { data, errors } = await execute({ query: WHO }, { bearer: accessToken });
  if (!data?.viewer) throw new Error(errors?.[0]?.message ?? 'The server does not recognise this token.');
  return data.viewer.email;
}

async function renew() {
  const token = refreshToken;
  refreshToken = null;
  try {
    const variables = { input: { refreshToken: token } };
    const { session: fresh } = accepted(await execute({ query: REFRESH, variables }), 'sessionRefresh');
    refreshToken = fresh.refreshToken;
    change({ ...current, accessToken: fresh.accessToken, expiresAt: fresh.accessTokenExpiresAt });
  } catch {
    change(SIGNED_OUT);
  }
}

/** Who is signed in, and the token that goes with every request of the page. */
export const session = {
  /** For `useSyncExternalStore`. */
  subscribe(listener) {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },

  /** `{ email, accessToken, expiresAt }`, all null when signed out. */
  snapshot: () => current,

  /** Signs in; throws with the server's message when it refuses. */
  async logIn(email, password) {
    const variables = { input: { email, password } };
    const { session: fresh } = accepted(await execute({ query: LOG_IN, variables }), 'sessionCreate');
    refreshToken = fresh.refreshToken;
    change({
      email: await emailOf(fresh.accessToken),
      accessToken: fresh.accessToken,
      expiresAt: fresh.accessTokenExpiresAt,
    });
  },

  /** Uses an access token from elsewhere, once the server has recognised it. */
  async useToken(accessToken) {
    const email = await emailOf(accessToken);
    refreshToken = null;
    change({ email, accessToken, expiresAt: null });
  },

  /** Ends the session on the server, and here even when the server cannot be reached. */
  async logOut() {
    const bearer = current.accessToken;
    refreshToken = null;
    change(SIGNED_OUT);
    await execute({ query: LOG_OUT }, { bearer }).catch(() => undefined);
  },

  /** The token to send, renewed when it is about to end; null when signed out. */
  async bearer() {
    const msLeft = current.expiresAt ? Date.parse(current.expiresAt) - Date.now() : Infinity;
    if (refreshToken && msLeft < RENEWAL_MARGIN_MS) renewal = renew();
    await renewal;
    if (!refreshToken && msLeft <= 0) change(SIGNED_OUT);
    return current.accessToken;
  },
};
