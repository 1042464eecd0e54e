import type { Administrator, TargetAddress } from '../membership.js';
import type { Upstream } from '../ports/upstream.js';
import { failureOf, readFailure } from './readFailure.js';
import { readInTurns } from './readAttempts.js';
import type { ReadTurns } from './readTurns.js';
import { NO_DETECTOR } from './refusals.js';
import { targetKey } from './targetKey.js';

/** The detectors that live reads use: configured, or looked up once per target and process. */
export interface ReadDetectors {
  /**
   * The detector of a target of GuardDuty; null for Security Hub, which has none.
   *
   * @throws GatewayError when there is none to be had; that is not remembered.
   */
  of(target: TargetAddress, until: number): Promise<string | null>;
  /** The detector that the next read would use; null when it is not known, and for Security Hub. */
  known(target: TargetAddress): string | null;
  /** GuardDuty says that this is not the account's detector: the next read looks it up again. */
  disown(target: TargetAddress, detectorId: string | null): void;
}

export function createReadDetectors(
  administrators: readonly Administrator[],
  upstream: Upstream,
  turns: ReadTurns,
): ReadDetectors {
  const known = new Map<string, string>();
  const lookups = new Map<string, Promise<string>>();
  for (const { id: administrator, detectorIds } of administrators) {
    for (const [region, detectorId] of Object.entries(detectorIds))
      known.set(targetKey({ administrator, service: 'GUARDDUTY', region }), detectorId);
  }

  const lookUp = async (target: TargetAddress, until: number): Promise<string> => {
    await turns.takeOne(target, until);
    // Whoever asked first may leave: the answer is for everybody.
    const read = await readInTurns(turns, target, { until }, () => upstream.findDetector(target));
    if (read.kind !== 'READ') throw readFailure(target, read);
    if (read.detectorId === null) throw failureOf(target, NO_DETECTOR);
    known.set(targetKey(target), read.detectorId);
    return read.detectorId;
  };

  return {
    async of(target, until) {
      if (target.service !== 'GUARDDUTY') return null;
      const key = targetKey(target);
      const detectorId = known.get(key);
      if (detectorId !== undefined) return detectorId;
      // Whoever asks meanwhile waits for the same answer.
      let lookup = lookups.get(key);
      if (lookup === undefined) {
        lookup = lookUp(target, until).finally(() => lookups.delete(key));
        lookups.set(key, lookup);
      }
      return lookup;
    },
    known: (target) => (target.service === 'GUARDDUTY' ? (known.get(targetKey(target)) ?? null) : null),
    disown(target, detectorId) {
      const key = targetKey(target);
      if (known.get(key) === detectorId) known.delete(key);
    },
  };
}
