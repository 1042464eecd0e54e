import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const ROOT = path.resolve(import.meta.dirname, '../..');

it.each(['src', 'sandbox'])('the source maps of dist/%s name files that exist', (folder) => {
  const built = JSON.parse(
    readFileSync(path.join(ROOT, `dist/.stamps/dist-${folder}.json`), 'utf8'),
  ) as string[];
  const maps = built.filter((name) => name.endsWith('.map'));
  const sources = maps.flatMap((name) => {
    const map = path.join(ROOT, 'dist', folder, name);
    const content = JSON.parse(readFileSync(map, 'utf8')) as { sources: string[] };
    return content.sources.map((source) => path.resolve(path.dirname(map), source));
  });
  expect(sources).toContain(path.join(ROOT, folder, 'main.ts'));
  expect(sources.filter((source) => !existsSync(source))).toEqual([]);
});

/** Has a program write, in place of what it says on standard error, from where it does. */
const TRACE = `data:text/javascript,
  const write = process.stderr.write.bind(process.stderr);
  process.stderr.write = () => write(new Error('said').stack);`;

it.each([
  ['main', 'gatewayProgram'],
  ['migrateCommand', 'migrateProgram'],
  ['tokenCommand', 'tokenProgram'],
])('the traces of %s name lines of the source', async (program, source) => {
  const file = path.join(ROOT, `dist/src/${program}.js`);
  const run = promisify(execFile)(process.execPath, ['--import', TRACE, file, 'nothing'], {
    cwd: import.meta.dirname,
    env: { PORT: 'none', DATABASE_URL: 'none' },
  });
  await expect(run).rejects.toMatchObject({
    stderr: expect.stringContaining(`(${path.join(ROOT, `src/${source}.ts`)}:`) as unknown,
  });
});
