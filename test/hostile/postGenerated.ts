import { readFileSync } from 'node:fs';
import { buildSchema } from 'graphql';
import { expect } from 'vitest';
import { CALLER_CODES } from '../../src/http/request/callerErrors.js';
import { createTestDatabase } from '../support/database.js';
import type { GraphQLAnswer } from '../support/gateway.js';
import { spawnGateway, type GatewayProcess } from '../support/gatewayProcess.js';
import { startSandbox } from '../support/sandboxControl.js';
import { createGenerator, type Posted } from './generate.js';

const CLIENTS = 32;

/** How much the heap of the process may grow after a fifth of the documents, in bytes. Garbage does not count. */
const GROWTH_MAX = 64 * 1024 * 1024;

/** Fixed, so that a failure can be repeated. Try others with HOSTILE_SEED after a change of the schema. */
const SEED = Number(process.env['HOSTILE_SEED'] ?? 20_261_121);

/**
 * Posts this many generated documents to a gateway process of its own. Expects no status of 500 and above, only codes on the
 * list and no INTERNAL_ERROR, a cost with all data, short refusals, no growing heap, and a ready gateway at the end.
 */
export async function expectToSurvive(documents: number): Promise<void> {
  const [database, sandbox] = await Promise.all([createTestDatabase(), startSandbox()]);
  try {
    const gateway = await spawnGateway({
      DATABASE_URL: database.url,
      AWS_ENDPOINT_URL: sandbox.url,
      LOG_LEVEL: 'error',
      NODE_OPTIONS: '--inspect=127.0.0.1:0',
    });
    try {
      await postAll(gateway, documents);
    } finally {
      await gateway.kill('SIGTERM');
    }
  } finally {
    await Promise.all([database.drop(), sandbox.stop()]);
  }
}

async function postAll(gateway: GatewayProcess, documents: number): Promise<void> {
  const generate = createGenerator(buildSchema(readFileSync('schema.graphql', 'utf8')), SEED);
  const answers = createAnswers();
  const warmUp = documents / 5;
  await post(gateway.url, warmUp, generate, answers);
  const warm = await usedHeapBytes(gateway.output());
  await post(gateway.url, documents - warmUp, generate, answers);
  const { statuses, failures } = answers;
  expect(failures.slice(0, 3), `seed ${SEED}; the log: ${gateway.output().slice(-3_000)}`).toEqual([]);
  expect([...statuses.values()].reduce((sum, count) => sum + count, 0)).toBe(documents);
  expect(statuses.get(200) ?? 0).toBeGreaterThan(documents / 20);
  expect(statuses.get(400) ?? 0).toBeGreaterThan(documents / 20);
  expect(await usedHeapBytes(gateway.output())).toBeLessThan(warm + GROWTH_MAX);
  expect((await fetch(`${gateway.url}/health/ready`)).status).toBe(200);
}

interface Answers {
  /** How many answers had each HTTP status. */
  readonly statuses: Map<number, number>;
  /** Documents, with their answers, that failed inside the gateway. */
  readonly failures: string[];
}

function createAnswers(): Answers {
  return { statuses: new Map(), failures: [] };
}

/** Posts the next documents, from several clients at once. */
async function post(url: string, count: number, generate: () => Posted, answers: Answers): Promise<void> {
  let remaining = count;
  const client = async (): Promise<void> => {
    while (remaining > 0) {
      remaining -= 1;
      await postOne(url, JSON.stringify(generate()), answers);
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
}

async function postOne(url: string, body: string, { statuses, failures }: Answers): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(`${url}/graphql`, { method: 'POST', headers, body });
  const text = await answer.text();
  statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
  const fault = faultOf(answer.status, body.length, text);
  if (fault !== null) {
    failures.push(`${fault}\n${body.slice(0, 2_000)}\n${text.slice(0, 500)}`);
  }
}

/** Most bytes of the answer to a refused request; a longer request may get a longer answer. */
const REFUSAL_BYTES = 10_000;

/** What is wrong with an answer; null for one as it should be. */
function faultOf(status: number, bytes: number, text: string): string | null {
  const { data, errors = [], extensions } = JSON.parse(text) as GraphQLAnswer;
  const codes = errors.map((error) => error.extensions.code);
  if (status >= 500 || codes.includes('INTERNAL_ERROR')) {
    return 'the gateway failed';
  }
  if (codes.some((code) => !(CALLER_CODES as readonly string[]).includes(code))) {
    return 'a code is not on the list';
  }
  if (data !== undefined) {
    return extensions?.['cost'] === undefined ? 'an operation was executed without a cost' : null;
  }
  if (errors.length === 0) {
    return 'a refusal has no error';
  }
  return text.length > Math.max(REFUSAL_BYTES, 10 * bytes) ? 'a refusal is too long' : null;
}

/** The heap of the process after a garbage collection, in bytes, from the inspector that `output` names. */
async function usedHeapBytes(output: string): Promise<number> {
  // The last: the gateway sets its flags by starting Node again.
  const socket = new WebSocket(output.match(/ws:\/\/\S+/g)?.at(-1) ?? 'no inspector');
  await new Promise((resolve, reject) => {
    socket.onopen = resolve;
    socket.onerror = reject;
  });
  const request = (id: number, method: string) =>
    new Promise<{ usedSize: number }>((resolve) => {
      socket.addEventListener('message', ({ data }) => {
        const answer = JSON.parse(String(data)) as { id: number; result: { usedSize: number } };
        if (answer.id === id) {
          resolve(answer.result);
        }
      });
      socket.send(JSON.stringify({ id, method }));
    });
  await request(1, 'HeapProfiler.collectGarbage');
  const { usedSize } = await request(2, 'Runtime.getHeapUsage');
  socket.close();
  return usedSize;
}
