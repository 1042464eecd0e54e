import type { Administrator, Caller, ReasonCode, SecurityService, TargetAddress } from '../../membership.js';
import type { Rate } from '../../ports/laneRecord.js';
import type { LaneState, LaneStates } from '../../ports/laneStates.js';
import type { Detectors } from './detectors.js';
import { readableTargets } from './readableTargets.js';
import type { MemberReads } from './memberReads.js';
import { reasonOfFailure } from './readFailure.js';

/** Whether a target answers, and the state of its lane. */
export interface TargetHealth extends TargetAddress, Omit<LaneState, 'at'> {
  readonly answers: boolean;
  /** Whether the service is enabled in the account and region; null when its answer does not tell. */
  readonly enabled: boolean | null;
  /** GuardDuty only; null when not known. */
  readonly detectorId: string | null;
  /** Why it does not answer; null when it does. */
  readonly reasonCode: ReasonCode | null;
  readonly reason: string | null;
  readonly rate: Rate;
  /** All of this was read then or a moment later; the database's clock. */
  readonly observedAt: Date;
}

/** The health of all targets of an administrator, in the order of the configuration. Targets that fail are values. */
export type TargetHealthOf = (caller: Caller, administrator: string) => Promise<readonly TargetHealth[]>;

/** What the health of targets needs. */
export interface TargetHealthDependencies {
  readonly administrators: readonly Administrator[];
  readonly reads: MemberReads;
  readonly detectors: Pick<Detectors, 'known'>;
  readonly states: LaneStates;
  readonly rates: Readonly<Record<SecurityService, Rate>>;
}

/** Reads one member of every target, in parallel and within their rates, and adds the state of their lanes. */
export function createTargetHealth(tools: TargetHealthDependencies): TargetHealthOf {
  const { administrators, reads, detectors, states, rates } = tools;
  return async (caller, administrator) => {
    const targets = readableTargets(administrators, caller, { administrator });
    const before = await states.of(targets);
    return Promise.all(
      targets.map(async (target, index): Promise<TargetHealth> => {
        const state = before[index];
        if (state === undefined) {
          throw new Error('every target has a lane');
        }
        const { at, ...lane } = state;
        const found = await probe(reads, target);
        const detectorId = detectors.known(target);
        return { ...target, ...lane, ...found, detectorId, rate: rates[target.service], observedAt: at };
      }),
    );
  };
}

async function probe(
  reads: MemberReads,
  target: TargetAddress,
): Promise<Pick<TargetHealth, 'answers' | 'enabled' | 'reasonCode' | 'reason'>> {
  try {
    await reads.page(target, { pageSize: 1, nextToken: null });
    return { answers: true, enabled: true, reasonCode: null, reason: null };
  } catch (error) {
    const failure = reasonOfFailure(error);
    const enabled = failure.reasonCode === 'SERVICE_NOT_ENABLED' ? false : null;
    return { answers: false, enabled, ...failure };
  }
}
