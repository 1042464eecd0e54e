// toSchema imports classes with decorators.
import 'reflect-metadata';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LOCAL_CALLER, REASON_CODES, type Caller } from '../../../src/membership.js';
import type { OutcomeColumn } from '../../../src/ports/history.js';
import type { TextColumn, TextPage } from '../../../src/ports/pages.js';
import { toOutcome } from '../../../src/resolvers/toSchema.js';
import { outcomeNodeId } from '../../../src/services/input/nodeId.js';
import { createHistoryStore } from '../../../src/store/history/history.js';
import { readAll } from './historyReading.js';
import { requestIdOf, writeRun } from './historyRecord.js';
import { useTestRecord } from '../testRecord.js';

const record = useTestRecord(async (prisma) => {
  await writeRun(prisma, { administrator: 'security', from: 1, to: 4, accounts: 30 });
  await writeRun(prisma, { administrator: 'archive', from: 5, to: 6, accounts: 30 });
});

const ALL: OutcomeColumn[] = [
  '__typename',
  'id',
  'accountId',
  'email',
  'operation',
  'administrator',
  'service',
  'region',
  'status',
  'reasonCode',
  'reason',
  'retryable',
  'sends',
  'settledAt',
];

/** Characters that JSON escapes, that it does not escape, and that JavaScript escaped formerly. */
const ODD_TEXTS = [
  'quote " backslash \\ slash / tab \t line \n return \r bell \u0007 unit \u001f delete \u007f',
  'ü € 你好 😀 line separator \u2028 paragraph separator \u2029 byte order mark \ufeff',
  '\'); DROP TABLE outcome; -- {"a": [1]} ${x} %s $1 ||',
  '',
];

const named = (columns: readonly OutcomeColumn[]): TextColumn<OutcomeColumn>[] =>
  columns.map((column) => ({ as: column, column }));

/** A page of the newest outcomes as text, and as JSON.stringify writes it in the form of the schema. */
async function bothWays(columns: readonly TextColumn<OutcomeColumn>[], first = 100) {
  const history = createHistoryStore(record.prisma);
  const page = { first, after: null };
  const { nodes } = await history.outcomesAsText(LOCAL_CALLER, {}, page, columns);
  const { edges } = await history.outcomes(LOCAL_CALLER, {}, page);
  const shown = edges.map(({ node }) => {
    const outcome = toOutcome(node);
    return JSON.stringify(Object.fromEntries(columns.map(({ as, column }) => [as, outcome[column]])));
  });
  return { nodes, expected: shown.join(',') };
}

describe('a page of outcomes as text', () => {
  it('equals what JSON.stringify makes of its rows', async () => {
    const { nodes, expected } = await bothWays(named(ALL));
    expect(JSON.parse(`[${nodes}]`)).toHaveLength(100);
    expect(nodes).toBe(expected);
  });

  it.each(ODD_TEXTS)('does so with the text %j of a service or a caller', async (text) => {
    await record.prisma.$executeRaw`
      UPDATE request_account SET email = ${text} WHERE request_id = ${requestIdOf(6)}::uuid`;
    await record.prisma.$transaction(async (tx) => {
      await tx.$executeRaw`SET LOCAL session_replication_role = replica`;
      await tx.$executeRaw`UPDATE outcome SET reason = ${text}, settled_at = '2026-03-01T23:59:59.999999Z' WHERE target_id > 20`;
    });
    const { nodes, expected } = await bothWays(named(ALL));
    expect(nodes).toContain(JSON.stringify(text));
    expect(nodes).toContain('"2026-03-01T23:59:59.999Z"');
    expect(nodes).toBe(expected);
  });

  it.each(REASON_CODES)('says whether %s is retryable', async (reasonCode) => {
    await record.prisma.$transaction(async (tx) => {
      await tx.$executeRaw`SET LOCAL session_replication_role = replica`;
      await tx.$executeRaw`
        UPDATE outcome SET reason_code = ${reasonCode}::reason_code, status = 'UNPROCESSED' WHERE target_id > 20`;
    });
    const { nodes, expected } = await bothWays(named(['reasonCode', 'retryable']), 5);
    expect(nodes).toContain(`"${reasonCode}"`);
    expect(nodes).toBe(expected);
  });

  it.each<Caller>([LOCAL_CALLER, { ...LOCAL_CALLER, administrators: ['archive'] }])(
    'continues where the last one ended, in both directions, for every caller',
    async (caller) => {
      const history = createHistoryStore(record.prisma);
      const columns = named(['id']);
      const rows = await readAll((page) => history.outcomes(caller, {}, page), 100);
      const ids = rows.map((row) => JSON.stringify({ id: outcomeNodeId(row) }));
      const forward: string[] = [];
      for (let after: string | null = null; ;) {
        const page: TextPage = await history.outcomesAsText(caller, {}, { first: 50, after }, columns);
        forward.push(page.nodes);
        if (!page.hasNextPage) {
          break;
        }
        after = page.endCursor;
      }
      const backward: string[] = [];
      for (let before: string | null = null; ;) {
        const page: TextPage = await history.outcomesAsText(caller, {}, { last: 50, before }, columns);
        backward.unshift(page.nodes);
        if (!page.hasPreviousPage) {
          break;
        }
        before = page.startCursor;
      }
      expect(ids.length).toBeGreaterThan(100);
      expect(forward.join(',').split(/,(?={)/)).toEqual(ids);
      expect(backward.join(',').split(/,(?={)/)).toEqual(ids);
    },
  );

  it('has the wanted columns by their names and in their order', async () => {
    const columns: TextColumn<OutcomeColumn>[] = [
      { as: 'region', column: 'accountId' },
      { as: 'constructor', column: 'region' },
      { as: '_', column: 'sends' },
      // Longer than the 63 characters of a name in PostgreSQL.
      { as: 'a'.repeat(80), column: 'service' },
      { as: 'toString', column: 'service' },
    ];
    const { nodes, expected } = await bothWays(columns, 3);
    expect(nodes).toBe(expected);
    for (const column of ALL) {
      const one = await bothWays(named([column]), 2);
      expect(one.nodes, column).toBe(one.expected);
    }
  });

  it('has any columns in any order', async () => {
    const someInOrder = fc.shuffledSubarray(ALL, { minLength: 2 });
    await fc.assert(
      fc.asyncProperty(someInOrder, async (columns) => {
        const { nodes, expected } = await bothWays(named(columns), 2);
        expect(nodes).toBe(expected);
      }),
    );
  });

  it('is empty if there are no rows', async () => {
    const history = createHistoryStore(record.prisma);
    const page = { first: 10, after: null };
    const nobody = { ...LOCAL_CALLER, administrators: [] };
    expect(await history.outcomesAsText(nobody, {}, page, named(ALL))).toEqual({
      nodes: '',
      hasNextPage: false,
      hasPreviousPage: false,
      startCursor: null,
      endCursor: null,
    });
  });

  it('is prepared for 50 selections of columns, and read without preparation for more', async () => {
    const history = createHistoryStore(record.prisma);
    const names = new Set<string>();
    let unnamed = 0;
    const stop = record.database.onStatement((sql) => {
      const name = /^\/\* prepared: (\w+) \*\//.exec(sql)?.[1];
      if (name === undefined) {
        unnamed += 1;
      } else {
        names.add(name);
      }
    });
    for (let index = 0; index < 60; index += 1) {
      const columns: TextColumn<OutcomeColumn>[] = [{ as: `name_${index}`, column: 'accountId' }];
      for (const after of [null, null]) {
        const { nodes } = await history.outcomesAsText(LOCAL_CALLER, {}, { first: 10, after }, columns);
        expect(JSON.parse(`[${nodes}]`)).toHaveLength(10);
        expect(nodes).toContain(`"name_${index}"`);
      }
    }
    stop();
    expect([names.size, unnamed]).toEqual([50, 20]);
    for (const name of names) {
      expect(name.length).toBeLessThanOrEqual(63);
    }
  });
});
