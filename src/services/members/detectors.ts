import { targetKey, type Administrator, type TargetAddress } from '../../membership.js';

/**
 * The GuardDuty detectors that this process knows, for lanes and live reads alike: configured, or found by ListDetectors.
 * What one of them has learned, the other uses; what GuardDuty disowns for one, neither uses any more.
 */
export interface Detectors {
  /** The detector to use; null when it is to be looked up, and for Security Hub, which has none. */
  known(target: TargetAddress): string | null;
  /** ListDetectors has found this one. */
  learn(target: TargetAddress, detectorId: string): void;
  /** GuardDuty says that this is not the account's detector. Another one, learned meanwhile, stays. */
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
