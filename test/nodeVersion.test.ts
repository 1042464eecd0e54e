import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, it } from 'vitest';
import { nodeFault, OLDEST_NODE } from '../src/nodeVersion.js';

it('the oldest version of Node is the one of package.json', async () => {
  const manifest = await readFile(path.join(import.meta.dirname, '../package.json'), 'utf8');
  expect(JSON.parse(manifest)).toMatchObject({ engines: { node: `>=${OLDEST_NODE}` } });
});

it.each([
  ['24.5.0', true],
  ['24.21.0', true],
  ['26.0.0', true],
  ['24.4.9', false],
  ['22.99.0', false],
  ['9.0.0', false],
])('version %s is new enough: %s', (version, isNew) => {
  expect(nodeFault(version) === null).toBe(isNew);
});
