/*
 * Builds what is out of date, told by the content of what goes in: a check of some milliseconds, so that `npm start`
 * makes it every time and never runs yesterday's code. Usage: node scripts/build.ts [--prune] [step...], by default every
 * step. --prune removes the files of earlier builds.
 */
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { removeReplaced, replaceBuild } from './replaceBuild.ts';
import { runCommand } from './runCommand.ts';

interface Step {
  command: string;
  /** Files and folders whose content decides the outcome. package-lock.json counts everywhere: it decides the tools. */
  inputs: string[];
  output: string;
  /** Folders that the command writes below BUILD_DIR: programs run from those before them. */
  folders?: string[];
  /** A step whose output goes into this one. */
  after?: string;
}

/** A step stands below those that it comes after. */
const steps: Record<string, Step> = {
  prisma: {
    command: 'node scripts/generateClient.ts',
    inputs: ['prisma/schema.prisma', 'scripts/generateClient.ts'],
    output: 'src/generated',
  },
  server: {
    // The check of types is a check of its own: it takes half a minute, the bundles a second.
    command: 'rolldown -c rolldown.config.ts',
    inputs: ['src', 'sandbox', 'rolldown.config.ts', 'tsconfig.json'],
    output: 'dist/src/main.js',
    folders: ['dist/src', 'dist/sandbox'],
    after: 'prisma',
  },
  operations: {
    command: 'node scripts/writeDocuments.ts',
    inputs: [
      'schema.graphql',
      'scripts/writeDocuments.ts',
      'scripts/clientDocuments.ts',
      'scripts/trustedDocuments.ts',
      'scripts/mcpTools.ts',
      'operations',
      'test/operations',
    ],
    output: 'client/src/generated/documents.ts',
  },
  explorer: {
    command: 'vite build web/explorer --logLevel warn',
    inputs: ['web/explorer', 'client/src'],
    output: 'dist/explorer/index.html',
    folders: ['dist/explorer'],
    after: 'operations',
  },
  client: {
    command: 'tsc -p client',
    inputs: ['client/src', 'client/tsconfig.json', 'tsconfig.json'],
    output: 'client/dist/index.js',
    after: 'operations',
  },
  cli: {
    command: 'rolldown --config cli/rolldown.config.js --log-level warn',
    inputs: ['cli/src', 'cli/rolldown.config.js', 'client/src'],
    output: 'cli/dist/main.js',
    folders: ['cli/dist'],
    after: 'client',
  },
};

/**
 * The packages of this repository, where a user of them has them. npm's workspaces would do the same, but they write places
 * into package-lock.json, which names versions and checksums only.
 */
const LINKS: Record<string, string> = {
  'node_modules/membership-gateway-client': '../client',
  'node_modules/.bin/mgw': '../../cli/bin/mgw.js',
};

const STAMPS = 'dist/.stamps';

/** Where the commands write folders that replace others. Each build has its own, so that two at a time do not meet. */
const BUILD_DIR = `dist/.build-${process.pid}`;

process.chdir(path.dirname(import.meta.dirname));
// Vite, since TypeScript comes along as somebody's peer.
if (existsSync('node_modules/vite')) {
  linkPackages();
  process.env['BUILD_DIR'] = path.resolve(BUILD_DIR);
  const { values, positionals } = parseArgs({
    options: { prune: { type: 'boolean' } },
    allowPositionals: true,
  });
  const names = positionals.length > 0 ? positionals : Object.keys(steps);
  await build(names);
  if (values.prune === true) {
    names
      .flatMap((name) => steps[name]?.folders ?? [])
      .forEach((folder) => removeReplaced(folder, listOf(folder)));
  }
  rmSync(BUILD_DIR, { recursive: true, force: true });
} else if (!existsSync('dist/src/main.js')) {
  // `npm ci --omit=dev`, or NODE_ENV=production: an image is built first and pruned (`npm prune --omit=dev`) after.
  console.error('Nothing is built: the development dependencies, which build it, are not installed.');
  process.exitCode = process.env['npm_lifecycle_event'] === 'prepare' ? 0 : 1;
}

function linkPackages(): void {
  for (const [link, target] of Object.entries(LINKS)) {
    if (!existsSync(link)) {
      rmSync(link, { force: true });
      symlinkSync(target, link);
    }
  }
}

async function build(names: string[]): Promise<void> {
  const running = new Map<string, Promise<void>>();
  for (const name of names) {
    const step = steps[name];
    if (step === undefined) {
      throw new Error(`There is no step ${name}; there are ${Object.keys(steps).join(', ')}.`);
    }
    const before = step.after === undefined ? undefined : running.get(step.after);
    running.set(
      name,
      Promise.resolve(before).then(() => refresh(name, step)),
    );
  }
  const results = await Promise.allSettled(running.values());
  // A step that waited for a failed one fails with the same error.
  const failures = new Set(
    results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : [])),
  );
  for (const failure of failures) {
    console.error(String(failure));
  }
  if (failures.size > 0) {
    process.exitCode = 1;
  }
}

async function refresh(name: string, step: Step): Promise<void> {
  const stamp = path.join(STAMPS, name);
  const wanted = fingerprint(step);
  if (existsSync(step.output) && existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) {
    return;
  }
  const started = performance.now();
  const { succeeded, output } = await runCommand(step.command);
  if (!succeeded) {
    throw new Error(`${step.command} failed:\n${output}`);
  }
  mkdirSync(STAMPS, { recursive: true });
  for (const folder of step.folders ?? []) {
    replaceBuild(path.join(BUILD_DIR, folder), folder, listOf(folder));
  }
  writeFileSync(stamp, wanted);
  console.log(`built ${name} in ${((performance.now() - started) / 1000).toFixed(1)} s`);
}

/** The file that keeps which files the last build of a folder has. */
function listOf(folder: string): string {
  return path.join(STAMPS, `${folder.replace('/', '-')}.json`);
}

function fingerprint(step: Step): string {
  const hash = createHash('sha256').update(step.command);
  for (const file of [...step.inputs, 'package-lock.json'].flatMap(filesOf)) {
    hash.update(`\0${file}\0`).update(readFileSync(file));
  }
  return hash.digest('hex');
}

function filesOf(input: string): string[] {
  // What is missing is for the step's own tool to complain about.
  if (!existsSync(input)) {
    return [];
  }
  if (!statSync(input).isDirectory()) {
    return [input];
  }
  const entries = readdirSync(input, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort();
}
