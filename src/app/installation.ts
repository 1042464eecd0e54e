import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** The version of a gateway, and the files that it needs beside its own code, as absolute paths. */
export interface Installation {
  /** As in package.json. */
  readonly version: string;
  readonly migrationsDir: string;
  readonly explorerDir: string;
  /** The sandbox's entry file. */
  readonly sandboxProgram: string;
}

/** The installation that this file belongs to, bundled in dist/ or as TypeScript in src/. */
export function findInstallation(): Installation {
  let root = import.meta.dirname;
  while (!existsSync(path.join(root, 'package.json'))) {
    root = path.dirname(root);
  }
  const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {
    version: string;
  };
  const isBundled = import.meta.filename.endsWith('.js');
  return {
    version,
    migrationsDir: path.join(root, 'prisma/migrations'),
    explorerDir: path.join(root, 'dist/explorer'),
    sandboxProgram: path.join(root, isBundled ? 'dist/sandbox/main.js' : 'sandbox/main.ts'),
  };
}
