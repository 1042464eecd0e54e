import type { ReasonCode, TargetAddress } from '../../membership.js';
import type { LiveMember } from '../members/liveMember.js';
import type { MemberReads } from '../members/memberReads.js';
import { reasonOfFailure } from '../members/readFailure.js';

/** The accounts of a plan as the service shows them. */
export interface PlanReads {
  /** By account id; an account that could not be read is missing. */
  readonly members: ReadonlyMap<string, LiveMember>;
  /** Why accounts could not be read; nulls when all were read. */
  readonly failure: { readonly reasonCode: ReasonCode | null; readonly reason: string | null };
}

/** Reads the accounts at a target. One that cannot be read leaves the others known. */
export async function readMembers(
  reads: Pick<MemberReads, 'member'>,
  target: TargetAddress,
  accountIds: readonly string[],
): Promise<PlanReads> {
  const members = new Map<string, LiveMember>();
  const failures: { readonly accountId: string; readonly error: unknown }[] = [];
  await Promise.all(
    accountIds.map(async (accountId) => {
      try {
        members.set(accountId, await reads.member(target, accountId));
      } catch (error) {
        failures.push({ accountId, error });
      }
    }),
  );
  const [first] = failures;
  if (first === undefined) {
    return { members, failure: { reasonCode: null, reason: null } };
  }
  const { reasonCode, reason } = reasonOfFailure(first.error);
  const count = `${failures.length} of ${accountIds.length} accounts could not be read, such as ${first.accountId}`;
  return { members, failure: { reasonCode, reason: members.size === 0 ? reason : `${count}: ${reason}` } };
}
