import path from 'node:path';
import { defineConfig, type RolldownOptions } from 'rolldown';

/**
 * Packages that are not part of the bundles: a tracer hooks into their files by name, or they find files of their own beside
 * themselves. Node loads them from node_modules.
 */
const EXTERNAL = /^(node:|@opentelemetry\/|@aws-sdk\/|@smithy\/|pg($|-)|pino($|-))/;

/** Optional dependencies of packages, which are not installed. */
const NOT_INSTALLED = /^(class-validator|pg-native)$/;

/** Where a build is made before it takes its place (scripts/replaceBuild.ts). */
const BUILD_DIR = process.env['BUILD_DIR'] ?? '.';

/** A program of a few files instead of 1,700: Node would need a second to find and read them. */
function program(dir: string, input: Record<string, string>): RolldownOptions {
  return {
    input,
    platform: 'node',
    tsconfig: 'tsconfig.json',
    // graphql-js otherwise searches for a second copy of itself, at every field of every answer. The gateway reads its own NODE_ENV.
    transform: { define: { 'process.env.NODE_ENV': JSON.stringify('production') } },
    external: (id) => EXTERNAL.test(id) || NOT_INSTALLED.test(id),
    output: {
      dir: path.join(BUILD_DIR, dir),
      sourcemap: true,
      sourcemapExcludeSources: true,
      // Paths as seen from dist, into which the build is moved.
      sourcemapPathTransform: (source, map) =>
        path.relative(path.dirname(path.relative(BUILD_DIR, map)), path.resolve(path.dirname(map), source)),
      // type-graphql names types by their classes, and errors are told apart by their names.
      keepNames: true,
      // Without comments and spaces, since V8 keeps the text of a program in memory.
      minify: { compress: false, mangle: false, codegen: true },
      // With a hash: a program that runs while it is built anew loads its own later (scripts/replaceBuild.ts).
      chunkFileNames: 'chunks/[name]-[hash].js',
    },
  };
}

export default defineConfig([
  program('dist/src', {
    main: 'src/main.ts',
    tokenCommand: 'src/tokenCommand.ts',
    migrateCommand: 'src/migrateCommand.ts',
    healthCommand: 'src/healthCommand.ts',
  }),
  program('dist/sandbox', { main: 'sandbox/main.ts' }),
]);
