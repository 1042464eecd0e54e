import type { Administrator, Caller } from '../membership.js';
import type { UserError } from './userErrors.js';

/** What every mutation that makes a request may say besides its accounts. Absent and null mean the default. */
export interface RequestOptions {
  readonly administrator?: string | null;
  readonly services?: readonly ('GUARDDUTY' | 'SECURITY_HUB')[] | null;
  readonly regions?: readonly string[] | null;
  readonly detectorId?: string | null;
  readonly note?: string | null;
  readonly idempotencyKey?: string | null;
  /** 0 to 60; default 20. */
  readonly waitSeconds?: number | null;
}

export interface CreateMembersInput extends RequestOptions {
  readonly accounts: readonly { readonly accountId: string; readonly email?: string | null }[];
}

export interface InviteMembersInput extends RequestOptions {
  readonly accountIds: readonly string[];
  readonly message?: string | null;
  readonly disableEmailNotification?: boolean | null;
}

/** What became of a mutation: a request that is recorded, or the faults for which nothing was taken. */
export interface MutationResult {
  /** UUID of the request; null when `userErrors` is not empty. */
  readonly requestId: string | null;
  readonly userErrors: readonly UserError[];
}

/** The use-cases that resolvers delegate to. Every one takes the caller first. */
export interface Services {
  createMembers(caller: Caller, input: CreateMembersInput): Promise<MutationResult>;
  inviteMembers(caller: Caller, input: InviteMembersInput): Promise<MutationResult>;
  /** The configured administrators the caller may see. */
  administrators(caller: Caller): readonly Administrator[];
}
