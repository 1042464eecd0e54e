import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CreateMembersDocument } from '../../generated/graphql.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { FAST_RATES } from '../../support/speed.js';
import { accounts, execute } from '../../support/gateway.js';
import { spawnGateway, type GatewayProcess } from '../../support/gatewayProcess.js';
import { startSandbox, type TestSandbox } from '../../support/sandboxControl.js';

let database: TestDatabase;
let sandbox: TestSandbox;
let replicas: GatewayProcess[];

beforeAll(async () => {
  database = await createTestDatabase();
  sandbox = await startSandbox({ latencyMs: 50 });
  const environment = {
    DATABASE_URL: database.url,
    UPSTREAM: 'sandbox',
    AWS_ENDPOINT_URL: sandbox.url,
    ...FAST_RATES,
  };
  replicas = await Promise.all([spawnGateway(environment), spawnGateway(environment)]);
});

afterAll(async () => {
  const ends = await Promise.all(replicas.map((replica) => replica.kill('SIGTERM')));
  await sandbox.stop();
  await database.drop();
  expect(ends).toEqual([0, 0]);
});

describe('two gateway processes on one database', () => {
  it('drain the same lanes: every account is sent once, and no two calls in flight share one', async () => {
    const [one, two] = replicas;
    const requests = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        execute((index % 2 === 0 ? one : two)?.url ?? '', CreateMembersDocument, {
          // Each request shares half of its accounts with the next.
          input: { accounts: accounts(100, index * 50), waitSeconds: 60 },
        }),
      ),
    );
    const calls = await sandbox.calls('CreateMembers');
    for (const { createMembers } of requests) {
      expect(createMembers?.request?.counts).toMatchObject({
        total: 400,
        pending: 0,
        inFlight: 0,
        failed: 0,
      });
    }
    const lanes = Map.groupBy(calls, ({ service, region }) => `${service}/${region}`);
    expect(lanes.size).toBe(4);
    for (const lane of lanes.values()) {
      expect(overlaps(lane)).toEqual([]);
      expect(new Set(lane.flatMap(({ accountIds }) => accountIds)).size).toBe(1_050);
    }
    for (const { accountIds } of calls) {
      expect(new Set(accountIds).size).toBe(accountIds.length);
      expect(accountIds.length).toBeLessThanOrEqual(50);
    }
  });
});

interface Sent {
  receivedAt: number;
  answeredAt: number | null;
  accountIds: string[];
}

/** Accounts that two calls carried at the same time. */
function overlaps(calls: Sent[]): string[] {
  return calls.flatMap((call, index) =>
    calls
      .slice(index + 1)
      .filter((other) => other.receivedAt < (call.answeredAt ?? Infinity))
      .flatMap((other) => other.accountIds.filter((accountId) => call.accountIds.includes(accountId))),
  );
}
