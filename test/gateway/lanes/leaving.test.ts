import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { LOCAL_CALLER } from '../../../src/membership.js';
import { createFairTurns } from '../../../src/services/fairTurns.js';
import { createRecordRequest } from '../../../src/services/requests/recordRequest.js';
import { createRequestEvents } from '../../../src/store/requests/requestEvents.js';
import { writeAdministrators } from '../../support/administrators.js';
import { startGateway, type TestGateway } from '../../support/gateway.js';
import { startHeldService, type HeldService } from '../../support/heldService.js';
import { insertingStore, newRequest } from '../../store/recordFixture.js';

const ACCOUNT = '222233334444';
const READ = `query ($ids: [AwsAccountId!]!) {
  accounts(accountIds: $ids) { members(services: [SECURITY_HUB], regions: ["us-east-1"]) { status } }
}`;

let service: HeldService;
let gateway: TestGateway;
let client: pg.Client;

beforeAll(async () => {
  service = await startHeldService();
  gateway = await startGateway({
    environment: {
      AWS_ENDPOINT_URL: service.url,
      ADMINISTRATORS_FILE: await writeAdministrators({ one: '111122223333' }),
      EXECUTION_TIMEOUT_SECONDS: '2',
    },
  });
  client = new pg.Client({ connectionString: gateway.databaseUrl });
  await client.connect();
});
afterEach(() => client.query('ROLLBACK'));
afterAll(async () => {
  await client.end();
  await gateway.stop();
  await service.stop();
});

/** Asks; `leave` closes the connection. */
function ask(query: string, variables: Record<string, unknown> = {}) {
  const leaving = new AbortController();
  const answer = fetch(`${gateway.url}/graphql`, {
    method: 'POST',
    signal: leaving.signal,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
  }).then(
    async (response) => (await response.json()) as { data: unknown; errors?: { extensions: object }[] },
  );
  return {
    answer,
    async leave() {
      leaving.abort();
      await expect(answer).rejects.toThrow('aborted');
    },
  };
}

/** Statements with this text that PostgreSQL keeps waiting for a lock. */
async function statements(text = ''): Promise<number> {
  // Not through the client, whose transaction would see the same answer again and again.
  const [row] = await gateway.database.prisma.$queryRaw<{ count: number }[]>`
    SELECT count(*)::int AS count FROM pg_stat_activity
    WHERE datname = current_database() AND state = 'active' AND wait_event_type = 'Lock'
      AND query LIKE ${`%${text}%`}`;
  return row?.count ?? 0;
}

const lock = (table: string) => client.query(`BEGIN; LOCK TABLE ${table} IN ACCESS EXCLUSIVE MODE`);

describe('a client that disconnects', () => {
  // With a text of its statement: the gateway's own work waits for these tables too, now and then.
  it.each([
    ['request', '{ requests(first: 1) { nodes { id } } }', 'r.caller_name'],
    ['denied_attempt', '{ deniedAttempts(first: 1) { nodes { id } } }', 'source_address'],
    ['api_token', '{ tokens { id } }', 'created_by'],
  ])('leaves no statement behind that waits for %s', async (table, query, text) => {
    await lock(table);
    const { leave } = ask(query);
    await expect.poll(() => statements(text)).toBe(1);
    await leave();
    await expect.poll(() => statements(text)).toBe(0);
  });

  it('ends its export, even one that has not begun', async () => {
    await lock('outcome');
    const leaving = new AbortController();
    const answer = fetch(`${gateway.url}/export/outcomes.csv`, { signal: leaving.signal });
    await expect.poll(() => statements()).toBe(1);
    leaving.abort();
    await expect(answer).rejects.toThrow('aborted');
    await expect.poll(() => statements()).toBe(0);
  });

  it('ends its call to AWS', async () => {
    const { leave } = ask(READ, { ids: [ACCOUNT] });
    await expect.poll(() => service.reads.length).toBe(1);
    expect(service.reads[0]?.hasLeft()).toBe(false);
    await leave();
    await expect.poll(() => service.reads[0]?.hasLeft()).toBe(true);
  });

  it('does not end a call to AWS that another client waits for', async () => {
    const first = ask(READ, { ids: [ACCOUNT] });
    const second = ask(READ, { ids: [ACCOUNT, '222233334445'] });
    await expect
      .poll(() => service.reads.flatMap(({ accountIds }) => accountIds).length)
      .toBeGreaterThanOrEqual(3);
    const before = service.reads.filter((read) => !read.hasLeft());
    await first.leave();
    await new Promise((resolve) => setTimeout(resolve, 100));
    for (const read of before) {
      if (!read.hasLeft()) {
        read.answer();
      }
    }
    expect((await second.answer).data).toEqual({
      accounts: [{ members: [{ status: 'NOT_A_MEMBER' }] }, { members: [{ status: 'NOT_A_MEMBER' }] }],
    });
  });

  it('ends the wait of its mutation, and not the request', async () => {
    const client = new AbortController();
    const record = createRecordRequest({
      store: insertingStore,
      events: createRequestEvents(gateway.database.prisma),
      spend: async () => null,
      turns: createFairTurns({ total: 100_000, perCaller: 100_000, waiting: 1_000 }),
      stopping: new AbortController().signal,
    });
    const request = newRequest([1], { caller: { ...LOCAL_CALLER, disconnected: client.signal } });
    const result = record(request, { waitSeconds: 60 });
    client.abort();
    expect(await result).toEqual({ requestId: request.id, userErrors: [] });
  });
});

describe('an operation that exceeds its time limit', () => {
  it('ends its call to AWS', async () => {
    const before = service.reads.length;
    const { data, errors } = await ask(READ, { ids: [ACCOUNT] }).answer;
    expect(data).toEqual({ accounts: [{ members: [null] }] });
    expect(errors).toMatchObject([{ extensions: { code: 'TIMED_OUT', maximum: 2 } }]);
    await expect.poll(() => service.reads[before]?.hasLeft()).toBe(true);
    expect(service.reads).toHaveLength(before + 1);
  });

  it('ends its statements and keeps every connection usable', async () => {
    await lock('request');
    const answers = Array.from({ length: 20 }, () => ask('{ requests(first: 1) { nodes { id } } }').answer);
    for (const { errors } of await Promise.all(answers)) {
      expect(errors).toMatchObject([{ extensions: { code: 'TIMED_OUT' } }]);
    }
    await expect.poll(() => statements()).toBe(0);
    await client.query('ROLLBACK');
    const { data } = await ask('{ requests(first: 1) { nodes { id } } }').answer;
    expect(data).toEqual({ requests: { nodes: [] } });
  });
});
