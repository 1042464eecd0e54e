import { afterAll, beforeAll, expect, it } from 'vitest';
import { addressOf } from '../../../src/config/databaseAddress.js';
import { LOCAL_CALLER } from '../../../src/membership.js';
import { createExports, MAX_EXPORTS, type Exports } from '../../../src/store/history/exports.js';
import { lockTable, waitingFor } from '../../support/lockedTable.js';
import { useTestRecord } from '../testRecord.js';
import { writeRun } from './historyRecord.js';

const ROUNDS = 10;
const ACCOUNTS = 500;
const OUTCOMES = 4 * ACCOUNTS;

const record = useTestRecord((prisma) =>
  writeRun(prisma, { administrator: 'archive', from: 1, to: 1, accounts: ACCOUNTS }),
);
let exports: Exports;
beforeAll(() => {
  exports = createExports(addressOf(record.url));
});
afterAll(() => exports.close());

it('every export that is cancelled while PostgreSQL works for it gives its connection back', async () => {
  for (let round = 0; round < ROUNDS; round += 1) {
    const locked = await lockTable(record.url, 'outcome');
    const client = new AbortController();
    const all = Array.from({ length: MAX_EXPORTS }, () => countOutcomes(client.signal));
    await expect.poll(() => waitingFor('outcome', locked)).toBe(MAX_EXPORTS);

    client.abort();

    const error = {
      code: 'UNAVAILABLE',
      message: expect.stringContaining('client has disconnected') as string,
    };
    await Promise.all(all.map((counted) => expect(counted).rejects.toMatchObject(error)));
    await locked.end();
  }
  expect(await countAtOnce()).toEqual(Array<number>(MAX_EXPORTS).fill(OUTCOMES));
});

it('every export that ends after its first batch does so too', async () => {
  for (let round = 0; round < ROUNDS; round += 1) {
    const first = Array.from({ length: MAX_EXPORTS }, async () => {
      for await (const batch of exports.outcomes(LOCAL_CALLER, {}, ['id'])) {
        return batch.length;
      }
      return 0;
    });
    expect(await Promise.all(first)).toEqual(Array<number>(MAX_EXPORTS).fill(500));
  }
  expect(await countAtOnce()).toEqual(Array<number>(MAX_EXPORTS).fill(OUTCOMES));
});

function countAtOnce(): Promise<number[]> {
  return Promise.all(Array.from({ length: MAX_EXPORTS }, () => countOutcomes()));
}

async function countOutcomes(disconnected?: AbortSignal): Promise<number> {
  let outcomes = 0;
  const caller = { ...LOCAL_CALLER, ...(disconnected && { disconnected }) };
  for await (const batch of exports.outcomes(caller, {}, ['id'])) {
    outcomes += batch.length;
  }
  return outcomes;
}
