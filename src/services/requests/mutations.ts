import type { Administrator, Caller } from '../../membership.js';
import type { RequestOptions } from '../input/requestOptions.js';
import type { MembershipPlan } from '../plans/membershipPlan.js';
import type { RemovalTarget } from '../plans/removalPlan.js';
import { toUserErrors, type Fault, type UserError } from '../input/faults.js';

export interface CreateMembersInput extends RequestOptions {
  /** Only say what would happen; default false. */
  readonly dryRun?: boolean | null;
  readonly accounts: readonly { readonly accountId: string; readonly email?: string | null }[];
}

export interface InviteMembersInput extends RequestOptions {
  /** Only say what would happen; default false. */
  readonly dryRun?: boolean | null;
  readonly accountIds: readonly string[];
  readonly message?: string | null;
  readonly disableEmailNotification?: boolean | null;
  /** Look at the members afterwards; default false. */
  readonly followUp?: boolean | null;
  /** 1 to 30; default 7. */
  readonly followUpDays?: number | null;
}

export interface RemoveMembersInput extends RequestOptions {
  /** Only say what would go, and give a token for it; default false. */
  readonly dryRun?: boolean | null;
  /** The token of a preview of the same input; required unless `dryRun`. */
  readonly confirm?: string | null;
  readonly accountIds: readonly string[];
}

export interface RetryRequestInput extends Pick<RequestOptions, 'note' | 'idempotencyKey' | 'waitSeconds'> {
  /** Id of a request as the schema gives it out. */
  readonly requestId: string;
  /** Default true: only outcomes whose reason another send may cure. */
  readonly onlyRetryable?: boolean | null;
}

export interface CancelRequestInput {
  /** Id of a request as the schema gives it out. */
  readonly requestId: string;
}

/** What became of a mutation: a request that is recorded, or the faults for which nothing was taken. */
export interface MutationResult<Plan = MembershipPlan> {
  /** UUID of the request that was made or changed; null when `userErrors` is not empty, and for a plan. */
  readonly requestId: string | null;
  readonly userErrors: readonly UserError[];
  /** Of a dry run, unless `userErrors` is not empty. */
  readonly plan?: Plan;
}

/** The result of a mutation whose input has faults: nothing is recorded. */
export function refused(faults: readonly Fault[]): MutationResult<never> {
  return { requestId: null, userErrors: toUserErrors(faults) };
}

/** What a removal would do. */
export interface RemovalPlan {
  readonly targets: readonly RemovalTarget[];
  readonly calls: number;
  /** Targets work side by side: that of the slowest. */
  readonly seconds: number;
  /** Null when the removal may not be made, or not everything is known of it: `userErrors` says why. */
  readonly confirm: string | null;
  readonly confirmExpiresAt: Date | null;
}

/** What became of a removal. Of a dry run there is a plan also when `userErrors` says why it gives no token. */
export type RemovalResult = MutationResult<RemovalPlan>;

/** The use-cases that resolvers delegate to. Every one takes the caller first. */
export interface Services {
  createMembers(caller: Caller, input: CreateMembersInput): Promise<MutationResult>;
  inviteMembers(caller: Caller, input: InviteMembersInput): Promise<MutationResult>;
  disassociateMembers(caller: Caller, input: RemoveMembersInput): Promise<RemovalResult>;
  deleteMembers(caller: Caller, input: RemoveMembersInput): Promise<RemovalResult>;
  retryRequest(caller: Caller, input: RetryRequestInput): Promise<MutationResult>;
  cancelRequest(caller: Caller, input: CancelRequestInput): Promise<MutationResult>;
  /** The configured administrators the caller may see. */
  administrators(caller: Caller): readonly Administrator[];
}
