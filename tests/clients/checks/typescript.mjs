import { writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { here, run, tool } from '../process.mjs';

/** Type-checks the sources of a folder of this package, strictly, without writing anything beside them. */
export async function typeCheck(name, folder, report) {
  const project = join(here, '.generated', `tsconfig.${basename(folder)}.json`);
  await writeFile(project, JSON.stringify({ extends: '../tsconfig.json', include: [join(here, folder)] }));
  const { code, output } = await run(tool('tsc'), ['--noEmit', '--strict', '-p', project]);
  report.check(name, code === 0, output);
}
