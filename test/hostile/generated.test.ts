import { readFileSync } from 'node:fs';
import { buildSchema } from 'graphql';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { spawnGateway, type GatewayProcess } from '../support/gatewayProcess.js';
import { startSandbox, type TestSandbox } from '../support/sandboxControl.js';
import { createGenerator } from './generate.js';

const DOCUMENTS = 10_000;
const CLIENTS = 32;

/** How much more the process may hold at the end than when it was warm, in bytes; garbage does not count. */
const GROWTH_MAX = 24 * 1024 * 1024;

/** The same every time; another one is worth a try after a change of the schema. */
const SEED = Number(process.env['HOSTILE_SEED'] ?? 20_261_121);

let database: TestDatabase;
let sandbox: TestSandbox;
let gateway: GatewayProcess;

beforeAll(async () => {
  [database, sandbox] = await Promise.all([createTestDatabase(), startSandbox()]);
  gateway = await spawnGateway({
    DATABASE_URL: database.url,
    AWS_ENDPOINT_URL: sandbox.url,
    LOG_LEVEL: 'error',
    NODE_OPTIONS: '--inspect=127.0.0.1:0',
  });
});
afterAll(async () => {
  await gateway.kill('SIGTERM');
  await Promise.all([database.drop(), sandbox.stop()]);
});

it(
  'answers ten thousand generated documents without a 5xx, an unforeseen error or a leak',
  { timeout: 300_000 },
  async () => {
    const generate = createGenerator(buildSchema(readFileSync('schema.graphql', 'utf8')), SEED);
    const statuses = new Map<number, number>();
    const bad: string[] = [];
    const one = async () => {
      const body = JSON.stringify(generate());
      const headers = { 'content-type': 'application/json' };
      const answer = await fetch(`${gateway.url}/graphql`, { method: 'POST', headers, body });
      const text = await answer.text();
      statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
      if (answer.status >= 500 || text.includes('INTERNAL_ERROR')) {
        bad.push(`${body.slice(0, 2_000)}\n${text.slice(0, 500)}`);
      }
    };
    const post = async (count: number) => {
      let left = count;
      await Promise.all(
        Array.from({ length: CLIENTS }, async () => {
          while (left-- > 0) {
            await one();
          }
        }),
      );
    };
    await post(DOCUMENTS / 5);
    const warm = await heldBytes(gateway.output());
    await post((DOCUMENTS * 4) / 5);
    expect(bad.slice(0, 3), `seed ${SEED}; the log: ${gateway.output().slice(-3_000)}`).toEqual([]);
    expect([...statuses.values()].reduce((sum, count) => sum + count, 0)).toBe(DOCUMENTS);
    expect(statuses.get(200) ?? 0).toBeGreaterThan(DOCUMENTS / 20);
    expect(statuses.get(400) ?? 0).toBeGreaterThan(DOCUMENTS / 20);
    expect(await heldBytes(gateway.output())).toBeLessThan(warm + GROWTH_MAX);
    const alive = await fetch(`${gateway.url}/health/ready`);
    expect(alive.status).toBe(200);
  },
);

/** The heap of the process after a garbage collection, in bytes, by the inspector. */
async function heldBytes(output: string): Promise<number> {
  const socket = new WebSocket(/ws:\/\/\S+/.exec(output)?.[0] ?? 'no inspector');
  await new Promise((resolve, reject) => {
    socket.onopen = resolve;
    socket.onerror = reject;
  });
  const ask = (id: number, method: string) =>
    new Promise<{ usedSize: number }>((resolve) => {
      socket.addEventListener('message', ({ data }) => {
        const answer = JSON.parse(String(data)) as { id: number; result: { usedSize: number } };
        if (answer.id === id) {
          resolve(answer.result);
        }
      });
      socket.send(JSON.stringify({ id, method }));
    });
  await ask(1, 'HeapProfiler.collectGarbage');
  const { usedSize } = await ask(2, 'Runtime.getHeapUsage');
  socket.close();
  return usedSize;
}
