import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
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
