import { cp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { here, run, tool } from '../process.mjs';
import { scalarsOf } from './scalars.mjs';
import { typeCheck } from './typescript.mjs';

/** relay-compiler over a small Relay app, and TypeScript over the app with its artifacts. */
export async function relay({ schema, generatedDir }, report) {
  // The compiler reads below its configuration and writes beside the sources, so it works on a copy.
  await cp(join(here, 'relay'), join(generatedDir, 'relay'), { recursive: true });
  const config = join(generatedDir, 'relay.config.json');
  const settings = {
    src: './relay',
    schema: './schema.graphql',
    language: 'typescript',
    customScalarTypes: scalarsOf(schema).known,
    noFutureProofEnums: true,
  };
  await writeFile(config, JSON.stringify(settings));
  const { code, output } = await run(tool('relay-compiler'), [config], generatedDir);
  report.check('relay-compiler accepts the schema and the app', code === 0, output);
  if (code === 0) await typeCheck('the Relay app is well typed', '.generated/relay', report);
}
