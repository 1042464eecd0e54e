import type { Log } from '../log.js';
import type { TargetAddress } from '../membership.js';
import type { InventoryObservations } from '../ports/inventory.js';
import type { ListAllMembers } from '../ports/memberListing.js';
import { memberStatusOf } from './memberStatus.js';
import { reasonOfFailure } from './readFailure.js';

/** Observes a target as long as somebody wants it: the work of one job. What it began and could not end is begun anew. */
export type ObserveTarget = (target: TargetAddress) => Promise<void>;

/**
 * A listing that breaks off is recorded as failed, and the members that were observed before stay. When it is the gateway
 * that ends, or its database that fails, the observation stays open until the next one begins.
 *
 * @param listAllMembers asks the service now.
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
      if (observation === null) return;
      try {
        const { members } = await listAllMembers(target, 0);
        await observations.finish(
          observation,
          members.map((member) => ({ ...member, status: memberStatusOf(member.serviceStatus) })),
        );
        log.info({ ...target, members: members.length }, 'members observed');
      } catch (error) {
        const failure = reasonOfFailure(error);
        log.warn({ ...target, ...failure }, 'members not observed');
        await observations.fail(observation, failure);
      }
    }
  };
}
