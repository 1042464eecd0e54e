import type { TargetAddress } from '../membership.js';
import type { ServiceMember } from './upstream.js';

/** All members of a target, as the service listed them at one time. */
export interface MemberListing {
  readonly observedAt: Date;
  readonly members: readonly ServiceMember[];
}

/**
 * Lists all members of a target.
 *
 * @param maxAgeMs how old the listing may be, in milliseconds; 0: read now.
 * @throws what live reads throw when the target does not answer.
 */
export type ListAllMembers = (target: TargetAddress, maxAgeMs: number) => Promise<MemberListing>;
