import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { chmod } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { spawnGateway, type GatewayProcess } from '../support/gatewayProcess.js';

const run = promisify(execFile);

const SOURCES = [
  ...['src', 'sandbox', 'web', 'client', 'cli', 'operations', 'prisma', 'scripts', 'schema.graphql'],
  ...['rolldown.config.ts', 'tsconfig.json', 'package.json', 'package-lock.json'],
];

/** A folder that is built anew while a gateway runs from it. */
let folder: string;
let gateway: GatewayProcess;

const inside = (...names: string[]) => path.join(folder, ...names);
const build = () =>
  run(process.execPath, ['scripts/build.ts', 'prisma', 'server', 'operations', 'explorer'], { cwd: folder });

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'gateway rebuilt '));
  await chmod(folder, 0o755);
  for (const source of SOURCES) {
    cpSync(source, inside(source), { recursive: true, filter: (name) => !name.includes('node_modules') });
  }
  symlinkSync(path.resolve('node_modules'), inside('node_modules'));
  await build();
  gateway = await spawnGateway({ DATA_DIR: inside('data') }, folder, folder);
});
afterAll(async () => {
  await gateway.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

/** Exchanges a text in a source file, so that the files made of it get other names. */
function edit(file: string, from: string, to: string) {
  const text = readFileSync(inside(file), 'utf8');
  expect(text).toContain(from);
  writeFileSync(inside(file), text.replaceAll(from, to));
}

it('a gateway and its commands load the files of their own build after another build', async () => {
  const page = await (await fetch(`${gateway.url}/graphql`, { headers: { accept: 'text/html' } })).text();
  const assets = [...page.matchAll(/(?:src|href)="\.\/(explorer\/[^"]+)"/g)].map(([, asset]) => asset ?? '');
  expect(assets.length).toBeGreaterThan(1);
  const command = readFileSync(inside('dist/src/tokenCommand.js'), 'utf8');

  edit('src/tokenProgram.ts', 'Usage:', 'Ways to use it:');
  edit('web/explorer/main.tsx', 'has no element', 'lacks the element');
  await build();
  expect(readFileSync(inside('dist/src/tokenCommand.js'), 'utf8')).not.toBe(command);
  expect(readFileSync(inside('dist/explorer/index.html'), 'utf8')).not.toBe(page);

  for (const asset of assets) {
    expect([asset, (await fetch(`${gateway.url}/${asset}`)).status]).toEqual([asset, 200]);
  }
  // What a process does that had read the command before the build.
  writeFileSync(inside('dist/src/readBefore.js'), command);
  const said = await run(process.execPath, ['dist/src/readBefore.js', '--help'], { cwd: folder }).catch(
    (error: unknown) => (error as { stderr: string }).stderr,
  );
  expect(said).toContain('Usage:');
});
