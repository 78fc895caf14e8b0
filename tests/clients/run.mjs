#!/usr/bin/env node
// Checks a running server with the tools its clients use; README.md says how.
import { cp, mkdir, readFile, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { inspect, parseArgs } from 'node:util';
import { buildSchema } from 'graphql';
import { audit } from './checks/audit.mjs';
import { browser } from './checks/browser.mjs';
import { codegen } from './checks/codegen.mjs';
import { eslint } from './checks/eslint.mjs';
import { live } from './checks/live.mjs';
import { relay } from './checks/relay.mjs';
import { here } from './process.mjs';
import { Report } from './report.mjs';

const STEPS = { audit, eslint, relay, codegen, live, browser };
/** Steps that talk to the server; the others read the schema file alone. */
const ONLINE = new Set(['audit', 'live', 'browser']);

const USAGE = `node run.mjs --url URL --schema FILE [options]
  --url URL          address of a running server, such as http://127.0.0.1:8080
  --schema FILE      the committed schema.graphql
  --only STEPS       comma-separated: ${Object.keys(STEPS).join(', ')} (default: all)
  --email E          account to log in with; without it a new one is registered
  --password P       its password
  --admin-email E    an administrator, who verifies the employer whose postings are published
  --admin-password P its password
  --artifacts DIR    where the screenshots go (default: artifacts)`;

function refuse(message) {
  console.error(`${message}\n\n${USAGE}`);
  process.exit(2);
}

function parsed(options) {
  try {
    return parseArgs({ options });
  } catch (error) {
    return refuse(error.message);
  }
}

function settings() {
  const text = { type: 'string' };
  const options = {
    url: text,
    schema: text,
    only: text,
    email: text,
    password: text,
    'admin-email': text,
    'admin-password': text,
    artifacts: text,
  };
  const { values } = parsed(options);
  const steps = values.only?.split(',') ?? Object.keys(STEPS);
  const unknown = steps.filter((step) => !(step in STEPS));
  if (unknown.length > 0) refuse(`no such step: ${unknown.join(', ')}`);
  if (!values.schema) refuse('--schema is missing');
  if (!values.url && steps.some((step) => ONLINE.has(step))) refuse('--url is missing');
  if (Boolean(values.email) !== Boolean(values.password)) refuse('--email and --password go together');
  const admin = { email: values['admin-email'], password: values['admin-password'] };
  if (Boolean(admin.email) !== Boolean(admin.password)) refuse('--admin-email and --admin-password go together');
  const administrator = admin.email ? admin : null;
  return { ...values, administrator, steps, artifacts: resolve(values.artifacts ?? join(here, 'artifacts')) };
}

/** A fresh folder for generated files, with a copy of the schema in it. */
async function prepare(schemaPath) {
  const generatedDir = join(here, '.generated');
  await rm(generatedDir, { recursive: true, force: true });
  await mkdir(generatedDir);
  const schemaCopy = join(generatedDir, 'schema.graphql');
  await cp(schemaPath, schemaCopy);
  return { generatedDir, schemaCopy, schema: buildSchema(await readFile(schemaCopy, 'utf8')) };
}

const options = settings();
const context = { ...options, ...(await prepare(options.schema)) };
const report = new Report();
for (const step of options.steps) {
  report.begin(step);
  try {
    await STEPS[step](context, report);
  } catch (error) {
    report.check('ran to its end', false, error.stack ?? inspect(error));
  }
}
process.exitCode = report.end() ? 0 : 1;
