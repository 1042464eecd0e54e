import { GatewayError } from '../../errors.js';
import type { Log } from '../../log.js';
import type { ReasonCode, TargetAddress } from '../../membership.js';
import type { InventoryObservations } from '../../ports/inventory.js';
import type { ListAllMembers } from '../../ports/memberListing.js';
import { memberStatusOf } from '../members/memberStatus.js';
import { reasonOfFailure } from '../members/readFailure.js';

/** Observes a target until no observation of it is requested: the work of one job. */
export type ObserveTarget = (target: TargetAddress) => Promise<void>;

/**
 * If the members cannot be listed, or cannot be written, the observation is recorded as failed, and the target keeps its
 * members. If the gateway stops or its database cannot be reached, the observation stays open until the next one begins.
 *
 * @param listAllMembers lists members from the service, never from the inventory.
 */
export function createObserveTarget({
  observations,
  listAllMembers,
  log,
}: {
  readonly observations: Pick<InventoryObservations, 'begin' | 'finish' | 'fail'>;
  readonly listAllMembers: ListAllMembers;
  readonly log: Log;
}): ObserveTarget {
  return async (target) => {
    for (;;) {
      const observation = await observations.begin(target);
      if (observation === null) {
        return;
      }
      try {
        const { members } = await listAllMembers(target, 0);
        await observations.finish(
          observation,
          members.map((member) => ({ ...member, status: memberStatusOf(member.serviceStatus) })),
        );
        log.info({ ...target, members: members.length }, 'members observed');
      } catch (error) {
        const failure = failureOf(error);
        log.warn({ ...target, ...failure, err: error }, 'members not observed');
        await observations.fail(observation, failure);
      }
    }
  };
}

function failureOf(error: unknown): { readonly reasonCode: ReasonCode; readonly reason: string } {
  if (error instanceof GatewayError) {
    return reasonOfFailure(error);
  }
  return {
    reasonCode: 'OTHER',
    reason: 'the members were listed, and could not be written to the inventory',
  };
}
