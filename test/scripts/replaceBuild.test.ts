import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { removeReplaced, replaceBuild } from '../../scripts/replaceBuild.js';

const DAY_MS = 24 * 3600 * 1000;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'replace-build-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const inPlace = () => readdirSync(path.join(folder, 'dist'), { recursive: true }).map(String).sort();

/** Builds on a day, counted from today, a program whose entry names a chunk. */
function buildOn(day: number, chunk: string) {
  const made = path.join(folder, 'made');
  mkdirSync(path.join(made, 'chunks'), { recursive: true });
  writeFileSync(path.join(made, 'main.js'), `import './chunks/${chunk}';`);
  writeFileSync(path.join(made, 'chunks', chunk), chunk);
  replaceBuild(made, path.join(folder, 'dist'), path.join(folder, 'list.json'), Date.now() + day * DAY_MS);
}

it('replaces the entry and keeps the files of the build before', () => {
  buildOn(0, 'a.js');
  buildOn(0, 'b.js');
  expect(inPlace()).toEqual(['chunks', 'chunks/a.js', 'chunks/b.js', 'main.js']);
  expect(readFileSync(path.join(folder, 'dist/main.js'), 'utf8')).toContain('b.js');
  expect(readdirSync(folder)).not.toContain('made');
});

it('keeps the files of earlier builds for seven days from their replacement, not from their build', () => {
  buildOn(0, 'a.js');
  buildOn(20, 'b.js');
  buildOn(20, 'c.js');
  buildOn(26, 'd.js');
  expect(inPlace()).toEqual([
    'chunks',
    ...['a', 'b', 'c', 'd'].map((name) => `chunks/${name}.js`),
    'main.js',
  ]);
  buildOn(28, 'd.js');
  expect(inPlace()).toEqual(['chunks', 'chunks/c.js', 'chunks/d.js', 'main.js']);
});

it('leaves only the files of the last build where a package is made', () => {
  buildOn(0, 'a.js');
  buildOn(0, 'b.js');
  removeReplaced(path.join(folder, 'dist'), path.join(folder, 'list.json'));
  expect(inPlace()).toEqual(['chunks', 'chunks/b.js', 'main.js']);
});

it('keeps files that came before there was a list', () => {
  mkdirSync(path.join(folder, 'dist'));
  writeFileSync(path.join(folder, 'dist', 'old.js'), '');
  buildOn(0, 'a.js');
  expect(inPlace()).toContain('old.js');
});
