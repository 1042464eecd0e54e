import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { defineConfig, type Plugin } from 'vite';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

export default defineConfig({
  root: import.meta.dirname,
  // All addresses are relative, so that the page works below any path. The page is at /graphql, and
  // src/http/routes/explorer.ts serves the assets under /explorer/.
  base: './',
  experimental: {
    renderBuiltUrl: (file, { hostType }) => (hostType === 'html' ? `./explorer/${file}` : { relative: true }),
  },
  plugins: [withoutInlineFonts(), gzipped()],
  build: {
    outDir: path.join(process.env['BUILD_DIR'] ?? ROOT, 'dist/explorer'),
    emptyOutDir: true,
    // Every asset is a file: the page's Content-Security-Policy allows no font and no script from data:.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    // Monaco is one chunk of 2.8 MB.
    chunkSizeWarningLimit: 3000,
    rolldownOptions: {
      // GraphiQL was already compiled with the React compiler, to which "use no memo" belongs.
      onLog: (level, log, next) => {
        if (log.code !== 'MODULE_LEVEL_DIRECTIVE') {
          next(level, log);
        }
      },
    },
  },
  worker: { format: 'es' },
});

/** Removes the fonts from GraphiQL's stylesheet. They are data: URLs, which the page's policy refuses, and half its size. */
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

/** Writes a .gz file beside each script and stylesheet at build time: 6 MB become less than 2 MB. */
function gzipped(): Plugin {
  return {
    name: 'gzipped',
    apply: 'build',
    // Reads from the disk: only the written files are final.
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
