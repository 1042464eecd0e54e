import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { parse } from 'yaml';

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

it('the update bot groups and holds packages that are here, in folders that have what it updates', () => {
  const { updates } = parse(read('.github/dependabot.yml')) as { updates: BotUpdates[] };
  const manifest = JSON.parse(read('package.json')) as Record<string, Record<string, string>>;
  const packages = Object.keys({ ...manifest['dependencies'], ...manifest['devDependencies'] });
  const files: Record<string, string> = { npm: 'package.json', docker: 'Dockerfile' };
  for (const { 'package-ecosystem': kind, directory, groups = {}, ignore = [] } of updates) {
    expect(globSync(`.${directory}${files[kind]}`)).toHaveLength(1);
    const patterns = [
      ...Object.values(groups).flatMap((group) => group.patterns ?? []),
      ...ignore.map((entry) => entry['dependency-name']),
    ];
    expect(patterns.filter((pattern) => !packages.some((name) => path.matchesGlob(name, pattern)))).toEqual(
      [],
    );
  }
});

/** The parts of the bot's configuration that name things of this repository. */
interface BotUpdates {
  readonly 'package-ecosystem': string;
  readonly directory: string;
  readonly groups?: Record<string, { readonly patterns?: string[] }>;
  readonly ignore?: { readonly 'dependency-name': string }[];
}
