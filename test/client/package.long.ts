import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const run = promisify(execFile);

let folder: string;
let tarball: string;
let files: string[];

interface Packed {
  filename: string;
  files: { path: string }[];
}

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'client package '));
  const { stdout } = await run('npm', ['pack', './client', '--json', '--pack-destination', folder]);
  // The build of `prepack` may print before it.
  const packed = Object.values(
    JSON.parse(stdout.slice(stdout.search(/^[[{]/m))) as Record<string, Packed>,
  )[0]!;
  tarball = path.join(folder, packed.filename);
  files = packed.files.map((file) => file.path);
});
afterAll(() => rm(folder, { recursive: true }));

describe('the package of the client', () => {
  it('has the build with its types, the trusted documents and the README, and nothing else', () => {
    const others = files.filter((file) => !/^dist\/.*\.(js|d\.ts)$/.test(file));
    expect(others.toSorted()).toEqual(['README.md', 'package.json', 'trusted-documents.json']);
    expect(files).toEqual(expect.arrayContaining(['dist/index.js', 'dist/index.d.ts']));
  });

  it('has no fault that publint finds', async () => {
    const pack = { tarball: Uint8Array.from(await readFile(tarball)).buffer };
    const { messages, pkg } = await publint({ pkgDir: 'package', pack, strict: true });
    expect(messages.map((message) => formatMessage(message, pkg))).toEqual([]);
  });

  it('has types that every kind of import finds', async () => {
    const result = await checkPackage(createPackageFromTarballData(await readFile(tarball)));
    expect(result.types).not.toBe(false);
    // An ES module: TypeScript's resolution of before 2020 finds none, and `require` can load it in newer versions of Node only.
    const wanted = 'problems' in result ? result.problems : [];
    expect(
      wanted.filter(
        (problem) => !('resolutionKind' in problem && /^node1(0|6-cjs)$/.test(problem.resolutionKind)),
      ),
    ).toEqual([]);
  });

  it.each(['nodenext', 'bundler'])('is what a portal compiles against, with %s', async (resolution) => {
    const portal = path.join(folder, resolution);
    const installed = path.join(portal, 'node_modules', 'membership-gateway-client');
    await mkdir(installed, { recursive: true });
    await run('tar', ['-xzf', tarball, '-C', installed, '--strip-components=1']);
    await copyFile('test/client/portal.ts', path.join(portal, 'portal.ts'));
    await writeFile(path.join(portal, 'package.json'), '{"type": "module"}');
    const compilerOptions = {
      strict: true,
      noEmit: true,
      types: [],
      target: 'es2022',
      lib: ['es2022', 'dom'],
      module: resolution === 'bundler' ? 'esnext' : resolution,
      moduleResolution: resolution,
    };
    const config = JSON.stringify({ compilerOptions, files: ['portal.ts'] });
    await writeFile(path.join(portal, 'tsconfig.json'), config);
    await run(process.execPath, [path.resolve('node_modules/typescript/bin/tsc'), '-p', portal]);
  });
});
