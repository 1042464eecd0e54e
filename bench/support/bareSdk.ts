import { fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import type { Closers } from '../../src/closers.js';
import type { BenchAccount } from './mutations.js';
import { ROOT } from './report.js';

/** Where the bare SDK sends. */
export interface BareTarget {
  readonly service: 'GUARDDUTY' | 'SECURITY_HUB';
  readonly region: string;
}

/** What the bare SDK is to send: CreateMembers of all the accounts, to every target. */
export interface BareOrder {
  readonly targets: readonly BareTarget[];
  readonly accounts: readonly BenchAccount[];
  readonly accountsPerCall: number;
  /** Calls in flight per target; null: one after the other, to all targets at once. */
  readonly inFlight: number | null;
  readonly endpoint: string;
}

/** Milliseconds, of the whole or, one after the other, of each; or what went wrong. */
export type BareAnswer = { readonly ms: number[] } | { readonly error: string };

/** The targets of a gateway that was told nothing else. */
export const FOUR_TARGETS: readonly BareTarget[] = [
  { service: 'GUARDDUTY', region: 'us-east-1' },
  { service: 'GUARDDUTY', region: 'eu-west-1' },
  { service: 'SECURITY_HUB', region: 'us-east-1' },
  { service: 'SECURITY_HUB', region: 'eu-west-1' },
];

/** The first of them. */
export const ONE_TARGET = FOUR_TARGETS.slice(0, 1);

/** The bare SDK's process. */
export interface BareSdk {
  /** Carries out one order; resolves with the milliseconds it took. */
  send(order: Omit<BareOrder, 'endpoint'>): Promise<number[]>;
}

/** Starts bareSdk.ts on the plain Node, without the compiler that runs the benches. */
export function startBareSdk(closers: Closers, endpoint: string): BareSdk {
  const child = fork(path.join(ROOT, 'bench/bareSdk.ts'), {
    execArgv: ['--disable-warning=ExperimentalWarning'],
  });
  const ended = once(child, 'exit');
  closers.add('bare SDK', async () => {
    child.kill();
    await ended;
  });
  return {
    async send(order) {
      child.send({ ...order, endpoint } satisfies BareOrder);
      const [answer] = (await once(child, 'message')) as [BareAnswer];
      if ('error' in answer) {
        throw new Error(answer.error);
      }
      return answer.ms;
    },
  };
}
