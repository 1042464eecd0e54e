import type { MemberAccount, MembershipOperation, TargetAddress } from '../membership.js';

/** Metadata of a call to AWS, with or without an answer. */
export interface ResponseMetadata {
  /** Status of the last HTTP answer; null without one. */
  readonly httpStatus: number | null;
  /** AWS's request id of the last answer; null without one. */
  readonly awsRequestId: string | null;
  /** Requests that were sent for this call: 1, or 0 without a connection; 2 when the first was refused for a wrong clock. */
  readonly attempts: number;
}

/** An account that the service listed as unprocessed. */
export interface UnprocessedAccount {
  readonly accountId: string;
  /** GuardDuty's `result`, Security Hub's `ProcessingResult`; empty when the service sent none. */
  readonly result: string;
}

/** The service answered the call (HTTP 200). Accounts it does not list were processed. */
export interface Answered {
  readonly kind: 'ANSWERED';
  readonly metadata: ResponseMetadata;
  readonly unprocessed: readonly UnprocessedAccount[];
}

/**
 * The service accepted the call (HTTP 200) without results of single accounts: DisassociateMembers of Security Hub. Only
 * GetMembers shows the results.
 */
export interface Acknowledged {
  readonly kind: 'ACKNOWLEDGED';
  readonly metadata: ResponseMetadata;
}

/** The service refused the whole call and changed nothing. */
export interface Refused {
  readonly kind: 'REFUSED';
  readonly metadata: ResponseMetadata;
  /** The service's exception name, e.g. `BadRequestException`. */
  readonly errorCode: string;
  /** The service's message, verbatim. */
  readonly errorMessage: string;
  /** Milliseconds for which no other request may be sent to the target, as the answer asked; absent if it did not. */
  readonly retryAfterMs?: number;
}

/**
 * No usable answer: a time-out, a broken connection, an unreadable answer or a 5xx. Unless `neverSent`, the service may have
 * made the change.
 */
export interface Unanswered {
  readonly kind: 'UNANSWERED';
  readonly metadata: ResponseMetadata;
  readonly errorCode: string;
  readonly errorMessage: string;
  /** True when the request never had a connection that was ready, so the service cannot have received the call. */
  readonly neverSent: boolean;
  /** As in `Refused`. */
  readonly retryAfterMs?: number;
}

export type CallAnswer = Answered | Acknowledged | Refused | Unanswered;

/** One call that changes members. Accounts are distinct, 1 to 50. */
export interface MemberChange {
  /** UUID of the call in the record; absent for a call that is not recorded. */
  readonly callId?: string;
  readonly operation: MembershipOperation;
  readonly accounts: readonly MemberAccount[];
  /** GuardDuty only, and then never null. */
  readonly detectorId: string | null;
  /** InviteMembers of GuardDuty only. */
  readonly message: string | null;
  /** InviteMembers of GuardDuty only. */
  readonly disableEmailNotification: boolean | null;
}

/** A member account as the service shows it now. */
export interface ServiceMember {
  readonly accountId: string;
  /** RelationshipStatus or MemberStatus as the service wrote it; compare without regard to case. */
  readonly serviceStatus: string;
  readonly email: string | null;
  readonly invitedAt: Date | null;
  readonly updatedAt: Date | null;
}

/** Members found. An account of the query that is missing from `members` is in `unprocessed`, with the service's words. */
export interface MembersRead {
  readonly kind: 'READ';
  readonly members: readonly ServiceMember[];
  readonly unprocessed: readonly UnprocessedAccount[];
}

/** A page of the members of a target. */
export interface MemberPageQuery {
  /** 1 to 50, the services' own limits (UPSTREAMS.md, "GuardDuty", "Security Hub"). */
  readonly pageSize: number;
  /** The token of the page before, read with the same size; null for the first page. */
  readonly nextToken: string | null;
}

/** A page of members, in the service's own order. */
export interface MemberPageRead {
  readonly kind: 'READ';
  readonly members: readonly ServiceMember[];
  /** The service's token for the next page; null on the last one. */
  readonly nextToken: string | null;
}

/** The settings of the organization at a target, for its delegated administrator. */
export interface OrganizationRead {
  readonly kind: 'READ';
  /** GuardDuty's `ALL`, `NEW` or `NONE`: the accounts that have to be members. Null for Security Hub, which has no such setting. */
  readonly autoEnable: string | null;
}

/** The detector of an account and region: null when GuardDuty is not enabled there. */
export interface DetectorRead {
  readonly kind: 'READ';
  readonly detectorId: string | null;
}

/** What a GetMembers may be told. */
export interface MembersReadOptions {
  readonly signal?: AbortSignal | undefined;
  /** UUID of the call in doubt that is read back. */
  readonly readBackOf?: string | undefined;
}

/**
 * Both services. Refusals and lost answers are values: no function throws for them. Accounts are paired by id, and an answer
 * may contain ids that the call did not. PostgreSQL can hold every text of an answer, and none is longer than 8,192 characters.
 */
export interface Upstream {
  /** Sends a call that changes members, exactly once. */
  changeMembers(target: TargetAddress, change: MemberChange): Promise<CallAnswer>;
  /**
   * GetMembers for at most 50 accounts, sent once: each further attempt needs a turn from the target's quota. UNANSWERED
   * when the signal aborts.
   */
  getMembers(
    target: TargetAddress,
    detectorId: string | null,
    accountIds: readonly string[],
    options?: MembersReadOptions,
  ): Promise<MembersRead | Refused | Unanswered>;
  /** ListMembers, with members of every status (onlyAssociated false). Sent once and aborted as getMembers. */
  listMembers(
    target: TargetAddress,
    detectorId: string | null,
    page: MemberPageQuery,
    signal?: AbortSignal,
  ): Promise<MemberPageRead | Refused | Unanswered>;
  /** ListDetectors: at most one detector per account and region. GuardDuty only. Sent once. */
  findDetector(target: TargetAddress): Promise<DetectorRead | Refused | Unanswered>;
  /** DescribeOrganizationConfiguration. Refused unless the administrator is the organization's. Sent once. */
  readOrganization(
    target: TargetAddress,
    detectorId: string | null,
  ): Promise<OrganizationRead | Refused | Unanswered>;
  /** Closes every connection. */
  close(): void;
}
