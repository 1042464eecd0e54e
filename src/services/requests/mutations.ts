import type { Administrator, AlreadyMember, Caller, DoubtEnding } from '../../membership.js';
import type { RequestOptions } from '../input/requestOptions.js';
import type { MembershipPlan } from '../plans/membershipPlan.js';
import type { RemovalTarget } from '../plans/removalPlan.js';
import { toUserErrors, type Fault, type UserError } from '../input/faults.js';

export interface CreateMembersInput extends RequestOptions {
  /** Return a plan and record nothing; default false. */
  readonly dryRun?: boolean | null;
  readonly accounts: readonly { readonly accountId: string; readonly email?: string | null }[];
  /** How an account counts that the service calls a member already; default UNPROCESSED. */
  readonly alreadyMember?: AlreadyMember | null;
}

export interface InviteMembersInput extends RequestOptions {
  /** Return a plan and record nothing; default false. */
  readonly dryRun?: boolean | null;
  readonly accountIds: readonly string[];
  readonly message?: string | null;
  readonly disableEmailNotification?: boolean | null;
  /** Read the members afterwards until they accept; default false. */
  readonly followUp?: boolean | null;
  /** 1 to 30; default 7. */
  readonly followUpDays?: number | null;
}

export interface RemoveMembersInput extends RequestOptions {
  /** Return a preview with a token and record nothing; default false. */
  readonly dryRun?: boolean | null;
  /** The token of a preview of the same input; required unless `dryRun`. */
  readonly confirm?: string | null;
  readonly accountIds: readonly string[];
}

export interface RetryRequestInput extends Pick<RequestOptions, 'note' | 'idempotencyKey' | 'waitSeconds'> {
  /** `request_` and a UUID. */
  readonly requestId: string;
  /** Send only outcomes with a retryable reason again; default true. */
  readonly onlyRetryable?: boolean | null;
}

export interface CancelRequestInput {
  /** `request_` and a UUID. */
  readonly requestId: string;
}

export interface ResolveDoubtInput {
  /** `call_` and a UUID. */
  readonly callId: string;
  readonly ending: DoubtEnding;
  /** 1 to 1,000 characters. */
  readonly reason: string;
}

/** The result of settling a call by hand. */
export interface ResolveDoubtResult {
  /** UUID of the call; null with `userErrors`. */
  readonly callId: string | null;
  readonly userErrors: readonly UserError[];
}

/** The result of a mutation: a recorded request, a plan, or the faults for which nothing was recorded. */
export interface MutationResult<Plan = MembershipPlan> {
  /** UUID of the request that was made or changed; null with `userErrors`, and for a plan. */
  readonly requestId: string | null;
  readonly userErrors: readonly UserError[];
  /** The plan of a dry run without `userErrors`. */
  readonly plan?: Plan;
}

/** The result of a mutation whose input has faults: nothing is recorded. */
export function refused(faults: readonly Fault[]): MutationResult<never> {
  return { requestId: null, userErrors: toUserErrors(faults) };
}

/** The preview of a removal. */
export interface RemovalPlan {
  readonly targets: readonly RemovalTarget[];
  readonly calls: number;
  /** Seconds of the slowest target, because targets run in parallel. */
  readonly seconds: number;
  /** The token; null if the removal is too large or a target could not be read, with `userErrors`. */
  readonly confirm: string | null;
  readonly confirmExpiresAt: Date | null;
}

/** The result of a removal. A dry run has a plan also when `userErrors` says why the plan has no token. */
export type RemovalResult = MutationResult<RemovalPlan>;

/** The mutations of requests, and the administrators. */
export interface Services {
  createMembers(caller: Caller, input: CreateMembersInput): Promise<MutationResult>;
  inviteMembers(caller: Caller, input: InviteMembersInput): Promise<MutationResult>;
  disassociateMembers(caller: Caller, input: RemoveMembersInput): Promise<RemovalResult>;
  deleteMembers(caller: Caller, input: RemoveMembersInput): Promise<RemovalResult>;
  retryRequest(caller: Caller, input: RetryRequestInput): Promise<MutationResult>;
  cancelRequest(caller: Caller, input: CancelRequestInput): Promise<MutationResult>;
  resolveDoubt(caller: Caller, input: ResolveDoubtInput): Promise<ResolveDoubtResult>;
  /** The configured administrators that the caller may use. */
  administrators(caller: Caller): readonly Administrator[];
}
