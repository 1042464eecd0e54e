import { GatewayError } from '../../errors.js';
import type { Log } from '../../log.js';
import type { ReasonCode, TargetAddress } from '../../membership.js';
import type { InventoryObservations } from '../../ports/inventory.js';
import type { ListAllMembers } from '../../ports/memberListing.js';
import { memberStatusOf } from '../members/memberStatus.js';
import { reasonOfFailure } from '../members/readFailure.js';

/** Observes a target as long as somebody wants it: the work of one job. What it began and could not end is begun anew. */
export type ObserveTarget = (target: TargetAddress) => Promise<void>;

/**
 * A listing that breaks off is recorded as failed, and the members that were observed before stay; so is one that cannot be
 * written, since listing it again would end the same way. When it is the gateway that ends, or its database that cannot be
 * reached, the observation stays open until the next one begins.
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
