import { describe, expect, it } from 'vitest';
import { Prisma } from '../../../src/generated/client.js';
import { LOCAL_CALLER, type Caller } from '../../../src/membership.js';
import type { ForwardPage, HistoryStore, Page } from '../../../src/ports/history.js';
import { createHistoryStore } from '../../../src/store/history/history.js';
import { ARCHIVE, keyOf, NOWHERE, readAll, readIds } from './historyReading.js';
import { requestIdOf, timeOf, writeRun } from './historyRecord.js';
import { useTestRecord } from '../testRecord.js';

const NOBODY: Caller = { ...LOCAL_CALLER, administrators: [] };

let history: HistoryStore;

const record = useTestRecord(async (prisma) => {
  history = createHistoryStore(prisma);
  await writeRun(prisma, { administrator: 'security', from: 1, to: 5, accounts: 120 });
  await writeRun(prisma, { administrator: 'archive', from: 6, to: 8, accounts: 120 });
  await writeRun(prisma, { administrator: 'security', from: 10, to: 130, accounts: 1, coalesced: true });
});

function expectedIds(statement: Prisma.Sql): Promise<string[]> {
  return readIds(record.prisma, statement);
}

describe('lists of requests and calls', () => {
  it('have every row once and newest first, for a caller of all administrators and of one', async () => {
    for (const caller of [LOCAL_CALLER, ARCHIVE, NOBODY]) {
      const seen = Prisma.sql`(${caller.administrators === null} OR administrator = ANY (${[...(caller.administrators ?? [])]}))`;
      const requests = await readAll((page) => history.requests(caller, {}, page), 7);
      expect(requests.map(({ id }) => id)).toEqual(
        await expectedIds(Prisma.sql`SELECT id::text FROM request WHERE ${seen} ORDER BY request.id DESC`),
      );
      const calls = await readAll((page) => history.calls(caller, {}, page), 7);
      expect(calls.map(({ id }) => id)).toEqual(
        await expectedIds(
          Prisma.sql`SELECT c.id::text FROM call c JOIN lane ON lane.id = c.lane_id WHERE ${seen} ORDER BY c.id DESC`,
        ),
      );
    }
  });
});

describe('reads by key', () => {
  it('answer in the order of the keys, twice for a key given twice, null for an unknown key', async () => {
    const [first, second] = [requestIdOf(2), requestIdOf(7)];
    const requests = await history.requestsById(LOCAL_CALLER, [second, NOWHERE, first, 'no uuid', second]);
    expect(requests.map((row) => row?.id ?? null)).toEqual([second, null, first, null, second]);
    expect(requests[0]).toMatchObject({
      administrator: 'archive',
      status: 'FAILED',
      createdAt: timeOf(7),
      finishedAt: expect.any(Date),
      note: null,
    });

    const [newest, oldest] = await expectedIds(
      Prisma.sql`SELECT max(id::text) AS id FROM call UNION ALL SELECT min(id::text) FROM call`,
    );
    const calls = await history.callsById(LOCAL_CALLER, [oldest!, NOWHERE, newest!, '', oldest!]);
    expect(calls.map((row) => row?.id ?? null)).toEqual([oldest, null, newest, null, oldest]);
    expect(calls[0]).toMatchObject({
      accountCount: 49,
      httpStatus: 200,
      startedAt: expect.any(Date),
      errorCode: null,
    });

    const keys = [
      '5/000000000034',
      '5/000000000001',
      '4/000000000017',
      'x/000000000017',
      '99999999999999999999/1',
      '5/000000000034',
    ];
    const outcomes = await history.outcomesByKey(
      LOCAL_CALLER,
      keys.map((key) => ({ targetId: key.split('/')[0]!, accountId: key.split('/')[1]! })),
    );
    expect(outcomes.map((row) => (row === null ? null : keyOf(row)))).toEqual([
      keys[0],
      null,
      keys[2],
      null,
      null,
      keys[0],
    ]);
  });

  it('show nothing of administrators that are not granted to the caller', async () => {
    const calls = await expectedIds(Prisma.sql`
      (SELECT c.id::text FROM call c JOIN lane l ON l.id = c.lane_id WHERE l.administrator = 'security' LIMIT 1)
      UNION ALL (SELECT c.id::text FROM call c JOIN lane l ON l.id = c.lane_id WHERE l.administrator = 'archive' LIMIT 1)`);
    const keys = ['4', '24'].map((targetId) => ({ targetId, accountId: '000000000017' }));
    const found = async (caller: Caller) => [
      (await history.requestsById(caller, [requestIdOf(1), requestIdOf(6)])).map((row) => row !== null),
      (await history.callsById(caller, calls)).map((row) => row !== null),
      (await history.outcomesByKey(caller, keys)).map((row) => row !== null),
    ];
    expect(await found(LOCAL_CALLER)).toEqual([
      [true, true],
      [true, true],
      [true, true],
    ]);
    expect(await found(ARCHIVE)).toEqual([
      [false, true],
      [false, true],
      [false, true],
    ]);
    expect(await found(NOBODY)).toEqual([
      [false, false],
      [false, false],
      [false, false],
    ]);
  });
});

it('every read is one statement, and none when its cursor is wrong', async () => {
  const statements: string[] = [];
  record.database.onStatement((sql) => statements.push(sql));
  const ids = [requestIdOf(1), requestIdOf(6)];
  const reads: ((page: ForwardPage) => Promise<unknown>)[] = [
    (page) => history.requests(ARCHIVE, { note: 'x', service: 'GUARDDUTY' }, page),
    (page) => history.calls(ARCHIVE, { statuses: ['REFUSED'] }, page),
    (page) => history.outcomes(ARCHIVE, { service: 'GUARDDUTY', statuses: ['FAILED', 'PENDING'] }, page),
    (page) => history.outcomesOfRequests(ids, { service: 'GUARDDUTY' }, page),
    (page) => history.outcomesOfCalls(ids, page),
    (page) => history.callsOfRequests(ids, page),
    () => history.requestsById(ARCHIVE, ids),
    () => history.callsById(ARCHIVE, ids),
    () => history.outcomesByKey(ARCHIVE, [{ targetId: '5', accountId: '000000000017' }]),
    () => history.targetsOfRequests(ids),
  ];
  for (const [place, read] of reads.entries()) {
    await read({ first: 5, after: null });
    expect(statements.splice(0)).toHaveLength(1);
    if (place >= 6) {
      continue;
    }
    await expect(read({ first: 5, after: 'banana' })).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
      message: expect.stringMatching(
        /^after: expected a cursor from a list of (requests|calls|outcomes); "banana" is no cursor$/,
      ),
    });
    expect(statements.splice(0)).toHaveLength(0);
  }
});

it('rows added between two pages neither repeat listed rows nor hide older ones', async () => {
  const lists: ((
    page: ForwardPage,
  ) => Promise<Page<{ id?: string; targetId?: string; accountId?: string }>>)[] = [
    (page) => history.requests(LOCAL_CALLER, {}, page),
    (page) => history.calls(LOCAL_CALLER, {}, page),
    (page) => history.outcomes(LOCAL_CALLER, {}, page),
    (page) => history.outcomes(LOCAL_CALLER, { accountIds: ['000000000017'] }, page),
    (page) => history.outcomes(LOCAL_CALLER, { statuses: ['UNPROCESSED'] }, page),
  ];
  // Each call has requests of its own, so that the added calls are newer too.
  let number = 200;
  for (const list of lists) {
    const before = await readAll(list, 100);
    let pages = 0;
    const added = async (page: ForwardPage) => {
      if (pages++ % 4 === 1) {
        number += 50;
        await writeRun(record.prisma, {
          administrator: 'security',
          from: number,
          to: number + 4,
          accounts: 3,
          coalesced: true,
        });
      }
      return list(page);
    };
    expect(await readAll(added, 11)).toEqual(before);
    expect((await readAll(list, 100)).length).toBeGreaterThan(before.length);
  }
});
