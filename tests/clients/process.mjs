import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of this package. */
export const here = dirname(fileURLToPath(import.meta.url));

/** The path of an installed command-line tool. */
export const tool = (name) => join(here, 'node_modules', '.bin', name);

/** Runs a program, in this package's folder unless told; resolves with its exit code and everything it printed. */
export function run(program, args, cwd = here) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, output: output.trim() }));
  });
}
