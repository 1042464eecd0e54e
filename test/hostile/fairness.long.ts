import { fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runAttack } from '../../bench/support/attack.js';
import { attacks } from '../../bench/support/attacks.js';
import type { ProbeAnswer, ProbeOrder } from '../../bench/support/prober.js';
import { addressOf } from '../../src/config/databaseAddress.js';
import { LOCAL_CALLER } from '../../src/membership.js';
import { createTokenService } from '../../src/services/access/tokens.js';
import { createTokenStore } from '../../src/store/access/tokenStore.js';
import { openDatabase } from '../../src/store/connection/client.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { accounts } from '../support/gateway.js';
import { spawnGateway, type GatewayProcess } from '../support/gatewayProcess.js';
import { startSandbox, type TestSandbox } from '../support/sandboxControl.js';

/** How much longer than on an idle gateway a small query of another caller may wait, in milliseconds. */
const LONGER_MS = 250;

const PROBER = path.resolve(import.meta.dirname, '../../bench/support/prober.ts');
const SECONDS = 4;

/** Further attackers. */
const OTHERS = Array.from({ length: 10 }, (_, index) => `attacker-${index + 1}`);

let database: TestDatabase;
let sandbox: TestSandbox;
let gateway: GatewayProcess;
let authorizations: string[];

beforeAll(async () => {
  [database, sandbox] = await Promise.all([createTestDatabase(), startSandbox()]);
  gateway = await spawnGateway({
    DATABASE_URL: database.url,
    AWS_ENDPOINT_URL: sandbox.url,
    AUTH_MODE: 'token',
    CALLER_BUDGET: '1000000000',
  });
  authorizations = await makeTokens(['victim', 'attacker', ...OTHERS]);
});
afterAll(async () => {
  await gateway.kill('SIGTERM');
  await Promise.all([database.drop(), sandbox.stop()]);
});

async function makeTokens(names: readonly string[]): Promise<string[]> {
  const { prisma, close } = openDatabase(addressOf(database.url));
  const tokens = createTokenService(createTokenStore(prisma), []);
  const made = [];
  for (const name of names) {
    const { secret } = await tokens.create(LOCAL_CALLER, { name, role: 'OPERATOR' });
    made.push(`Bearer ${secret ?? ''}`);
  }
  await close();
  return made;
}

/** The 99th percentile of what small queries of the victim wait, in milliseconds. */
async function victimWaits(): Promise<number> {
  const prober = fork(PROBER, { execArgv: [] });
  try {
    const order: ProbeOrder = { url: gateway.url, authorization: authorizations[0] ?? '', seconds: SECONDS };
    prober.send(order);
    const [{ milliseconds, failures }] = (await once(prober, 'message')) as [ProbeAnswer];
    expect(failures).toBe(0);
    return milliseconds.toSorted((a, b) => a - b)[Math.floor(milliseconds.length * 0.99)] ?? Infinity;
  } finally {
    prober.kill();
  }
}

describe('a small query of another caller', () => {
  it('waits hardly longer beside the most expensive operations of one caller', async () => {
    await victimWaits();
    const idle = await victimWaits();
    const target = {
      url: gateway.url,
      authorization: authorizations[1] ?? '',
      accounts: accounts(10_000),
      others: authorizations.slice(2),
    };
    const waits: Record<string, number> = {};
    for (const attack of attacks(target)) {
      const running = runAttack(attack);
      await sleep(1_000);
      waits[attack.name] = await victimWaits();
      expect(Object.keys(await running.stop())).not.toContain('500');
    }
    const tooLong = Object.entries(waits).filter(([, ms]) => ms > idle + LONGER_MS);
    expect(tooLong, `idle ${idle} ms, all ${JSON.stringify(waits)}`).toEqual([]);
  });
});
