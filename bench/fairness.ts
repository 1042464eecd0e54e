/*
 * What one caller can do to another: a small query every 20 ms, on an idle gateway and beside the most expensive operations that
 * the limits allow another caller. The record has 1,000,000 outcomes (OUTCOMES in the environment). Attackers, their answers,
 * gateway, PostgreSQL and sandbox share the machine; the small query comes from a process of its own.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { addressOf } from '../src/config/databaseAddress.js';
import { createTokenService } from '../src/services/access/tokens.js';
import { LOCAL_CALLER } from '../src/membership.js';
import { openDatabase } from '../src/store/connection/client.js';
import { createTokenStore } from '../src/store/access/tokenStore.js';
import { runAttack } from './support/attack.js';
import { attacks } from './support/attacks.js';
import { writeLargeRecord } from './support/largeRecord.js';
import type { ProbeAnswer, ProbeOrder } from './support/prober.js';
import { ROOT } from './support/report.js';
import { runBench } from './support/runBench.js';
import { openStage } from './support/stage.js';
import { percentile } from './support/statistics.js';

const OUTCOMES = Number(process.env['OUTCOMES'] ?? 1_000_000);
const SECONDS = 8;

/** Further attackers. */
const OTHERS = Array.from({ length: 10 }, (_, index) => `attacker-${index + 1}`);

/** The attacks to measure, by a pattern of their names. */
const ONLY = new RegExp(process.env['ATTACKS'] ?? '');

/** How long the attack goes on before the first small query, in milliseconds. */
const BEGIN_MS = 1_000;

await runBench('fairness', async (closers) => {
  const stage = await openStage(closers);
  await stage.sandbox.reset(0);
  const databaseUrl = await stage.database();
  await writeLargeRecord(databaseUrl, OUTCOMES);
  const gateway = await stage.replica(databaseUrl, {
    AUTH_MODE: 'token',
    CALLER_BUDGET: '1000000000',
  });
  const tokenOf = await openTokens(databaseUrl);

  const prober = fork(path.join(ROOT, 'bench/support/prober.ts'), { execArgv: [] });
  closers.add('prober', () => {
    prober.kill();
  });
  const authorization = await tokenOf('victim');
  const probe = async (): Promise<ProbeAnswer> => {
    const order: ProbeOrder = { url: gateway.url, authorization, seconds: SECONDS };
    prober.send(order);
    const [answer] = (await once(prober, 'message')) as [ProbeAnswer];
    return answer;
  };

  await probe();
  const figures = [summaryOf('idle', await probe(), null)];
  const target = {
    url: gateway.url,
    authorization: await tokenOf('attacker'),
    accounts: stage.accounts(10_000),
    others: await Promise.all(OTHERS.map(tokenOf)),
  };
  for (const attack of attacks(target).filter(({ name }) => ONLY.test(name))) {
    const running = runAttack(attack);
    await new Promise((resolve) => setTimeout(resolve, BEGIN_MS));
    const answer = await probe();
    figures.push(summaryOf(attack.name, answer, await running.stop()));
  }
  figures.push(summaryOf('idle again', await probe(), null));
  return {
    outcomes: OUTCOMES,
    method: `a small query every 20 ms for ${SECONDS} s, from its sending to its whole answer, in milliseconds`,
    figures,
  };
});

async function openTokens(databaseUrl: string): Promise<(name: string) => Promise<string>> {
  const { prisma, close } = openDatabase(addressOf(databaseUrl));
  const tokens = createTokenService(createTokenStore(prisma), []);
  const secrets = new Map<string, string>();
  for (const name of ['victim', 'attacker', ...OTHERS]) {
    const { secret } = await tokens.create(LOCAL_CALLER, { name, role: 'OPERATOR' });
    secrets.set(name, `Bearer ${secret ?? ''}`);
  }
  await close();
  return (name) => Promise.resolve(secrets.get(name) ?? '');
}

function summaryOf(
  name: string,
  { milliseconds, failures }: ProbeAnswer,
  statuses: Record<number, number> | null,
) {
  const [p50, p99] = [percentile(milliseconds, 0.5), percentile(milliseconds, 0.99)];
  const most = Math.max(...milliseconds);
  console.log(
    `${name}: p50 ${p50.toFixed(1)}, p99 ${p99.toFixed(1)}, most ${most.toFixed(1)} ms; ${failures} failures; attack ${JSON.stringify(statuses)}`,
  );
  return { name, queries: milliseconds.length, p50, p99, most, failures, attackStatuses: statuses };
}
