import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { FAULTS } from '../../sandbox/faults/fault.js';
import { MAGIC_OUTCOMES } from '../../sandbox/faults/magicTable.js';
import { INVENTED_TEXTS } from '../../sandbox/members/texts.js';
import { startSandbox } from './clients.js';

const readme = await readFile(new URL('../../sandbox/README.md', import.meta.url), 'utf8');
const cells = (row: string): string[] =>
  row
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());
const rows = readme
  .split('\n')
  .filter((line) => line.startsWith('| '))
  .map(cells);

it('the README has the magic table of the sandbox', () => {
  const count = (sends: number | null): string =>
    sends === null ? 'always' : sends === 1 ? 'once' : 'twice';
  const expected = MAGIC_OUTCOMES.map((row) => [
    `\`9000${row.digits}\``,
    'text' in row ? `unprocessed, \`${row.reason}\`` : `\`${row.fault}\``,
    row.operations.length === 4
      ? 'every change'
      : row.operations.map((name) => name.replace('Members', '')).join(', '),
    count(row.sends),
  ]);
  expect(rows.filter(([digits]) => digits?.startsWith('`9000'))).toEqual(expected);
});

it('the README names exactly the reasons with an invented text', () => {
  const sentence = /observed to write a text for (.*?): those are invented/s.exec(readme)?.[1] ?? '';
  const named = [...sentence.matchAll(/`([A-Z_]+)`/g)].map(([, reason]) => reason);
  const invented = MAGIC_OUTCOMES.filter(
    (row) => 'text' in row && INVENTED_TEXTS.some((text) => text === row.text),
  );
  expect(named).toEqual(invented.map((row) => ('reason' in row ? row.reason : undefined)));
});

it('the README explains every fault', () => {
  const from = readme.indexOf('## Faults');
  const explained = [...readme.slice(from, readme.indexOf('## Control API')).matchAll(/`([a-z0-9-]+)`/g)];
  expect(explained.map(([, fault]) => fault).toSorted()).toEqual([...FAULTS].toSorted());
});

it('the README lists every request of the control API', async () => {
  const { control } = await startSandbox();
  const { error } = (await (await control.request('GET', 'nothing')).json()) as { error: string };
  const routes = /^expected one of (.*); got/.exec(error)?.[1]?.split(', ');
  const listed = rows
    .map(([first]) => /^`((?:GET|PUT|POST|DELETE) [a-z]+)[?`]/.exec(first ?? '')?.[1])
    .filter(Boolean);
  expect(listed.toSorted()).toEqual(routes?.toSorted());
});

it('the README lists every variable of the environment', async () => {
  const config = await readFile(new URL('../../sandbox/config.ts', import.meta.url), 'utf8');
  const read = [...config.matchAll(/^ {2}(SANDBOX_\w+):/gm)].map(([, name]) => name);
  const listed = rows.flatMap(([first]) =>
    [...(first ?? '').matchAll(/`(SANDBOX_\w+)`/g)].map(([, name]) => name),
  );
  expect(listed.toSorted()).toEqual(read.toSorted());
});
