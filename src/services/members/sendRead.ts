import type { TargetAddress } from '../../membership.js';
import type { Refused, Unanswered } from '../../ports/upstream.js';
import { verdictOf } from '../answers/refusals.js';
import type { Detectors, FindDetector } from './detectors.js';
import { readFailure } from './readFailure.js';
import type { ReadLimits, ReadTurns } from './readTurns.js';

/**
 * Sends a read, whose turn has been taken, with the detector of its target. If GuardDuty disowns that detector and
 * ListDetectors finds another one, the read is sent once more with it, in a turn of its own.
 *
 * @param send sends the read once; its detector is null for Security Hub.
 * @throws GatewayError with the words of the service when the read fails.
 */
export type SendRead = <Read extends { readonly kind: 'READ' }>(
  target: TargetAddress,
  limits: ReadLimits,
  send: (detectorId: string | null) => Promise<Read | Refused | Unanswered>,
) => Promise<Read>;

export function createSendRead(
  turns: ReadTurns,
  detectors: Pick<Detectors, 'disown'>,
  findDetector: FindDetector,
): SendRead {
  return async (target, limits, send) => {
    const detectorId = await findDetector(target, limits.deadline);
    const first = await turns.send(target, limits, () => send(detectorId));
    if (first.kind === 'READ') {
      return first;
    }
    if (verdictOf(first).reasonCode !== 'DETECTOR_NOT_FOUND') {
      throw readFailure(target, first);
    }
    detectors.disown(target, detectorId);
    const found = await findDetector(target, limits.deadline);
    if (found === detectorId) {
      throw readFailure(target, first);
    }
    await turns.takeOne(target, limits);
    const second = await turns.send(target, limits, () => send(found));
    if (second.kind === 'READ') {
      return second;
    }
    throw readFailure(target, second);
  };
}
