import {
  ACCOUNTS_PER_CALL,
  type AlreadyMember,
  type Administrator,
  type MemberAccount,
  type MemberStatus,
  type AddingOperation,
  type Caller,
  type PlanVerdict,
  type ReasonCode,
  type SecurityService,
  type TargetAddress,
} from '../../membership.js';
import type { Rate } from '../../ports/laneRecord.js';
import { remainingCapacity } from './remainingCapacity.js';
import { callerKey } from '../callerKey.js';
import { readsOfCaller, type MemberReads } from '../members/memberReads.js';
import { verdictOn } from './planVerdict.js';
import { readMembers } from './readMembers.js';
import { comparisonPoints, type SpendPoints } from '../spendPoints.js';

/** One account at one target. */
export interface PlannedAccount {
  readonly accountId: string;
  readonly verdict: PlanVerdict;
  /** Null when the account could not be read. */
  readonly memberStatus: MemberStatus | null;
}

/** The plan of a request for one target. */
export interface PlannedTarget extends TargetAddress {
  /** In the order of their ids, which is that of the calls. */
  readonly accounts: readonly PlannedAccount[];
  /** Calls that carry the accounts, without retries. */
  readonly calls: number;
  /** Time that the calls take at the configured rate, without other traffic. */
  readonly seconds: number;
  /** False when the members could not be counted, or accounts not be read, so that OVER_LIMIT may be missing. */
  readonly limitChecked: boolean;
  /** Why accounts could not be read; null when all were read. */
  readonly reasonCode: ReasonCode | null;
  readonly reason: string | null;
}

/** The plan of a request. */
export interface MembershipPlan {
  readonly targets: readonly PlannedTarget[];
  readonly calls: number;
  /** The time of the slowest target, since targets work in parallel. */
  readonly seconds: number;
  /** How the accounts with the verdict ALREADY_MEMBER would count; absent for invitations. */
  readonly alreadyMember?: AlreadyMember;
}

/** A checked request that is planned, not made. */
export interface PlannedRequest {
  readonly operation: AddingOperation;
  readonly accounts: readonly MemberAccount[];
  readonly targets: {
    readonly administrator: Pick<Administrator, 'accountId'>;
    readonly addresses: readonly TargetAddress[];
  };
}

/**
 * Plans a request from reads of members, at the expense of the caller's budget. Records nothing and changes no member.
 * Rejects as `SpendPoints` does.
 */
export type Planner = (caller: Caller, request: PlannedRequest) => Promise<MembershipPlan>;

export function createPlanner(
  reads: MemberReads,
  spend: SpendPoints,
  rates: Readonly<Record<SecurityService, Rate>>,
): Planner {
  return async (caller, { operation, accounts, targets }) => {
    await spend(caller, comparisonPoints(accounts.length, targets.addresses.length));
    const readsInTurn = readsOfCaller(reads, callerKey(caller));
    const sorted = accounts.toSorted((a, b) => (a.accountId < b.accountId ? -1 : 1));
    const calls = Math.ceil(sorted.length / ACCOUNTS_PER_CALL);
    const plannedTargets = await Promise.all(
      targets.addresses.map(async (target): Promise<PlannedTarget> => {
        const { perSecond, burst } = rates[target.service];
        const planned = await planTarget(readsInTurn, target, {
          operation,
          accounts: sorted,
          ownAccountId: targets.administrator.accountId,
        });
        return { ...target, ...planned, calls, seconds: Math.max(0, (calls - burst) / perSecond) };
      }),
    );
    return {
      targets: plannedTargets,
      calls: plannedTargets.reduce((sum, target) => sum + target.calls, 0),
      seconds: Math.max(...plannedTargets.map(({ seconds }) => seconds)),
    };
  };
}

/** The part of a planned target that comes from reads of its members. */
type PlannedMembers = Pick<PlannedTarget, 'accounts' | 'limitChecked' | 'reasonCode' | 'reason'>;

async function planTarget(
  reads: MemberReads,
  target: TargetAddress,
  request: {
    readonly operation: AddingOperation;
    readonly accounts: readonly MemberAccount[];
    readonly ownAccountId: string;
  },
): Promise<PlannedMembers> {
  const { operation, accounts, ownAccountId } = request;
  const { members, failure } = await readMembers(
    reads,
    target,
    accounts.map(({ accountId }) => accountId),
  );
  const judged = accounts.map(({ accountId, email }): PlannedAccount => {
    const member = members.get(accountId);
    return member === undefined
      ? { accountId, verdict: 'UNKNOWN', memberStatus: null }
      : {
          accountId,
          verdict: verdictOn(operation, member, email, ownAccountId),
          memberStatus: member.status,
        };
  });
  // An account that could not be read may take a place too.
  const allRead = members.size === accounts.length;
  if (!judged.some((one) => usesCapacity(one))) {
    return { accounts: judged, limitChecked: allRead, ...failure };
  }
  const capacity = await remainingCapacity(reads, target, operation);
  if (capacity.kind === 'NOT_COUNTED') {
    return { accounts: judged, limitChecked: false, ...failure };
  }
  return { accounts: markOverLimit(judged, capacity.remaining), limitChecked: allRead, ...failure };
}

/** An entry that exists, though removed, adds no member; every invitation adds an open invitation. */
function usesCapacity({ verdict, memberStatus }: PlannedAccount): boolean {
  return verdict === 'WOULD_INVITE' || (verdict === 'WOULD_CREATE' && memberStatus === 'NOT_A_MEMBER');
}

function markOverLimit(accounts: readonly PlannedAccount[], remaining: number): PlannedAccount[] {
  let left = remaining;
  return accounts.map((one) => {
    if (!usesCapacity(one)) {
      return one;
    }
    left -= 1;
    return left >= 0 ? one : { ...one, verdict: 'OVER_LIMIT' };
  });
}
