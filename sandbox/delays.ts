import { createRandom } from './random.js';
import type { Delay, DelayRule } from './settings.js';

/** How long answers take on their way back. */
export interface Delays extends Delay {
  /** Delays for some calls only; the first that matches counts instead of the general one. */
  readonly overrides: readonly DelayRule[];
}

/** The delay of one answer in milliseconds: the same run of calls gets the same delays. */
export type DelayDice = (delays: Delays, service: string, region: string) => number;

export function createDelayDice(): DelayDice {
  const random = createRandom(1);
  return (delays, service, region) => {
    const { ms, jitterMs } =
      delays.overrides.find(
        (one) => (one.service ?? service) === service && (one.region ?? region) === region,
      ) ?? delays;
    return ms + (jitterMs > 0 ? Math.floor(random() * (jitterMs + 1)) : 0);
  };
}
