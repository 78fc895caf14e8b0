import { execFileSync } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { GraphiqlPage } from './graphiql-page.mjs';
import { register, verifiedEmployer } from './hiring.mjs';

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
/** The examples that anybody may run; each must answer without an error. */
const PUBLIC_EXAMPLES = ['RolePage', 'PostingList', 'Market', 'MarketGroups', 'Search'];

/** The browser of this machine: $CHROMIUM, else the first of the usual names. */
function findBrowser() {
  const named = process.env.CHROMIUM ? [process.env.CHROMIUM] : [];
  for (const name of [...named, 'chromium', 'chromium-browser', 'google-chrome']) {
    try {
      return execFileSync('which', [name], { encoding: 'utf8' }).trim();
    } catch {
      // Not this one.
    }
  }
  throw new Error('no Chromium found: install it, or name it in $CHROMIUM');
}

/** Gathers what a page must not do: log errors, break its content policy, leave its server. */
async function watch(context, origin) {
  const seen = { errors: [], violations: [], strangers: [] };
  await context.exposeFunction('reportViolation', (text) => seen.violations.push(text));
  await context.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) =>
      window.reportViolation(`${violatedDirective} blocked ${blockedURI}`),
    );
  });
  context.on('console', (message) => {
    if (message.type() === 'error') seen.errors.push(message.text());
  });
  context.on('weberror', (error) => seen.errors.push(String(error.error())));
  context.on('request', (request) => {
    const target = new URL(request.url());
    if (target.protocol.startsWith('http') && target.origin !== origin) seen.strangers.push(request.url());
  });
  return seen;
}

async function useWithoutSession(page, report) {
  for (const name of PUBLIC_EXAMPLES) {
    const { answer, shown } = await page.runTab(name);
    const ok = answer.data && !answer.errors && shown.includes('"data"');
    report.check(`example ${name} answers`, ok, JSON.stringify(answer.errors ?? shown));
  }
  const { shown } = await page.runTyped('{ __typename }');
  report.check('a typed query answers', shown.includes('"__typename": "Query"'), shown);
  report.check('the documentation lists the root types', await page.documentationShows('Query'));
}

async function useWithSession(page, account, report) {
  await page.logIn(account);
  report.check('logging in shows who is signed in', (await page.whoIsSignedIn()).includes(account.email));

  const { answer } = await page.runTab('CandidateUpdate');
  const payload = answer.data?.candidateUpdate;
  const saved = payload?.userErrors.length === 0 && payload.candidate?.headline === 'Rust engineer';
  report.check('example CandidateUpdate saves the profile', saved, JSON.stringify(answer));
}

/** Leaves a subscription running until the page shows an event of it. */
async function listenLive(page, url, administrator, report) {
  const employer = await verifiedEmployer(url, administrator);
  await page.startTab('PostingPublished');
  let shown = '';
  for (let attempt = 0; attempt < 40 && !shown.includes('"postingPublished"'); attempt += 1) {
    await employer.publish('Backend Developer');
    await new Promise((resolve) => setTimeout(resolve, 250));
    shown = await page.shown();
  }
  report.check('example PostingPublished shows an event', shown.includes('"postingPublished"'), shown);
  await page.stop();
}

/** GraphiQL in headless Chromium, as a person uses it. */
export async function browser({ url, email, password, administrator, artifacts }, report) {
  const account = email ? { email, password } : await register(url);
  await mkdir(artifacts, { recursive: true });
  const chromiumProcess = await chromium.launch({ executablePath: findBrowser(), headless: true, args: FLAGS });
  try {
    const context = await chromiumProcess.newContext({ viewport: { width: 1440, height: 900 } });
    const seen = await watch(context, new URL(url).origin);
    const page = new GraphiqlPage(await context.newPage());
    try {
      await page.open(new URL('/graphiql', url).href);
      await useWithoutSession(page, report);
      await page.screenshot(join(artifacts, 'graphiql-query.png'));
      if (administrator) {
        await listenLive(page, url, administrator, report);
        await page.screenshot(join(artifacts, 'graphiql-live.png'));
      }
      await useWithSession(page, account, report);
      await page.screenshot(join(artifacts, 'graphiql.png'));
      await page.logOut();
      report.check('logging out ends the session', (await page.whoIsSignedIn()).includes('Not signed in'));
    } catch (error) {
      await page.screenshot(join(artifacts, 'graphiql-failure.png'));
      throw error;
    } finally {
      report.check('no error on the console', seen.errors.length === 0, seen.errors.join('\n'));
      report.check('no violation of the content policy', seen.violations.length === 0, seen.violations.join('\n'));
      report.check('no request to another host', seen.strangers.length === 0, seen.strangers.join('\n'));
    }
  } finally {
    await chromiumProcess.close();
  }
}
