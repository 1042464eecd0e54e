import { targetKey, type TargetAddress } from '../../membership.js';
import type { Upstream } from '../../ports/upstream.js';
import type { Detectors } from './detectors.js';
import { failureOf, readFailure } from './readFailure.js';
import { readInTurns } from './readAttempts.js';
import type { ReadTurns } from './readTurns.js';
import { NO_DETECTOR } from '../answers/refusals.js';

/**
 * Finds the detector that a live read uses: what is known, or one lookup for all reads that wait for it, in the turns of
 * reads. Null for Security Hub, which has none.
 *
 * @throws GatewayError when there is none to be had; that is not remembered.
 */
export type FindDetector = (target: TargetAddress, until: number) => Promise<string | null>;

export function createFindDetector(detectors: Detectors, upstream: Upstream, turns: ReadTurns): FindDetector {
  const lookups = new Map<string, Promise<string>>();

  const lookUp = async (target: TargetAddress, until: number): Promise<string> => {
    await turns.takeOne(target, until);
    // Whoever asked first may leave: the answer is for everybody.
    const read = await readInTurns(turns, target, { until }, () => upstream.findDetector(target));
    if (read.kind !== 'READ') {
      throw readFailure(target, read);
    }
    if (read.detectorId === null) {
      throw failureOf(target, NO_DETECTOR);
    }
    detectors.learn(target, read.detectorId);
    return read.detectorId;
  };

  return async (target, until) => {
    if (target.service !== 'GUARDDUTY') {
      return null;
    }
    const detectorId = detectors.known(target);
    if (detectorId !== null) {
      return detectorId;
    }
    // Whoever asks meanwhile waits for the same answer.
    const key = targetKey(target);
    let lookup = lookups.get(key);
    if (lookup === undefined) {
      lookup = lookUp(target, until).finally(() => lookups.delete(key));
      lookups.set(key, lookup);
    }
    return lookup;
  };
}
