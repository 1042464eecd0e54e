import type { TargetAddress } from '../membership.js';
import type { ServiceMember } from './upstream.js';

/** All members of a target, as the service listed them. */
export interface MemberListing {
  readonly observedAt: Date;
  readonly members: readonly ServiceMember[];
}

/**
 * Lists all members of a target.
 *
 * @param maxAgeMs highest age of the listing, in milliseconds; 0: read now.
 * @throws GatewayError as `MemberReads` when the target cannot be read.
 */
export type ListAllMembers = (target: TargetAddress, maxAgeMs: number) => Promise<MemberListing>;
