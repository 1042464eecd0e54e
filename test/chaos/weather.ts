import type { FaultRule } from '../../sandbox/faults/faultRules.js';
import type { TestSandbox } from '../support/sandboxControl.js';
import type { Random } from './random.js';

/** How the services behave for a while. */
export interface Weather {
  readonly name: string;
  readonly latency: { readonly ms: number; readonly jitterMs: number };
  readonly faults: readonly FaultRule[];
}

/** Everything goes well. */
export const FAIR: Weather = { name: 'fair', latency: { ms: 20, jitterMs: 20 }, faults: [] };

type Kind = Omit<FaultRule, 'match' | 'seed'> & { readonly match?: FaultRule['match'] };

/** Kinds of bad weather, each a list of what strikes which share of the calls. */
const KINDS: readonly [readonly [string, readonly Kind[]], ...(readonly [string, readonly Kind[]])[]] = [
  ['throttling', [{ fault: 'throttle', probability: 0.6 }]],
  ['bad gateways', [{ fault: 'html-502', probability: 0.4 }]],
  ['internal errors', [{ fault: 'internal-error', probability: 0.4 }]],
  ['lost answers', [{ fault: 'reset-after', probability: 0.4, ms: 50 }]],
  ['lost calls', [{ fault: 'reset-before', probability: 0.4 }]],
  ['answers that break off', [{ fault: 'cut-body', probability: 0.4, ms: 50 }]],
  ['late answers', [{ fault: 'slow', probability: 0.6, ms: 1_500 }]],
  [
    'lost answers and read-backs',
    [
      { fault: 'reset-after', match: { operation: 'CreateMembers' }, probability: 0.5 },
      { fault: 'reset-after', match: { operation: 'InviteMembers' }, probability: 0.5 },
      { fault: 'internal-error', match: { operation: 'GetMembers' }, probability: 0.5 },
    ],
  ],
];

/** Silence until the caller gives up, with the work done and without. */
const SILENCE: readonly Kind[] = [
  { fault: 'hang-after', times: 2, match: { operation: 'InviteMembers' } },
  { fault: 'hang-before', times: 2 },
];

/** Some weather, fair in one case of three. */
export function drawWeather(random: Random, hangs: boolean): Weather {
  const latency = { ms: random.between(0, 300), jitterMs: random.between(0, 300) };
  if (random.chance(33)) {
    return { ...FAIR, latency };
  }
  const [name, kinds] = random.pick(KINDS);
  const silence = hangs && random.chance(20) ? SILENCE : [];
  const faults = [...silence, ...kinds].map((kind) => ({
    match: {},
    ...kind,
    seed: random.between(1, 1_000_000),
  }));
  return { name: silence.length > 0 ? `${name}, silence` : name, latency, faults };
}

/** Makes the services behave so from now on. */
export async function setWeather(sandbox: TestSandbox, weather: Weather): Promise<void> {
  await sandbox.put('latency', weather.latency);
  await sandbox.put('faults', weather.faults);
}
