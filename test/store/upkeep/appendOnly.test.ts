import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addressOf } from '../../../src/config/databaseAddress.js';
import { Prisma } from '../../../src/generated/client.js';
import { openDatabase, type Database } from '../../../src/store/connection/client.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { callIdOf, writeRun } from '../history/historyRecord.js';

let testDatabase: TestDatabase;
let database: Database;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  database = openDatabase(addressOf(testDatabase.url));
  await writeRun(database.prisma, { administrator: 'security', from: 1, to: 10, accounts: 60 });
});

afterAll(async () => {
  await database.close();
  await testDatabase.drop();
});

function run(statement: string): Promise<number> {
  return database.prisma.$executeRaw(Prisma.raw(statement));
}

/** Runs it in a transaction that says it erases. */
async function runErasing(statement: string): Promise<number> {
  const [, rows] = await database.prisma.$transaction([
    database.prisma.$executeRaw`SELECT set_config('gateway.erasing', 'on', true)`,
    database.prisma.$executeRaw(Prisma.raw(statement)),
  ]);
  return rows;
}

const REFUSED = /the record is append-only/;
const FINAL = `(SELECT target_id, account_id FROM outcome LIMIT 1)`;

describe('the gateway itself, which owns the tables,', () => {
  it.each([
    [
      'change the status of a final outcome',
      `UPDATE outcome SET status = 'PROCESSED' WHERE (target_id, account_id) IN ${FINAL}`,
    ],
    [
      'change its reason',
      `UPDATE outcome SET reason = 'other words' WHERE (target_id, account_id) IN ${FINAL}`,
    ],
    ['delete it', `DELETE FROM outcome WHERE (target_id, account_id) IN ${FINAL}`],
    ['change an answered call', `UPDATE call SET http_status = 500 WHERE status = 'ANSWERED'`],
    ['change a refused call', `UPDATE call SET error_message = 'x' WHERE status = 'REFUSED'`],
    ['delete a call', `DELETE FROM call WHERE status = 'ANSWERED'`],
    ['change what a call carried', `UPDATE send SET account_ids = '{}'`],
    ['delete what a call carried', `DELETE FROM send`],
    ['empty the outcomes', `TRUNCATE outcome`],
    ['empty the calls', `TRUNCATE call CASCADE`],
  ])('cannot %s', async (_what, statement) => {
    await expect(run(statement)).rejects.toThrow(REFUSED);
  });

  it('settles what is open, and writes down late what became of a call that was not answered', async () => {
    expect(
      await run(
        `INSERT INTO outcome SELECT target_id, account_id, lane_id, 'FAILED', NULL, NULL, now(), call_ids
         FROM open_outcome WHERE status = 'IN_FLIGHT' LIMIT 1`,
      ),
    ).toBe(1);
    expect(await run(`UPDATE call SET http_status = 200 WHERE status = 'UNANSWERED'`)).toBeGreaterThan(0);
    expect(
      await run(`UPDATE call SET http_status = 200 WHERE id = '${callIdOf(3, 8, 0)}' OR settled_at IS NULL`),
    ).toBeGreaterThan(0);
  });

  it('erases what is old, when it says so, and nothing of the last 28 days even then', async () => {
    const fresh = `settled_at > now() - interval '1 day'`;
    await expect(runErasing(`DELETE FROM outcome WHERE ${fresh}`)).rejects.toThrow(REFUSED);
    await expect(runErasing(`UPDATE outcome SET reason = 'x'`)).rejects.toThrow(REFUSED);
    expect(
      await runErasing(`DELETE FROM outcome WHERE (target_id, account_id) IN ${FINAL} AND NOT ${fresh}`),
    ).toBe(1);
    await expect(run(`DELETE FROM outcome WHERE (target_id, account_id) IN ${FINAL}`)).rejects.toThrow(
      REFUSED,
    );
  });
});
