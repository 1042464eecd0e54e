import { describe, expect, it } from 'vitest';
import { Prisma } from '../../../src/generated/client.js';
import { LOCAL_CALLER, type Caller } from '../../../src/membership.js';
import type { CallFilter, HistoryStore, OutcomeFilter, RequestFilter } from '../../../src/ports/history.js';
import { createHistoryStore } from '../../../src/store/history/history.js';
import { ALL_OUTCOMES } from '../recordReading.js';
import { callConditions, outcomeConditions, requestConditions } from './historyConditions.js';
import { ARCHIVE, combinations, keyOf, readAll, readAllBackward, readIds } from './historyReading.js';
import { requestIdOf, timeOf, writeRun } from './historyRecord.js';
import { byRunLength } from '../../support/runLength.js';
import { useTestRecord } from '../testRecord.js';

let history: HistoryStore;

const record = useTestRecord(async (prisma) => {
  history = createHistoryStore(prisma);
  await writeRun(prisma, { administrator: 'security', from: 1, to: 5, accounts: 60 });
  await writeRun(prisma, { administrator: 'archive', from: 6, to: 8, accounts: 60 });
  await writeRun(prisma, { administrator: 'security', from: 10, to: 130, accounts: 1, coalesced: true });
});

const CALLERS: Caller[] = [LOCAL_CALLER, ARCHIVE];

/** A time while a request settles, and a time among the later requests. */
const EARLY = new Date(timeOf(4).getTime() + 60_030);
const LATE = timeOf(77);

/** Conditions of a filter. A page asks for three things at once; boundedLists.test.ts draws filters with more. */
const MAX_CONDITIONS = byRunLength(3, 10);

const LANES = { administrator: ['security'], service: ['SECURITY_HUB'], region: ['eu-west-1'] };

/** The column `id` of the rows that meet the conditions, from a plain statement. */
function expectedIds(
  from: Prisma.Sql,
  id: Prisma.Sql,
  conditions: Prisma.Sql[],
  order: Prisma.Sql,
): Promise<string[]> {
  return readIds(
    record.prisma,
    Prisma.sql`SELECT ${id} AS id FROM ${from} WHERE ${Prisma.join([Prisma.sql`true`, ...conditions], ' AND ')} ORDER BY ${order}`,
  );
}

describe('every combination of up to three conditions of a filter lists and counts the rows that meet all of them', () => {
  it('for requests', { timeout: 120_000 }, async () => {
    const filters = combinations<RequestFilter>(
      {
        ...LANES,
        operations: [['INVITE_MEMBERS']],
        statuses: [['SUCCEEDED', 'RUNNING', 'RUNNING']],
        requestedBy: ['bob'],
        accountId: ['000000000017'],
        note: ['TICKET 100%_'],
        createdAfter: [timeOf(3)],
        createdBefore: [LATE],
      },
      MAX_CONDITIONS,
    );
    for (const [place, filter] of filters.entries()) {
      const caller = CALLERS[place % 2]!;
      const ids = await expectedIds(
        Prisma.sql`request r`,
        Prisma.sql`r.id::text`,
        requestConditions(caller, filter),
        Prisma.sql`r.id DESC`,
      );
      const said = JSON.stringify({ caller, filter });
      const rows = await readAll((page) => history.requests(caller, filter, page), 100);
      expect(
        rows.map(({ id }) => id),
        said,
      ).toEqual(ids);
      const backward = await readAllBackward((page) => history.requests(caller, filter, page), 31);
      expect(
        backward.map(({ id }) => id),
        said,
      ).toEqual(ids);
      expect(await history.countRequests(caller, filter, 20), said).toBe(ids.length > 20 ? null : ids.length);
    }
  });

  it('for calls', async () => {
    const filters = combinations<CallFilter>(
      {
        ...LANES,
        operations: [['INVITE_MEMBERS'], ['CREATE_MEMBERS', 'DELETE_MEMBERS']],
        statuses: [['REFUSED', 'SENT'], ['UNANSWERED', 'UNANSWERED'], ['ANSWERED']],
        startedAfter: [timeOf(2)],
        startedBefore: [timeOf(5)],
      },
      MAX_CONDITIONS,
    );
    for (const [place, filter] of filters.entries()) {
      const caller = CALLERS[place % 2]!;
      const ids = await expectedIds(
        Prisma.sql`call c JOIN lane l ON l.id = c.lane_id`,
        Prisma.sql`c.id::text`,
        callConditions(caller, filter),
        Prisma.sql`c.id DESC`,
      );
      const said = JSON.stringify({ caller, filter });
      const rows = await readAll((page) => history.calls(caller, filter, page), 10);
      expect(
        rows.map(({ id }) => id),
        said,
      ).toEqual(ids);
      const backward = await readAllBackward((page) => history.calls(caller, filter, page), 11);
      expect(
        backward.map(({ id }) => id),
        said,
      ).toEqual(ids);
      expect(await history.countCalls(caller, filter, 9), said).toBe(ids.length > 9 ? null : ids.length);
    }
  });

  it('for outcomes', { timeout: 120_000 }, async () => {
    const filters = combinations<OutcomeFilter>(
      {
        ...LANES,
        requestId: [requestIdOf(1)],
        accountIds: [['000000000017', '000000000119', '000000000119']],
        operations: [['INVITE_MEMBERS', 'DELETE_MEMBERS']],
        statuses: [['FAILED', 'UNPROCESSED'], ['PENDING', 'IN_FLIGHT', 'CANCELED'], ['PROCESSED']],
        reasonCodes: [['SELF', 'THROTTLED', 'THROTTLED']],
        settledAfter: [EARLY],
        settledBefore: [LATE],
      },
      MAX_CONDITIONS,
    );
    for (const [place, filter] of filters.entries()) {
      const caller = CALLERS[place % 3 === 0 ? 1 : 0]!;
      const ids = await expectedIds(
        Prisma.sql`${ALL_OUTCOMES} o JOIN target t ON t.id = o.target_id JOIN lane l ON l.id = t.lane_id`,
        Prisma.sql`o.target_id || '/' || o.account_id`,
        outcomeConditions(caller, filter),
        Prisma.sql`o.target_id DESC, o.account_id DESC`,
      );
      const said = JSON.stringify({ caller, filter });
      const rows = await readAll((page) => history.outcomes(caller, filter, page), 100);
      expect(rows.map(keyOf), said).toEqual(ids);
      const backward = await readAllBackward((page) => history.outcomes(caller, filter, page), 73);
      expect(backward.map(keyOf), said).toEqual(ids);
      expect(await history.countOutcomes(caller, filter, 50), said).toBe(ids.length > 50 ? null : ids.length);
    }
  });
});
