import { describe, expect, it } from 'vitest';
import { Prisma } from '../../../src/generated/client.js';
import { LOCAL_CALLER, type Caller, type OutcomeStatus } from '../../../src/membership.js';
import type { ForwardPage, HistoryStore, OutcomeFilter, OutcomeRow } from '../../../src/ports/history.js';
import { createHistoryStore } from '../../../src/store/history/history.js';
import { ARCHIVE, keyOf, NOWHERE, readAll, readIds } from './historyReading.js';
import { callIdOf, requestIdOf, timeOf, writeRun } from './historyRecord.js';
import { ALL_OUTCOMES } from '../recordReading.js';
import { useTestRecord } from '../testRecord.js';

let history: HistoryStore;

const record = useTestRecord(async (prisma) => {
  history = createHistoryStore(prisma);
  await writeRun(prisma, { administrator: 'security', from: 1, to: 5, accounts: 120 });
  await writeRun(prisma, { administrator: 'archive', from: 6, to: 8, accounts: 120 });
  await writeRun(prisma, { administrator: 'security', from: 10, to: 130, accounts: 1, coalesced: true });
});

/** The expected keys of a list of outcomes, from a plain statement. */
async function expectedKeys(caller: Caller, filter: OutcomeFilter): Promise<string[]> {
  const conditions = [Prisma.sql`true`];
  if (caller.administrators) {
    conditions.push(Prisma.sql`l.administrator = ANY (${[...caller.administrators]})`);
  }
  if (filter.requestId) {
    conditions.push(Prisma.sql`t.request_id = ${filter.requestId}::uuid`);
  }
  if (filter.accountIds) {
    conditions.push(Prisma.sql`o.account_id = ANY (${[...filter.accountIds]})`);
  }
  if (filter.statuses) {
    conditions.push(Prisma.sql`o.status::text = ANY (${[...filter.statuses]})`);
  }
  if (filter.service) {
    conditions.push(Prisma.sql`l.service::text = ${filter.service}`);
  }
  if (filter.region) {
    conditions.push(Prisma.sql`l.region = ${filter.region}`);
  }
  return expectedIds(Prisma.sql`
    SELECT o.target_id || '/' || o.account_id AS id
    FROM ${ALL_OUTCOMES} o JOIN target t ON t.id = o.target_id JOIN lane l ON l.id = t.lane_id
    WHERE ${Prisma.join(conditions, ' AND ')}
    ORDER BY o.target_id DESC, o.account_id DESC`);
}

function expectedIds(statement: Prisma.Sql): Promise<string[]> {
  return readIds(record.prisma, statement);
}

describe('a list of outcomes', () => {
  const statuses: (readonly OutcomeStatus[] | null)[] = [
    null,
    ['FAILED'],
    ['CANCELED', 'UNPROCESSED', 'FAILED', 'FAILED'],
    ['PROCESSED'],
    ['PENDING', 'IN_FLIGHT'],
    ['UNPROCESSED', 'PENDING', 'CANCELED'],
    [],
  ];
  const lanes: OutcomeFilter[] = [
    {},
    { service: 'SECURITY_HUB' },
    { region: 'eu-west-1', service: 'GUARDDUTY' },
  ];
  const accounts = ['000000000017', '000000000051', '000000001700', '000000002040', '999999999999'];

  it.each<OutcomeFilter>([
    {},
    { accountIds: accounts },
    { accountIds: [] },
    { requestId: requestIdOf(3) },
    { requestId: requestIdOf(6) },
    { requestId: requestIdOf(3), accountIds: [...accounts, ...accounts] },
    { requestId: requestIdOf(6), accountIds: accounts },
    { requestId: NOWHERE },
  ])(
    'filtered by %j, alone and with everything else, has every row once and newest first',
    async (filter) => {
      for (const caller of [LOCAL_CALLER, ARCHIVE]) {
        for (const others of statuses.flatMap((status) =>
          lanes.map((lane) => ({ ...lane, statuses: status })),
        )) {
          const both = { ...filter, ...others };
          const rows = await readAll((page) => history.outcomes(caller, both, page), 73);
          expect(rows.map(keyOf), JSON.stringify({ caller, both })).toEqual(await expectedKeys(caller, both));
        }
      }
    },
  );

  it('read one row at a time is the same list', async () => {
    const filter: OutcomeFilter = { requestId: requestIdOf(1), statuses: ['UNPROCESSED', 'FAILED'] };
    const rows = await readAll((page) => history.outcomes(LOCAL_CALLER, filter, page), 1);
    expect(rows.map(keyOf)).toEqual(await expectedKeys(LOCAL_CALLER, filter));
    expect(rows.length).toBeGreaterThan(10);
  });

  it('shows the input, the result and the last call', async () => {
    const filter: OutcomeFilter = { requestId: requestIdOf(6), statuses: ['FAILED'], service: 'GUARDDUTY' };
    const page = await history.outcomes(LOCAL_CALLER, filter, { first: 1, after: null });
    expect(page.edges[0]?.node).toEqual<OutcomeRow>({
      targetId: '25',
      accountId: '000000001734',
      requestId: requestIdOf(6),
      email: '000000001734@example.com',
      operation: 'CREATE_MEMBERS',
      administrator: 'archive',
      service: 'GUARDDUTY',
      region: 'us-east-1',
      status: 'FAILED',
      reasonCode: 'ALREADY_MEMBER',
      reason: 'The request was refused for account 000000001734',
      sends: 2,
      settledAt: new Date(timeOf(6).getTime() + 60_102),
      callId: callIdOf(6, 8, 0x61aa),
    });
  });

  it('shows null for values that do not exist yet', async () => {
    const filter: OutcomeFilter = { requestId: requestIdOf(3), statuses: ['PENDING'] };
    const page = await history.outcomes(LOCAL_CALLER, filter, { first: 1, after: null });
    expect(page.edges[0]?.node).toMatchObject({
      status: 'PENDING',
      reasonCode: null,
      reason: null,
      sends: 0,
      settledAt: null,
      callId: null,
    });
    const odd = { ...filter, accountIds: ['000000002023'] };
    const nobody = await history.outcomes(LOCAL_CALLER, odd, { first: 1, after: null });
    expect(nobody.edges[0]?.node.email).toBeNull();
  });

  it('has no next page when its last page is full', async () => {
    const filter: OutcomeFilter = { requestId: requestIdOf(10) };
    const page = await history.outcomes(LOCAL_CALLER, filter, { first: 4, after: null });
    expect([page.edges.length, page.hasNextPage]).toEqual([4, false]);
    const next = await history.outcomes(LOCAL_CALLER, filter, { first: 4, after: page.edges[3]!.cursor });
    expect(next).toEqual({
      edges: [],
      hasNextPage: false,
      hasPreviousPage: true,
      startCursor: null,
      endCursor: null,
    });
  });
});

describe('lists below parents', () => {
  const parents = [requestIdOf(3), NOWHERE, requestIdOf(1), 'no uuid', requestIdOf(3)];

  it.each<OutcomeFilter>([
    {},
    { statuses: ['FAILED', 'UNPROCESSED', 'CANCELED'] },
    { region: 'us-east-1', statuses: ['PROCESSED'] },
  ])('of outcomes of requests, filtered by %j, come in the order of the requests', async (filter) => {
    for (const [place, requestId] of parents.entries()) {
      const list = async (page: ForwardPage) =>
        (await history.outcomesOfRequests(parents, filter, page))[place]!;
      const expected = place % 2 === 1 ? [] : await expectedKeys(LOCAL_CALLER, { ...filter, requestId });
      expect((await readAll(list, 100)).map(keyOf)).toEqual(expected);
    }
  });

  it('of calls of requests come in the order of the requests', async () => {
    for (const [place, requestId] of parents.entries()) {
      const list = async (page: ForwardPage) => (await history.callsOfRequests(parents, page))[place]!;
      const expected = await expectedIds(Prisma.sql`
        SELECT DISTINCT s.call_id::text AS id FROM send s JOIN target t ON t.id = s.target_id
        WHERE t.request_id::text = ${requestId} ORDER BY 1 DESC`);
      expect((await readAll(list, 2)).map(({ id }) => id)).toEqual(expected);
    }
  });

  it('of outcomes of calls come in the order of the calls, whether one request filled the call or fifty', async () => {
    const calls = await expectedIds(Prisma.sql`
      (SELECT id::text FROM call ORDER BY id LIMIT 2) UNION ALL (SELECT id::text FROM call ORDER BY id DESC LIMIT 2)`);
    const asked = [calls[0]!, NOWHERE, calls[3]!, calls[1]!, calls[2]!, calls[0]!];
    for (const [place, callId] of asked.entries()) {
      const list = async (page: ForwardPage) => (await history.outcomesOfCalls(asked, page))[place]!;
      const expected = await expectedIds(Prisma.sql`
        SELECT o.target_id || '/' || o.account_id AS id FROM ${ALL_OUTCOMES} o WHERE ${callId}::uuid = ANY (o.call_ids)
        ORDER BY o.target_id DESC, o.account_id DESC`);
      expect(expected.length > 0).toBe(place !== 1);
      for (const first of [7, 50]) {
        expect((await readAll(list, first)).map(keyOf)).toEqual(expected);
      }
    }
  });

  it('of targets come in the order of the requests and of their creation', async () => {
    const [running, none, refused, wrong, again] = await history.targetsOfRequests(parents);
    expect(running).toHaveLength(4);
    expect(running?.[0]).toEqual({
      requestId: requestIdOf(3),
      administrator: 'security',
      service: 'GUARDDUTY',
      region: 'eu-west-1',
      detectorId: null,
      isErased: false,
      counts: { total: 120, pending: 60, inFlight: 60, processed: 0, unprocessed: 0, failed: 0, canceled: 0 },
    });
    expect([none, wrong]).toEqual([[], []]);
    expect(refused?.map(({ counts }) => counts.unprocessed)).toEqual([3, 3, 3, 3]);
    expect(again).toEqual(running);
    expect(await history.targetsOfRequests([])).toEqual([]);
  });
});
