import type {
  Administrator,
  Caller,
  MemberAccount,
  MemberStatus,
  ReasonCode,
  SecurityService,
  TargetAddress,
} from '../../membership.js';
import type { ListAllMembers, MemberListing } from '../../ports/memberListing.js';
import { checkAccounts } from '../input/checkAccounts.js';
import { checkTargets, isFor } from '../input/checkTargets.js';
import { memberStatusOf } from '../members/memberStatus.js';
import { isMember, verdictOn } from './planVerdict.js';
import { reasonOfFailure } from '../members/readFailure.js';
import { toUserErrors, type Fault, type UserError } from '../input/faults.js';
import { rangeFaults } from '../input/valueFaults.js';

/** How many accounts each list shows: the range, and what it is when not said. */
const LIMIT = { min: 1, max: 10_000, default: 100, unit: 'accounts in each list' } as const;

/** Most accounts that a list shows at all targets together. Ours: four lists of it are an answer of some ten megabytes. */
const LIMIT_OF_ALL_TARGETS = 40_000;

/** Which members there ought to be, and where. Absent and null mean the default. */
export interface ReconcileInput {
  readonly accounts: readonly { readonly accountId: string; readonly email?: string | null }[];
  readonly administrator?: string | null;
  readonly services?: readonly SecurityService[] | null;
  readonly regions?: readonly string[] | null;
  /** 0 or more; default 0. */
  readonly maxAgeSeconds?: number | null;
  /** 1 to 10,000; default 100. */
  readonly limit?: number | null;
}

/** One account on one of the lists. */
export interface ReconciledAccount {
  readonly accountId: string;
  /** The address that it ought to have; null when none was given. */
  readonly email: string | null;
  /** The address that the service has; null when it has none. */
  readonly memberEmail: string | null;
  readonly memberStatus: MemberStatus;
}

/** All accounts of one kind. */
export interface ReconciledAccounts {
  readonly totalCount: number;
  /** The first of them by account id, up to the limit. */
  readonly accounts: readonly ReconciledAccount[];
}

/** What has to be done at one target; null where it could not be read. */
export interface ReconciledTarget extends TargetAddress {
  readonly observedAt: Date | null;
  readonly toCreate: ReconciledAccounts | null;
  readonly toInvite: ReconciledAccounts | null;
  readonly emailMissing: ReconciledAccounts | null;
  readonly unexpected: ReconciledAccounts | null;
  readonly emailDiffers: ReconciledAccounts | null;
  readonly upToDate: number | null;
  readonly reasonCode: ReasonCode | null;
  readonly reason: string | null;
}

/** The members there ought to be, held against those there are. */
export interface Reconciliation {
  readonly targets: readonly ReconciledTarget[];
  readonly userErrors: readonly UserError[];
}

/** Holds a list of desired members against the members of every target asked for. Writes nothing, and removes nothing. */
export type Reconcile = (caller: Caller, input: ReconcileInput) => Promise<Reconciliation>;

export function createReconcile(deps: {
  readonly administrators: readonly Administrator[];
  readonly maxAccounts: number;
  readonly listAllMembers: ListAllMembers;
}): Reconcile {
  return async (caller, input) => {
    const { targets, faults: targetFaults } = checkTargets(deps.administrators, caller, input);
    const { accounts, faults: accountFaults } = checkAccounts(['input', 'accounts'], input.accounts, {
      maxAccounts: deps.maxAccounts,
      isForGuardDuty: isFor('GUARDDUTY', targets, input),
      requiresEmails: false,
    });
    const limit = input.limit ?? LIMIT.default;
    const maxAge = input.maxAgeSeconds ?? 0;
    const faults = [
      ...targetFaults,
      ...limitFaults(limit, targets?.addresses.length ?? 0),
      ...maxAgeFaults(maxAge),
      ...accountFaults,
    ];
    if (targets === null || faults.length > 0) {
      return { targets: [], userErrors: toUserErrors(faults) };
    }
    const ownAccountId = targets.administrator.accountId;
    const desired = accounts.toSorted((a, b) => (a.accountId < b.accountId ? -1 : 1));
    const reconciled = targets.addresses.map(async (target): Promise<ReconciledTarget> => {
      try {
        const listing = await deps.listAllMembers(target, maxAge * 1_000);
        const { observedAt } = listing;
        const found = compare(target.service, desired, listing, ownAccountId, limit);
        return { ...target, observedAt, ...found, reasonCode: null, reason: null };
      } catch (error) {
        return { ...target, ...UNREAD, ...reasonOfFailure(error) };
      }
    });
    return { targets: await Promise.all(reconciled), userErrors: [] };
  };
}

const UNREAD = {
  ...{ observedAt: null, toCreate: null, toInvite: null, emailMissing: null },
  ...{ unexpected: null, emailDiffers: null, upToDate: null },
};

type Found = Omit<ReconciledTarget, keyof TargetAddress | 'observedAt' | 'reasonCode' | 'reason'>;

function compare(
  service: SecurityService,
  desired: readonly MemberAccount[],
  { members }: MemberListing,
  ownAccountId: string,
  limit: number,
): Found {
  const byId = new Map(members.map((member) => [member.accountId, member]));
  const lists = { WOULD_CREATE: emptyList(), WOULD_INVITE: emptyList(), EMAIL_MISSING: emptyList() };
  const emailDiffers = emptyList();
  const unexpected = emptyList();
  let upToDate = 0;
  const add = (list: Growing, account: ReconciledAccount): void => {
    list.totalCount += 1;
    if (list.accounts.length < limit) {
      list.accounts.push(account);
    }
  };
  for (const { accountId, email } of desired) {
    const member = byId.get(accountId);
    byId.delete(accountId);
    const memberStatus = member === undefined ? 'NOT_A_MEMBER' : memberStatusOf(member.serviceStatus);
    const memberEmail = member?.email ?? null;
    const account = { accountId, email, memberEmail, memberStatus };
    const known = { accountId, service, status: memberStatus };
    const operation = isMember(memberStatus) ? 'INVITE_MEMBERS' : 'CREATE_MEMBERS';
    const verdict = verdictOn(operation, known, email, ownAccountId);
    if (verdict in lists) {
      add(lists[verdict as keyof typeof lists], account);
    }
    if (verdict === 'SELF') {
      continue;
    }
    const differs = isMember(memberStatus) && emailsDiffer(email, memberEmail);
    if (differs) {
      add(emailDiffers, account);
    } else if (verdict === 'ALREADY_INVITED') {
      upToDate += 1;
    }
  }
  for (const { accountId, email, serviceStatus } of [...byId.values()].sort(byAccountId)) {
    const memberStatus = memberStatusOf(serviceStatus);
    if (isMember(memberStatus)) {
      add(unexpected, { accountId, email: null, memberEmail: email, memberStatus });
    }
  }
  return {
    toCreate: lists.WOULD_CREATE,
    toInvite: lists.WOULD_INVITE,
    emailMissing: lists.EMAIL_MISSING,
    ...{ unexpected, emailDiffers, upToDate },
  };
}

/** AWS takes one address in upper and lower case for the same. Where either has none, there is nothing to compare. */
function emailsDiffer(desired: string | null, found: string | null): boolean {
  return desired !== null && found !== null && desired.toLowerCase() !== found.toLowerCase();
}

function byAccountId(a: { accountId: string }, b: { accountId: string }): number {
  return a.accountId < b.accountId ? -1 : 1;
}

/** A list in the making: it counts everything, and keeps as much as it may show. */
interface Growing extends ReconciledAccounts {
  totalCount: number;
  readonly accounts: ReconciledAccount[];
}

function emptyList(): Growing {
  return { totalCount: 0, accounts: [] };
}

function limitFaults(limit: number, targets: number): Fault[] {
  const path = ['input', 'limit'];
  const faults = rangeFaults(path, limit, LIMIT);
  if (faults.length > 0 || limit * targets <= LIMIT_OF_ALL_TARGETS) {
    return faults;
  }
  const most = Math.floor(LIMIT_OF_ALL_TARGETS / targets);
  const message = `expected at most ${most} accounts in each list of ${targets} targets, got ${limit}`;
  return [{ path, code: 'INVALID_INPUT', message }];
}

function maxAgeFaults(seconds: number): Fault[] {
  const message = `expected 0 or more seconds, got ${seconds}`;
  return seconds >= 0 ? [] : [{ path: ['input', 'maxAgeSeconds'], code: 'INVALID_INPUT', message }];
}
