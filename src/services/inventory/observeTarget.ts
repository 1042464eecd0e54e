import { GatewayError } from '../../errors.js';
import type { Log } from '../../log.js';
import type { ReasonCode, TargetAddress } from '../../membership.js';
import type { InventoryObservations, OpenObservation } from '../../ports/inventory.js';
import type { ListAllMembers } from '../../ports/memberListing.js';
import type { ServiceMember } from '../../ports/upstream.js';
import { memberStatusOf } from '../members/memberStatus.js';
import { reasonOfFailure } from '../members/readFailure.js';

/**
 * A list with less than this share of the members of the list before is read again before it is believed. Ours: a service that
 * answers with an empty list, once and by mistake, would otherwise empty the inventory.
 */
const BELIEVED_SHARE = 0.5;

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
  const listTwiceIfShrunk = async ({
    target,
    lastMembers,
  }: OpenObservation): Promise<readonly ServiceMember[]> => {
    const first = await listAllMembers(target, 0);
    if (lastMembers === null || first.members.length >= lastMembers * BELIEVED_SHARE) {
      return first.members;
    }
    log.warn(
      { ...target, lastMembers, members: first.members.length },
      'members listed again: most are gone',
    );
    return (await listAllMembers(target, 0)).members;
  };

  return async (target) => {
    for (;;) {
      const observation = await observations.begin(target);
      if (observation === null) {
        return;
      }
      try {
        const members = await listTwiceIfShrunk(observation);
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
