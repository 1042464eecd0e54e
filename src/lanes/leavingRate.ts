import type { Rate } from '../ports/laneRecord.js';

/**
 * How much closer together requests may arrive than they left, in seconds, since the first of them was held up on its way.
 * Ours: several times what the loop of a busy process, and a network within a region, hold a request up.
 */
const MADE_UP_ON_THE_WAY_SECONDS = 0.1;

/**
 * The rate that requests are to leave at, so that they arrive within this one: the same in the long run, with a burst
 * that leaves room for what requests make up on their way. Without it a whole burst now and then ends in a throttle answer
 * (bench/makespan: four runs in twelve), which halves the pace.
 */
export function leavingRate({ perSecond, burst }: Rate): Rate {
  return { perSecond, burst: Math.max(1, burst - MADE_UP_ON_THE_WAY_SECONDS * perSecond) };
}
