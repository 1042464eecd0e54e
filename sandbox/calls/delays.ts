import { createRandom } from '../random.js';
import type { Delay, DelayRule } from '../settings.js';

/** The delays of answers. */
export interface Delays extends Delay {
  /** Delays for some calls. The first match replaces the general delay. */
  readonly overrides: readonly DelayRule[];
}

/** Returns the delay of one answer in milliseconds. The same sequence of calls gets the same delays. */
export type PickDelay = (delays: Delays, service: string, region: string) => number;

/** Returns a function that picks delays, with its own random numbers. */
export function createPickDelay(): PickDelay {
  const random = createRandom(1);
  return (delays, service, region) => {
    const { ms, jitterMs } =
      delays.overrides.find(
        (one) => (one.service ?? service) === service && (one.region ?? region) === region,
      ) ?? delays;
    return ms + (jitterMs > 0 ? Math.floor(random() * (jitterMs + 1)) : 0);
  };
}
