import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { defineConfig, type Plugin } from 'vite';

export default defineConfig({
  root: import.meta.dirname,
  // src/http/routes/explorer.ts serves the assets under this path; the page itself is at /graphql.
  base: '/explorer/',
  plugins: [withoutInlineFonts(), gzipped()],
  build: {
    outDir: fileURLToPath(new URL('../../dist/explorer', import.meta.url)),
    emptyOutDir: true,
    // Every asset a file of its own: the page's Content-Security-Policy allows no font and no script from data:.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    // Monaco is one chunk of 2.8 MB.
    chunkSizeWarningLimit: 3000,
    rolldownOptions: {
      // "use no memo" in GraphiQL speaks to the React compiler, which has been there already.
      onLog: (level, log, next) => {
        if (log.code !== 'MODULE_LEVEL_DIRECTIVE') {
          next(level, log);
        }
      },
    },
  },
  worker: { format: 'es' },
});

/** GraphiQL's stylesheet carries its fonts as data:, which the page's policy refuses; without them it is half as big. */
function withoutInlineFonts(): Plugin {
  return {
    name: 'without-inline-fonts',
    enforce: 'pre',
    transform: {
      filter: { id: /graphiql\/dist\/style\.css$/ },
      handler: (css) => ({ code: css.replaceAll(/@font-face\s*\{[^}]*\}/g, ''), map: null }),
    },
  };
}

/** Writes a .gz beside everything worth it, once and not at every visit: 6 MB become less than 2. */
function gzipped(): Plugin {
  return {
    name: 'gzipped',
    apply: 'build',
    // From the disk: only what is written is final.
    async writeBundle({ dir = '.' }, bundle) {
      const texts = Object.keys(bundle).filter((name) => /\.(js|css)$/.test(name));
      await Promise.all(
        texts.map(async (name) => {
          const file = path.join(dir, name);
          await writeFile(`${file}.gz`, await promisify(gzip)(await readFile(file)));
        }),
      );
    },
  };
}
