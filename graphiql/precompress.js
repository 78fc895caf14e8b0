import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

/** Files below a folder, at any depth. */
function filesBelow(folder) {
  return readdirSync(folder, { recursive: true })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile());
}

/**
 * Writes `file.br` and `file.gz` beside every built file, so that the server embeds them ready to send and never
 * compresses on the way out. Brotli is the smaller; gzip is for browsers on plain HTTP, which do not offer brotli.
 */
export function precompress() {
  let output;
  return {
    name: 'rolecall-precompress',
    apply: 'build',
    configResolved(config) {
      output = config.build.outDir;
    },
    closeBundle() {
      for (const path of filesBelow(output)) {
        const bytes = readFileSync(path);
        const hint = { [constants.BROTLI_PARAM_QUALITY]: 10, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
        writeFileSync(`${path}.br`, brotliCompressSync(bytes, { params: hint }));
        writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }));
      }
    },
  };
}
