import { targetKey, type Administrator, type TargetAddress } from '../../membership.js';
import type { Upstream } from '../../ports/upstream.js';
import { NO_DETECTOR } from '../answers/refusals.js';
import { failureOf, readFailure } from './readFailure.js';
import type { ReadLimits, ReadTurns } from './readTurns.js';

/**
 * The GuardDuty detectors that this process knows, from the configuration or from ListDetectors. Lanes and reads of
 * members share them.
 */
export interface Detectors {
  /** The detector to use. Null when ListDetectors has to find it, and for Security Hub, which has none. */
  known(target: TargetAddress): string | null;
  /** Keeps a detector that ListDetectors found. */
  learn(target: TargetAddress, detectorId: string): void;
  /** Drops a detector that GuardDuty says is not the account's; another one, learned meanwhile, stays. */
  disown(target: TargetAddress, detectorId: string | null): void;
}

export function createDetectors(administrators: readonly Administrator[]): Detectors {
  const known = new Map<string, string>();
  for (const { id: administrator, detectorIds } of administrators) {
    for (const [region, detectorId] of Object.entries(detectorIds)) {
      known.set(targetKey({ administrator, service: 'GUARDDUTY', region }), detectorId);
    }
  }
  return {
    known: (target) => (target.service === 'GUARDDUTY' ? (known.get(targetKey(target)) ?? null) : null),
    learn(target, detectorId) {
      known.set(targetKey(target), detectorId);
    },
    disown(target, detectorId) {
      const key = targetKey(target);
      if (known.get(key) === detectorId) {
        known.delete(key);
      }
    },
  };
}

/**
 * The detector for a read: the known one, or the one that ListDetectors finds. Reads that need it at the same time share
 * one lookup, in the turns of reads. Null for Security Hub, which has none.
 *
 * @param deadline latest moment for ListDetectors to leave, as `performance.now()` counts.
 * @throws GatewayError when no detector is found or ListDetectors fails; the next read tries again.
 */
export type FindDetector = (target: TargetAddress, deadline: number) => Promise<string | null>;

export function createFindDetector(
  detectors: Detectors,
  upstream: Pick<Upstream, 'findDetector'>,
  turns: ReadTurns,
): FindDetector {
  const lookups = new Map<string, Promise<string>>();

  // Without the signal of the read that begins the lookup: other reads wait for the same answer.
  const lookUp = async (target: TargetAddress, limits: Pick<ReadLimits, 'deadline'>): Promise<string> => {
    await turns.takeOne(target, limits);
    const answer = await turns.send(target, limits, () => upstream.findDetector(target));
    if (answer.kind !== 'READ') {
      throw readFailure(target, answer);
    }
    if (answer.detectorId === null) {
      throw failureOf(target, NO_DETECTOR);
    }
    detectors.learn(target, answer.detectorId);
    return answer.detectorId;
  };

  return async (target, deadline) => {
    if (target.service !== 'GUARDDUTY') {
      return null;
    }
    const detectorId = detectors.known(target);
    if (detectorId !== null) {
      return detectorId;
    }
    const key = targetKey(target);
    let lookup = lookups.get(key);
    if (lookup === undefined) {
      lookup = lookUp(target, { deadline }).finally(() => lookups.delete(key));
      lookups.set(key, lookup);
    }
    return lookup;
  };
}
