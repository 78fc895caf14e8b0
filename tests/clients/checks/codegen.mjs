import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { generate } from '@graphql-codegen/cli';
import { Kind, parse, print, validate } from 'graphql';
import { here } from '../process.mjs';
import { scalarsOf } from './scalars.mjs';
import { typeCheck } from './typescript.mjs';

const OPERATIONS = join(here, 'operations');

/** Every operation of the folder as `{ name, document }`. */
async function readOperations() {
  const files = (await readdir(OPERATIONS)).filter((file) => file.endsWith('.graphql'));
  const documents = await Promise.all(files.map(async (file) => parse(await readFile(join(OPERATIONS, file), 'utf8'))));
  return documents
    .flatMap(({ definitions }) => definitions)
    .map((definition) => ({
      name: definition.name.value,
      document: { kind: Kind.DOCUMENT, definitions: [definition] },
    }));
}

/** What is wrong with an operation. A root that the schema lacks is no error to `validate`, which has no rule for it. */
function problems(schema, document) {
  const { operation } = document.definitions[0];
  if (!schema.getRootType(operation)) return [{ message: `The schema has no ${operation}.` }];
  return validate(schema, document);
}

/** Checks each operation against the schema and returns those to generate code for. */
async function validated(schema, report) {
  const usable = [];
  for (const { name, document } of await readOperations()) {
    const errors = problems(schema, document);
    if (errors.length === 0) usable.push(document);
    report.check(`${name} is valid`, errors.length === 0, errors.map(({ message }) => message).join('\n'));
  }
  return usable;
}

/** graphql-codegen's client preset over the operations of real clients, under strict TypeScript. */
export async function codegen({ schema, schemaCopy, generatedDir }, report) {
  const { known, unknown } = scalarsOf(schema);
  report.check('every scalar has a TypeScript type', unknown.length === 0, `missing in checks/scalars.mjs: ${unknown}`);

  const documents = join(generatedDir, 'operations.graphql');
  const usable = await validated(schema, report);
  await writeFile(documents, usable.map(print).join('\n\n'));

  const settings = {
    cwd: here,
    schema: schemaCopy,
    documents,
    silent: true,
    errorsOnly: true,
    generates: {
      [`${join(generatedDir, 'codegen')}/`]: {
        preset: 'client',
        config: { scalars: known, strictScalars: true, useTypeImports: true, enumsAsTypes: true },
      },
    },
  };
  const failure = await generate(settings, true).then(() => null, (error) => error);
  const generatedAll = `client preset generates ${usable.length} operations`;
  report.check(generatedAll, failure === null, failure && `${failure.message}\n${failure.errors ?? ''}`);
  if (failure === null) await typeCheck('the typed client compiles under --strict', 'typed', report);
}
