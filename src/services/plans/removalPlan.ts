import {
  ACCOUNTS_PER_CALL,
  type Administrator,
  type Caller,
  type MemberAccount,
  type MemberStatus,
  type ReasonCode,
  type RemovalVerdict,
  type RemovingOperation,
  type SecurityService,
  type TargetAddress,
} from '../../membership.js';
import type { Rate } from '../../ports/laneRecord.js';
import { callerKey } from '../callerKey.js';
import { readsOfCaller, type MemberReads } from '../members/memberReads.js';
import { readMembers } from './readMembers.js';
import type { OrganizationForbids } from './organizationForbids.js';
import { countsFor, type RemovalShare, type ShareOfRemoval } from './removalShare.js';
import { removalVerdict } from './removalVerdict.js';
import { comparisonPoints, type SpendPoints } from '../spendPoints.js';

/** One account at one target. */
export interface RemovalAccount {
  readonly accountId: string;
  readonly verdict: RemovalVerdict;
  /** Null when the account could not be read. */
  readonly memberStatus: MemberStatus | null;
}

/** The plan of a removal for one target. */
export interface RemovalTarget extends TargetAddress {
  /** In the order of their ids, which is that of the calls. */
  readonly accounts: readonly RemovalAccount[];
  /** The members that would be removed, by status. */
  readonly going: readonly { readonly status: MemberStatus; readonly members: number }[];
  /** The share of the target, against the limit of a day; null when no account could be read. Those that could not be read count. */
  readonly share: RemovalShare | null;
  /** As `OrganizationForbids` says; null also when no member would go. */
  readonly organizationForbids: boolean | null;
  /** Calls that carry the accounts, without retries. */
  readonly calls: number;
  /** Time that the calls and the reads of their outcomes take at the configured rate, without other traffic. */
  readonly seconds: number;
  /** Why accounts could not be read; null when all were read. */
  readonly reasonCode: ReasonCode | null;
  readonly reason: string | null;
}

/** A checked removal that is planned, not made. */
interface PlannedRemoval {
  readonly operation: RemovingOperation;
  readonly accounts: readonly Pick<MemberAccount, 'accountId'>[];
  readonly targets: {
    readonly administrator: Pick<Administrator, 'accountId'>;
    readonly addresses: readonly TargetAddress[];
  };
}

/**
 * Plans a removal for each of its targets from reads of members, at the expense of the caller's budget. Removes nothing.
 * Rejects as `SpendPoints` does.
 */
export type RemovalPlanner = (caller: Caller, removal: PlannedRemoval) => Promise<readonly RemovalTarget[]>;

/** The reads of a preview. */
interface RemovalPlanDependencies {
  readonly reads: MemberReads;
  readonly shareOf: ShareOfRemoval;
  readonly organizationForbids: OrganizationForbids;
}

export function createRemovalPlanner(
  { reads, shareOf, organizationForbids }: RemovalPlanDependencies,
  spend: SpendPoints,
  rates: Readonly<Record<SecurityService, Rate>>,
): RemovalPlanner {
  return async (caller, { operation, accounts, targets }) => {
    await spend(caller, comparisonPoints(accounts.length, targets.addresses.length));
    const key = callerKey(caller);
    const tools = { reads: readsOfCaller(reads, key), shareOf };
    const own = targets.administrator.accountId;
    const accountIds = accounts.map(({ accountId }) => accountId).toSorted();
    return Promise.all(
      targets.addresses.map(async (target) => {
        const planned = await planTarget(tools, target, { operation, accountIds, own });
        const mayAsk = planned.going.length > 0;
        return {
          ...target,
          ...planned,
          organizationForbids: mayAsk ? await organizationForbids(target, operation, key) : null,
          ...effort(operation, target.service, accountIds.length, rates),
        };
      }),
    );
  };
}

/** The part of a target that comes from reads of its members. */
type PlannedMembers = Pick<RemovalTarget, 'accounts' | 'going' | 'share' | 'reasonCode' | 'reason'>;

async function planTarget(
  { reads, shareOf }: { readonly reads: Pick<MemberReads, 'member'>; readonly shareOf: ShareOfRemoval },
  target: TargetAddress,
  asked: { operation: RemovingOperation; accountIds: readonly string[]; own: string },
): Promise<PlannedMembers> {
  const { operation, accountIds, own } = asked;
  const { members, failure } = await readMembers(reads, target, accountIds);
  const accounts = accountIds.map((accountId): RemovalAccount => {
    const memberStatus = members.get(accountId)?.status ?? null;
    const known = memberStatus === null ? 'UNKNOWN' : removalVerdict(operation, memberStatus);
    return { accountId, verdict: accountId === own ? 'SELF' : known, memberStatus };
  });
  if (members.size === 0) {
    return { accounts, going: [], share: null, ...failure };
  }
  // An account that could not be read may be a member.
  const counted = accounts
    .filter(({ memberStatus }) => memberStatus === null || countsFor(operation, memberStatus))
    .map(({ accountId }) => accountId);
  const share = await shareOf(target, { operation, named: accountIds, counted });
  return { accounts, going: goingOf(accounts), share, ...failure };
}

function goingOf(accounts: readonly RemovalAccount[]): RemovalTarget['going'] {
  const going = accounts.filter(
    ({ verdict }) => verdict === 'WOULD_DISASSOCIATE' || verdict === 'WOULD_DELETE',
  );
  return [...Map.groupBy(going, ({ memberStatus }) => memberStatus)].flatMap(([status, some]) =>
    status === null ? [] : [{ status, members: some.length }],
  );
}

/** Each DisassociateMembers of Security Hub needs a GetMembers too, since its answer has no result by account. */
function effort(
  operation: RemovingOperation,
  service: SecurityService,
  accounts: number,
  rates: Readonly<Record<SecurityService, Rate>>,
): { calls: number; seconds: number } {
  const calls = Math.ceil(accounts / ACCOUNTS_PER_CALL);
  const isRead = operation === 'DISASSOCIATE_MEMBERS' && service === 'SECURITY_HUB';
  const { perSecond, burst } = rates[service];
  return { calls, seconds: Math.max(0, ((isRead ? 2 : 1) * calls - burst) / perSecond) };
}
