import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { get, type IncomingMessage } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { writeRun } from '../store/history/historyRecord.js';
import { useTestRecord } from '../store/testRecord.js';
import { spawnGateway, type GatewayProcess } from '../support/gatewayProcess.js';

/** 320,000 outcomes: some 140 MB of JSON lines, and twice that as rows. */
const ROWS = 320_000;
const record = useTestRecord(async (prisma) => {
  await writeRun(prisma, { administrator: 'security', from: 1, to: 40, accounts: 2000 });
});

/** Most that the process may grow by, in MB: some 70 are the garbage collector's. With all rows in memory it is 600. */
const MOST_GROWTH_MB = 160;

let gateway: GatewayProcess;

beforeAll(async () => {
  gateway = await spawnGateway({ DATABASE_URL: record.url });
});
afterAll(() => gateway.kill('SIGTERM'));

/** Resident memory of the gateway in MB: now (VmRSS), or its highest value (VmHWM). */
async function memoryMb(field: 'VmRSS' | 'VmHWM'): Promise<number> {
  const status = await readFile(`/proc/${gateway.pid}/status`, 'utf8');
  return Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) / 1024;
}

/** Reads an export, at most 1 MB in 10 ms; resolves with its number of lines. */
async function countLines(path: string): Promise<number> {
  const [response] = (await once(get(`${gateway.url}/export/${path}`), 'response')) as [IncomingMessage];
  let [lines, bytes] = [0, 0];
  for await (const chunk of response as AsyncIterable<Buffer>) {
    for (const byte of chunk) {
      if (byte === 10) {
        lines += 1;
      }
    }
    bytes += chunk.length;
    if (bytes < 1_000_000) {
      continue;
    }
    bytes = 0;
    await pause(10);
  }
  return lines;
}

it(
  'an export of any size to a slow client needs a constant amount of memory',
  { timeout: 180_000 },
  async () => {
    // A quarter of it, for the garbage collector to settle.
    expect(await countLines('outcomes.jsonl?service=GUARDDUTY&region=us-east-1')).toBe(ROWS / 4);
    const before = await memoryMb('VmRSS');
    // From here on, the most that was.
    await writeFile(`/proc/${gateway.pid}/clear_refs`, '5');
    expect(await countLines('outcomes.jsonl')).toBe(ROWS);
    expect((await memoryMb('VmHWM')) - before).toBeLessThan(MOST_GROWTH_MB);
  },
);
