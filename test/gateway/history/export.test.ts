import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CreateMembersDocument, OutcomesDocument } from '../../generated/graphql.js';
import { accounts, startGateway, type TestGateway } from '../../support/gateway.js';
import { writeRun } from '../../store/history/historyRecord.js';

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startGateway();
  await writeRun(gateway.database.prisma, { administrator: 'archive', from: 1, to: 10, accounts: 1000 });
  const input = { accounts: accounts(3), note: 'newest', regions: ['eu-west-1'] };
  await gateway.execute(CreateMembersDocument, { input });
});
afterAll(() => gateway.stop());

async function fetchExport(path: string) {
  const response = await fetch(`${gateway.url}/export/${path}`);
  return { status: response.status, headers: response.headers, text: await response.text() };
}

/** The exports that PostgreSQL has open, at work or between two batches. */
async function readingExports(): Promise<number> {
  const [row] = await gateway.database.prisma.$queryRaw<{ count: number }[]>`
    SELECT count(*)::int AS count FROM pg_stat_activity
    WHERE datname = current_database() AND application_name = 'membership-gateway-export' AND state <> 'idle'`;
  return row!.count;
}

describe('an export of outcomes', () => {
  it('as JSON lines has every outcome once, in the order of the list', async () => {
    const { status, headers, text } = await fetchExport('outcomes.jsonl');
    expect([status, headers.get('content-type')]).toEqual([200, 'application/jsonl; charset=utf-8']);
    const lines = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { id: string });
    expect(lines).toHaveLength(40_006);
    const { outcomes } = await gateway.execute(OutcomesDocument, { first: 100 });
    expect(lines.slice(0, 100).map(({ id }) => id)).toEqual(outcomes.nodes.map(({ id }) => id));
    expect(new Set(lines.map(({ id }) => id)).size).toBe(lines.length);
  });

  it('has the fields of the schema, by their names', async () => {
    const { text } = await fetchExport(
      'outcomes.jsonl?administrator=default&accountId=' + accounts(1)[0]!.accountId,
    );
    const rows = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as object);
    expect(rows).toHaveLength(2);
    expect(rows[0]).toEqual({
      id: expect.stringMatching(/^outcome_/),
      ...accounts(1)[0],
      operation: 'CREATE_MEMBERS',
      administrator: 'default',
      service: expect.any(String),
      region: 'eu-west-1',
      status: 'PROCESSED',
      reasonCode: null,
      reason: null,
      retryable: false,
      sends: 1,
      settledAt: expect.stringMatching(/^\d{4}-.*\.\d{3}Z$/),
      requestId: expect.stringMatching(/^request_/),
      callId: expect.stringMatching(/^call_/),
    });
  });

  it('as CSV follows RFC 4180 and hands no formula to a spreadsheet', async () => {
    const { prisma } = gateway.database;
    await prisma.$executeRaw`
      WITH settled AS (
        INSERT INTO outcome
        SELECT target_id, account_id, lane_id, 'FAILED', 'OTHER', '=cmd|''/c calc''!A1, "quoted"' || chr(10) || 'line', now(), call_ids
        FROM open_outcome WHERE status = 'IN_FLIGHT' LIMIT 1
        RETURNING target_id
      )
      UPDATE target SET in_flight = in_flight - 1, failed = failed + 1 WHERE id IN (SELECT target_id FROM settled)`;
    const { headers, text } = await fetchExport('outcomes.csv?status=FAILED&reasonCode=OTHER');
    expect(headers.get('content-type')).toBe('text/csv; charset=utf-8; header=present');
    expect(headers.get('content-disposition')).toBe('attachment; filename="outcomes.csv"');
    const [header, ...rows] = text.split('\r\n');
    expect(header).toBe(
      'id,accountId,email,operation,administrator,service,region,status,reasonCode,reason,retryable,sends,settledAt,requestId,callId',
    );
    expect(rows.at(-1)).toBe('');
    expect(text).toContain(`OTHER,"'=cmd|'/c calc'!A1, ""quoted""\nline",false,`);
  });

  it('meets the same filter as the query', async () => {
    const parameters =
      'status=FAILED,UNPROCESSED&service=SECURITY_HUB&settledBefore=2024-06-11T00:00:00Z&region=us-east-1';
    const { text } = await fetchExport(`outcomes.jsonl?${parameters}`);
    const ids = text
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { id: string }).id);
    const filter = {
      status: ['FAILED' as const, 'UNPROCESSED' as const],
      service: 'SECURITY_HUB' as const,
      settledBefore: '2024-06-11T00:00:00Z',
      region: 'us-east-1',
    };
    const seen: string[] = [];
    let after: string | null | undefined;
    do {
      const { outcomes } = await gateway.execute(OutcomesDocument, { filter, first: 100, after });
      seen.push(...outcomes.nodes.map(({ id }) => id));
      after = outcomes.pageInfo.hasNextPage ? outcomes.pageInfo.endCursor : null;
    } while (after);
    expect(seen.length).toBeGreaterThan(100);
    expect(ids).toEqual(seen);
  });

  it('of nothing has a header and no row', async () => {
    const { text } = await fetchExport('outcomes.csv?region=mars-1');
    expect(text.split('\r\n')).toHaveLength(2);
    expect((await fetchExport('outcomes.jsonl?region=mars-1')).text).toBe('');
  });

  it.each([
    [
      'status=DONE',
      'status: expected one of PENDING, IN_FLIGHT, PROCESSED, UNPROCESSED, FAILED, CANCELED, got "DONE"',
    ],
    ['colour=red', '"colour": expected one of requestId, accountId, '],
    [
      'settledAfter=yesterday',
      'settledAfter: expected a moment such as 2026-03-01T00:00:00Z, got "yesterday"',
    ],
    ['region=a&region=b', 'region: expected one value, got 2'],
    ['requestId=x', 'filter.requestId: expected the id of a MembershipRequest'],
  ])('with %s is refused with 400', async (parameters, message) => {
    const { status, text } = await fetchExport(`outcomes.csv?${parameters}`);
    expect(status).toBe(400);
    const { errors } = JSON.parse(text) as { errors: { message: string; extensions: { code: string } }[] };
    expect(errors[0]?.message).toContain(message);
    expect(errors[0]?.extensions.code).toBe('BAD_USER_INPUT');
  });

  it('reads no more than its client does, and ends when the client disconnects', async () => {
    const request = get(`${gateway.url}/export/outcomes.jsonl`);
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    await once(response, 'readable');
    await expect.poll(readingExports).toBe(1);
    response.destroy();
    await expect.poll(readingExports).toBe(0);
    expect((await fetchExport('outcomes.jsonl?region=eu-west-1')).status).toBe(200);
  });
});
