import { GatewayError } from '../../errors.js';
import type { RemovingOperation, TargetAddress } from '../../membership.js';
import type { Upstream } from '../../ports/upstream.js';
import type { FindDetector } from '../members/detectors.js';
import type { ReadTurns } from '../members/readTurns.js';
import type { SendRead } from '../members/sendRead.js';

/** Longest wait for the settings of an organization, in milliseconds: a preview is of use without them. */
const LIMIT_MS = 10_000;

/**
 * Whether the settings of the organization forbid a removal of its accounts at a target (UPSTREAMS.md, "Organizations"). Null when
 * that is not known: the administrator is not the organization's, may not ask, or gets no answer in time.
 */
export type OrganizationForbids = (
  target: TargetAddress,
  operation: RemovingOperation,
  callerKey: string,
) => Promise<boolean | null>;

/** What it needs. */
interface Dependencies {
  readonly upstream: Pick<Upstream, 'readOrganization'>;
  readonly turns: ReadTurns;
  readonly findDetector: FindDetector;
  readonly sendRead: SendRead;
}

export function createOrganizationForbids(dependencies: Dependencies): OrganizationForbids {
  const { upstream, turns, findDetector, sendRead } = dependencies;
  return async (target, operation, callerKey) => {
    const limits = { deadline: performance.now() + LIMIT_MS, callerKey };
    try {
      // Before the turn of this read, since ListDetectors takes a turn of its own.
      await findDetector(target, limits.deadline);
      await turns.takeOne(target, limits);
      const { autoEnable } = await sendRead(target, limits, (detectorId) =>
        upstream.readOrganization(target, detectorId),
      );
      return target.service === 'GUARDDUTY' ? autoEnable === 'ALL' : operation === 'DELETE_MEMBERS';
    } catch (error) {
      if (error instanceof GatewayError) {
        return null;
      }
      throw error;
    }
  };
}
