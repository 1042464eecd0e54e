import { afterAll, beforeAll, expect, it } from 'vitest';
import { requestIdOf, timeOf, writeRun } from '../store/history/historyRecord.js';
import { useTestRecord } from '../store/testRecord.js';
import { RequestsWithEverythingDocument, RetryRequestDocument } from '../generated/graphql.js';
import { execute } from '../support/gateway.js';
import { spawnGateway, type GatewayProcess } from '../support/gatewayProcess.js';

/** The numbers of a request of the day before yesterday and of one of two months ago. */
const HOURS = Math.floor((Date.now() - timeOf(0).getTime()) / 3_600_000);
const NEW = HOURS - 48 - (HOURS % 5);
const OLD = NEW - 60 * 24;

/** Of the three requests of 2024: each is more than two steps. */
const ACCOUNTS = 12_000;

const record = useTestRecord(async (prisma) => {
  await writeRun(prisma, { administrator: 'default', from: 5, to: 7, accounts: ACCOUNTS });
  await writeRun(prisma, { administrator: 'default', from: OLD, to: OLD, accounts: 10 });
  await writeRun(prisma, { administrator: 'default', from: NEW, to: NEW, accounts: 10 });
});

let gateway: GatewayProcess;

beforeAll(async () => {
  gateway = await spawnGateway({
    DATABASE_URL: record.url,
    RECORD_RETENTION_MONTHS: '12',
    EMAIL_RETENTION_DAYS: '30',
    LOG_LEVEL: 'info',
  });
});
afterAll(() => gateway.kill('SIGTERM'));

it('a gateway with retention erases old data at start, in several steps, and shows which data it erased', async () => {
  const { prisma } = record;
  const old = { requestId: { in: [5, 6, 7].map(requestIdOf) } };
  // The last thing that a run does.
  await expect.poll(() => gateway.output(), { timeout: 60_000 }).toContain('erased what was too old');
  expect(await prisma.outcome.count()).toBe(2 * 4 * 10);
  expect(await prisma.requestAccount.count({ where: old })).toBe(0);
  expect(await prisma.target.count({ where: { ...old, erasedAt: { not: null } } })).toBe(3 * 4);
  const emails = await prisma.requestAccount.groupBy({ by: ['requestId'], where: { email: { not: null } } });
  expect(emails.map(({ requestId }) => requestId)).toEqual([requestIdOf(NEW)]);

  const { requests } = await execute(gateway.url, RequestsWithEverythingDocument, { first: 5 });
  const shown = requests.nodes.map(({ counts, outcomes }) => [
    counts.total,
    outcomes.totalCount,
    outcomes.nodes.length,
  ]);
  expect(shown).toEqual([
    [40, 40, 5],
    [40, 40, 5],
    [4 * ACCOUNTS, 0, 0],
    [4 * ACCOUNTS, 0, 0],
    [4 * ACCOUNTS, 0, 0],
  ]);

  const input = { requestId: requests.nodes[2]!.id };
  const { retryRequest } = await execute(gateway.url, RetryRequestDocument, { input });
  expect(retryRequest).toMatchObject({
    request: null,
    userErrors: [
      { code: 'NOT_RETRYABLE', message: expect.stringContaining('erased for their age') as string },
    ],
  });
});
