import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addressOf } from '../../../src/config/databaseAddress.js';
import type { Prisma } from '../../../src/generated/client.js';
import { LOCAL_CALLER, type Caller } from '../../../src/membership.js';
import type { PageArgs } from '../../../src/ports/history.js';
import { openDatabase } from '../../../src/store/connection/client.js';
import { selectCalls } from '../../../src/store/history/pages/callReads.js';
import { selectOutcomes, selectOutcomesOfRequests } from '../../../src/store/history/pages/outcomeReads.js';
import {
  selectRequests,
  selectRequestsById,
  selectTargetsOfRequests,
} from '../../../src/store/history/pages/requestReads.js';
import { selectOutcomesAsText } from '../../../src/store/history/pages/outcomesAsText.js';
import { SCAN_LIMITS } from '../../../src/store/history/pages/keysetList.js';
import { prepared } from '../../../src/store/history/pages/preparedPages.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { requestIdOf, writeRun } from './historyRecord.js';

let testDatabase: TestDatabase;
let client: pg.Client;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  const database = openDatabase(addressOf(testDatabase.url));
  await writeRun(database.prisma, { administrator: 'security', from: 1, to: 10, accounts: 2000 });
  await writeRun(database.prisma, { administrator: 'archive', from: 11, to: 600, accounts: 1 });
  await database.close();
  client = new pg.Client({ connectionString: testDatabase.url });
  await client.connect();
  await client.query('ANALYZE');
}, 120_000);

afterAll(async () => {
  await client.end();
  await testDatabase.drop();
});

const GRANTED: Caller = { ...LOCAL_CALLER, administrators: ['security'] };
const FIRST: PageArgs = { first: 50, after: null };
const LAST: PageArgs = { last: 20, before: null };
const IDS = [requestIdOf(3), requestIdOf(4)];

const COLUMNS = [
  { as: 'email', column: 'email' },
  { as: 'region', column: 'region' },
] as const;

const selectText = (caller: Caller, page: PageArgs) =>
  prepared('text', selectOutcomesAsText(COLUMNS, { caller, filter: {}, page, limits: SCAN_LIMITS }));

const NAME = /^\s*\/\* prepared: (\w+) \*\//;

describe('a statement that is prepared', () => {
  it.each([
    ['outcomes', selectOutcomes(LOCAL_CALLER, {}, FIRST)],
    ['outcomes, backward', selectOutcomes(LOCAL_CALLER, {}, LAST)],
    ['outcomes granted', selectOutcomes(GRANTED, {}, FIRST)],
    ['outcomes as text', selectText(LOCAL_CALLER, FIRST)],
    ['outcomes as text granted, backward', selectText(GRANTED, LAST)],
    ['requests', selectRequests(LOCAL_CALLER, {}, FIRST)],
    ['requests granted', selectRequests(GRANTED, {}, LAST)],
    ['calls', selectCalls(LOCAL_CALLER, {}, FIRST)],
    ['calls granted', selectCalls(GRANTED, {}, FIRST)],
    ['outcomes of requests', selectOutcomesOfRequests(IDS, {}, FIRST)],
    ['requests by id', selectRequestsById(GRANTED, IDS)],
    ['targets of requests', selectTargetsOfRequests(IDS)],
  ])('reads no whole table with a generic plan: %s', async (_, { text, values }) => {
    expect(text).toMatch(NAME);
    await client.query('SET plan_cache_mode = force_generic_plan');
    await client.query(`PREPARE page AS ${text}`);
    try {
      const given = values.map((value) => literal(value)).join(', ');
      const { rows } = await client.query<{ 'QUERY PLAN': string }>(
        `EXPLAIN EXECUTE page${given === '' ? '' : `(${given})`}`,
      );
      const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
      expect(plan).not.toMatch(/Seq Scan on (outcome|request|request_account|target|call|send)\b/);
      const { rows: plans } = await client.query(
        `SELECT generic_plans::int AS generic FROM pg_prepared_statements WHERE name = 'page'`,
      );
      expect(plans).toEqual([{ generic: 1 }]);
    } finally {
      await client.query('DEALLOCATE page');
    }
  });

  it('has one text for each name', () => {
    const texts = new Map<string, string>();
    for (const caller of [LOCAL_CALLER, GRANTED, { ...GRANTED, administrators: ['archive', 'security'] }]) {
      for (const size of [1, 10, 20, 25, 50, 99, 100]) {
        for (const page of pagesOf(size)) {
          const statements = [
            selectOutcomes(caller, {}, page),
            selectRequests(caller, { note: null }, page),
            selectCalls(caller, {}, page),
            selectOutcomesOfRequests(IDS.slice(0, 1), {}, page),
          ];
          for (const { sql } of statements) {
            const name = NAME.exec(sql)?.[1];
            if (name === undefined) {
              continue;
            }
            expect(texts.get(name) ?? sql).toBe(sql);
            texts.set(name, sql);
          }
        }
      }
    }
    // Three lists, two scopes of grants, two directions and five sizes; and the outcomes of requests.
    expect(texts.size).toBe(3 * 2 * 2 * 5 + 2 * 5);
  });

  it('is not used for a list with a filter', () => {
    const narrowed: Prisma.Sql[] = [
      selectOutcomes(LOCAL_CALLER, { statuses: ['FAILED'] }, FIRST),
      selectRequests(LOCAL_CALLER, { note: 'x' }, FIRST),
      selectCalls(LOCAL_CALLER, { service: 'GUARDDUTY' }, FIRST),
    ];
    for (const { sql } of narrowed) {
      expect(sql).not.toMatch(NAME);
    }
  });
});

function pagesOf(size: number): PageArgs[] {
  return [
    { first: size, after: null },
    { last: size, before: null },
  ];
}

function literal(value: unknown): string {
  if (Array.isArray(value)) {
    return `'{${value.join(',')}}'`;
  }
  return client.escapeLiteral(String(value));
}
