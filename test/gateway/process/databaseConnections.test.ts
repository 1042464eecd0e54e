import { get } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DATABASE_CONNECTIONS, MAX_DATABASE_CONNECTIONS } from '../../../src/app/databaseConnections.js';
import { CreateMembersDocument } from '../../generated/graphql.js';
import { writeRun } from '../../store/history/historyRecord.js';
import { accounts, startGateway, type TestGateway } from '../../support/gateway.js';

/** Each kind of load is this often more than one replica has connections for. */
const AT_ONCE = 20;

let gateway: TestGateway;
let observer: pg.Client;

beforeAll(async () => {
  gateway = await startGateway({ environment: { INVENTORY_INTERVAL_MINUTES: '1' } });
  await writeRun(gateway.database.prisma, { administrator: 'archive', from: 1, to: 20, accounts: 1000 });
  observer = new pg.Client({ connectionString: gateway.databaseUrl, application_name: 'observer' });
  await observer.connect();
});
afterAll(async () => {
  await observer.end();
  await gateway.stop();
});

/** The gateway's connections now, by the name that each pool has in PostgreSQL. */
async function connections(): Promise<Record<string, number>> {
  const { rows } = await observer.query<{ name: string; count: number }>(`
    SELECT regexp_replace(application_name, ':.*', ':replica') AS name, count(*)::int AS count FROM pg_stat_activity
    WHERE datname = current_database() AND application_name LIKE '%gateway%' GROUP BY 1`);
  return Object.fromEntries(rows.map(({ name, count }) => [name, count]));
}

/** Most connections at one moment, by name and in sum, until `work` has ended. */
async function mostDuring(work: Promise<unknown>): Promise<{ byName: Record<string, number>; sum: number }> {
  const most = { byName: {} as Record<string, number>, sum: 0 };
  const progress = { isOver: false };
  const over = work.finally(() => {
    progress.isOver = true;
  });
  while (!progress.isOver) {
    const now = await connections();
    for (const [name, count] of Object.entries(now)) {
      most.byName[name] = Math.max(count, most.byName[name] ?? 0);
    }
    most.sum = Math.max(
      most.sum,
      Object.values(now).reduce((sum, count) => sum + count, 0),
    );
    await sleep(20);
  }
  await over;
  return most;
}

const times = <Result>(work: (place: number) => Promise<Result>): Promise<Result[]> =>
  Promise.all(Array.from({ length: AT_ONCE }, (_, place) => work(place)));

/** A client that begins an export and disconnects a moment later. */
function abandonedExport(): Promise<void> {
  return new Promise((resolve) => {
    const request = get(`${gateway.url}/export/outcomes.jsonl`, (response) => {
      response.once('data', () => {
        response.pause();
        setTimeout(() => request.destroy(), 500);
      });
      response.once('close', resolve);
    });
    request.once('error', () => {
      resolve();
    });
  });
}

/** A client that disconnects while its query runs: its statement is cancelled. */
async function abandonedQuery(): Promise<void> {
  const query = '{ outcomes(first: 100) { totalCount nodes { id request { id } } } }';
  await fetch(`${gateway.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
    signal: AbortSignal.timeout(10),
  }).catch(() => undefined);
}

describe('the connections of a replica to PostgreSQL', () => {
  it('are as many as the table says, under mutations, queries, exports and cancellations at once', async () => {
    const load = Promise.all([
      times((place) =>
        gateway.execute(CreateMembersDocument, { input: { accounts: accounts(50, place * 50) } }),
      ),
      times(() =>
        gateway.post({ query: '{ outcomes(first: 100) { totalCount nodes { id request { id } } } }' }),
      ),
      times(abandonedExport),
      times(abandonedQuery),
    ]);
    const { byName, sum } = await mostDuring(load);
    const { record, lanes, jobs, exports, listening } = DATABASE_CONNECTIONS;
    expect(byName).toMatchObject({
      'membership-gateway': record + lanes,
      'membership-gateway-export': exports,
      'membership-gateway:replica': listening,
    });
    const named = (start: string): number =>
      Object.entries(byName).reduce(
        (total, [name, count]) => total + (name.startsWith(start) ? count : 0),
        0,
      );
    expect(named('membership-gateway-jobs')).toBeGreaterThan(0);
    expect(named('membership-gateway-jobs')).toBeLessThanOrEqual(jobs);
    expect(sum).toBeLessThanOrEqual(MAX_DATABASE_CONNECTIONS);
    expect(MAX_DATABASE_CONNECTIONS).toBeLessThanOrEqual(16);
  });
});
