import { defineConfig } from 'rolldown';

/** One program without dependencies. A command's own code is a chunk of its own, which is loaded when the command runs. */
export default defineConfig({
  input: 'cli/src/main.ts',
  platform: 'node',
  resolve: { extensionAlias: { '.js': ['.ts', '.js'] } },
  output: { dir: 'cli/dist', cleanDir: true, chunkFileNames: '[name]-[hash].js' },
});
