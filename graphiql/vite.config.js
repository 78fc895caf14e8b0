import { defineConfig } from 'vite';
import { precompress } from './precompress.js';

function withoutDirectiveNotes(level, log, forward) {
  if (log.code !== 'MODULE_LEVEL_DIRECTIVE') forward(level, log);
}

export default defineConfig({
  base: './',
  plugins: [precompress()],
  oxc: { jsx: { runtime: 'automatic' } },
  experimental: {
    // The page is served at /graphiql, without a slash, and its files below /graphiql/. All addresses stay relative,
    // so the playground also works behind a proxy that puts a prefix in front of the server.
    renderBuiltUrl: (file, { hostType }) => (hostType === 'html' ? `graphiql/${file}` : { relative: true }),
  },
  build: {
    target: 'es2022',
    // One inlined file less to allow in the content security policy.
    assetsInlineLimit: 0,
    // The editor and its language workers are large by nature; the server sends them compressed and cacheable for ever.
    chunkSizeWarningLimit: 8192,
    reportCompressedSize: false,
    // React's "use client" marks mean nothing in a bundle; without this they bury what matters in the build's output.
    rolldownOptions: { onLog: withoutDirectiveNotes },
  },
  server: { proxy: { '/graphql': 'http://127.0.0.1:8080', '/schema.graphql': 'http://127.0.0.1:8080' } },
});
