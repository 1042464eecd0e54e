import { globSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const read = (file: string) => readFileSync(file, 'utf8');

it('every place that names the version names the one of package.json', () => {
  const { version } = JSON.parse(read('package.json')) as { version: string };
  const lock = JSON.parse(read('package-lock.json')) as { version: string };
  const deployed = ['Dockerfile', 'compose.yaml', ...globSync('deploy/kubernetes/**/*.yaml')].flatMap(
    (file) =>
      [...read(file).matchAll(/(?:membership-gateway:|newTag: |VERSION=)(\d\S*)/g)].map(([, found]) => [
        file,
        found,
      ]),
  );
  expect(deployed.length).toBeGreaterThan(5);
  const newest = /^## (\d\S*) - \d{4}-\d\d-\d\d$/m.exec(read('CHANGELOG.md'))?.[1];
  const released = /version (\S+)\. /.exec(read('schema.released.graphql'))?.[1];
  const packages = ['client/package.json', 'cli/package.json'].map((file) => [
    file,
    (JSON.parse(read(file)) as { version: string }).version,
  ]);
  const named = [
    ...deployed,
    ...packages,
    ['package-lock.json', lock.version],
    ['CHANGELOG.md', newest],
    ['schema', released],
  ];
  expect(named.filter(([, found]) => found !== version)).toEqual([]);
});
