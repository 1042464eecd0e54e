// toSchema imports classes with decorators.
import 'reflect-metadata';
import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { addressOf } from '../../../src/config/databaseAddress.js';
import { LOCAL_CALLER } from '../../../src/membership.js';
import { toOutcome } from '../../../src/resolvers/toSchema.js';
import type { ExportedOutcome, ExportFormat } from '../../../src/ports/exports.js';
import { EXPORT_COLUMNS } from '../../../src/services/history/exportOutcomes.js';
import { outcomeNodeId } from '../../../src/services/input/nodeId.js';
import { createExports, MAX_EXPORTS, type Exports } from '../../../src/store/history/exports.js';
import { createHistoryStore } from '../../../src/store/history/history.js';
import { lockTable, waitingFor } from '../../support/lockedTable.js';
import { useTestRecord } from '../testRecord.js';
import { readAll } from './historyReading.js';
import { writeRun } from './historyRecord.js';

const ROUNDS = 10;
const ACCOUNTS = 500;
const OUTCOMES = 4 * ACCOUNTS + 4 * 5 * 10;

const record = useTestRecord(async (prisma) => {
  await writeRun(prisma, { administrator: 'archive', from: 1, to: 1, accounts: ACCOUNTS });
  // All statuses: open outcomes have no call yet.
  await writeRun(prisma, { administrator: 'small', from: 2, to: 6, accounts: 10 });
});
let exports: Exports;
beforeAll(() => {
  exports = createExports(addressOf(record.url));
});
afterAll(() => exports.close());

it('every row is an outcome of the list, in its order', async () => {
  const history = createHistoryStore(record.prisma);
  const rows = await readAll((page) => history.outcomes(LOCAL_CALLER, {}, page), 1_000);
  const expected = rows.map((row) => {
    const { retryable } = toOutcome(row);
    const { targetId: _targetId, settledAt, requestId, callId, ...same } = row;
    const ids = {
      id: outcomeNodeId(row),
      requestId: `request_${requestId}`,
      callId: callId && `call_${callId}`,
    };
    return { ...same, ...ids, retryable, settledAt: settledAt?.toISOString() ?? null };
  });

  const exported = await readAllAs('JSON');

  expect(exported.map((text): unknown => JSON.parse(text))).toEqual(expected);
  expect(new Set(rows.map(({ status }) => status)).size).toBeGreaterThan(3);
  expect(rows.some(({ callId }) => callId === null)).toBe(true);
});

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
      for await (const batch of exports.outcomes(LOCAL_CALLER, {}, ['id'], 'JSON')) {
        return batch.length;
      }
      return 0;
    });
    expect(await Promise.all(first)).toEqual(Array<number>(MAX_EXPORTS).fill(500));
  }
  expect(await countAtOnce()).toEqual(Array<number>(MAX_EXPORTS).fill(OUTCOMES));
});

it('every row is the same as CSV, with any text', async () => {
  await endOpenOutcomes([
    ...['=1+1', '+1', '-1', '@SUM(A1)', '\tx', '\rx', '＝1', '＋1', '－1', '＠x'],
    ...[
      'a,b',
      '"',
      'say "x"',
      'two\nlines',
      'two\r\nlines',
      ' spaced ',
      "'quoted",
      'a=b',
      'a\\b',
      'é 漢 𝄞',
      '',
    ],
  ]);
  const outcomes = (await readAllAs('JSON')).map((text) => JSON.parse(text) as ExportedOutcome);
  const options = { escape_formulas: true, cast: { boolean: String } };
  const expected = parse(
    stringify(
      outcomes.map((outcome) => EXPORT_COLUMNS.map((column) => outcome[column])),
      { ...options, quoted: true },
    ),
  );

  const exported = await readAllAs('CSV');

  expect(parse(exported.join('\r\n'), { record_delimiter: '\r\n' })).toEqual(expected);
});

async function readAllAs(format: ExportFormat): Promise<string[]> {
  const rows: string[] = [];
  for await (const batch of exports.outcomes(LOCAL_CALLER, {}, EXPORT_COLUMNS, format)) {
    rows.push(...batch);
  }
  return rows;
}

/** Ends one outcome that is open for each of these reasons. */
async function endOpenOutcomes(reasons: readonly string[]): Promise<void> {
  const ended = await record.prisma.$executeRaw`
    INSERT INTO outcome (target_id, account_id, lane_id, status, reason_code, reason, settled_at, call_ids)
    SELECT o.target_id, o.account_id, o.lane_id, 'FAILED', 'OTHER', r.reason, now(), o.call_ids
    FROM (SELECT *, row_number() OVER () AS place FROM open_outcome) o
    JOIN unnest(${reasons}::text[]) WITH ORDINALITY AS r (reason, place) USING (place)`;
  expect(ended).toBe(reasons.length);
}

function countAtOnce(): Promise<number[]> {
  return Promise.all(Array.from({ length: MAX_EXPORTS }, () => countOutcomes()));
}

async function countOutcomes(disconnected?: AbortSignal): Promise<number> {
  let outcomes = 0;
  const caller = { ...LOCAL_CALLER, ...(disconnected && { disconnected }) };
  for await (const batch of exports.outcomes(caller, {}, ['id'], 'JSON')) {
    outcomes += batch.length;
  }
  return outcomes;
}
