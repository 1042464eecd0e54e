import type { MemberAccount, MembershipOperation, TargetAddress } from '../membership.js';

/** What the SDK knows of an exchange with AWS, however it ended. */
export interface ResponseMetadata {
  /** Status of the last HTTP answer; null when none came. */
  readonly httpStatus: number | null;
  /** AWS's request id of the last answer; null when none came. */
  readonly awsRequestId: string | null;
  /** Requests the SDK put on the wire for this call: 1 unless it never got a connection. */
  readonly attempts: number;
}

/** An account that the service listed as unprocessed, in its own words. */
export interface UnprocessedAccount {
  readonly accountId: string;
  /** GuardDuty's `result`, Security Hub's `ProcessingResult`; empty when the service gave none. */
  readonly result: string;
}

/** The service answered the call (HTTP 200). Accounts it does not list were processed. */
export interface Answered {
  readonly kind: 'ANSWERED';
  readonly metadata: ResponseMetadata;
  readonly unprocessed: readonly UnprocessedAccount[];
}

/**
 * The service took the call (HTTP 200) and says nothing of single accounts: DisassociateMembers of Security Hub. What
 * became of them only GetMembers can tell.
 */
export interface Acknowledged {
  readonly kind: 'ACKNOWLEDGED';
  readonly metadata: ResponseMetadata;
}

/** The service refused the whole call and did nothing. */
export interface Refused {
  readonly kind: 'REFUSED';
  readonly metadata: ResponseMetadata;
  /** The service's exception name, e.g. `BadRequestException`. */
  readonly errorCode: string;
  /** The service's own words. */
  readonly errorMessage: string;
}

/**
 * No answer is known: a time-out, a cut connection, an answer nobody can read, a 5xx. Whether the service did the work
 * is open unless `neverSent`.
 */
export interface Unanswered {
  readonly kind: 'UNANSWERED';
  readonly metadata: ResponseMetadata;
  readonly errorCode: string;
  readonly errorMessage: string;
  /** True when no connection was ever made, so that the service cannot have seen the call. */
  readonly neverSent: boolean;
}

export type CallAnswer = Answered | Acknowledged | Refused | Unanswered;

/** One call that changes members. Accounts are distinct, 1 to 50. */
export interface MemberChange {
  /** UUID of the call in the record; absent for one that is on none. */
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

/** Members found; accounts asked for and not in `members` are not known to the service. */
export interface MembersRead {
  readonly kind: 'READ';
  readonly members: readonly ServiceMember[];
}

/** Which page of the members of a target is wanted. */
export interface MemberPageQuery {
  /** 1 to 50, the services' own limits (UPSTREAMS.md, "GuardDuty", "Security Hub"). */
  readonly pageSize: number;
  /** What an earlier page of the same size gave; null for the first. */
  readonly nextToken: string | null;
}

/** A page of members, in the service's own order. */
export interface MemberPageRead {
  readonly kind: 'READ';
  readonly members: readonly ServiceMember[];
  /** The service's token for the next page; null on the last one. */
  readonly nextToken: string | null;
}

/** The detector of an account and region: null when GuardDuty is not enabled there. */
export interface DetectorRead {
  readonly kind: 'READ';
  readonly detectorId: string | null;
}

/**
 * Both services as the gateway sees them. Nothing here throws for what a service says or fails to say: refusals and
 * lost answers are values. Accounts are paired by id; an id in an answer is not necessarily one that was asked for.
 */
export interface Upstream {
  /** Sends one call that changes members, once: it is never repeated behind the caller's back. */
  changeMembers(target: TargetAddress, change: MemberChange): Promise<CallAnswer>;
  /**
   * GetMembers for at most 50 accounts, sent once: whoever wants another attempt takes its turn from the target's quota
   * first. Given up, with an answer UNANSWERED, when the signal aborts.
   */
  getMembers(
    target: TargetAddress,
    detectorId: string | null,
    accountIds: readonly string[],
    signal?: AbortSignal,
  ): Promise<MembersRead | Refused | Unanswered>;
  /** ListMembers, with members of every status (onlyAssociated false). Sent once, and given up, as getMembers. */
  listMembers(
    target: TargetAddress,
    detectorId: string | null,
    page: MemberPageQuery,
    signal?: AbortSignal,
  ): Promise<MemberPageRead | Refused | Unanswered>;
  /** ListDetectors: at most one detector per account and region. GuardDuty only. Sent once. */
  findDetector(target: TargetAddress): Promise<DetectorRead | Refused | Unanswered>;
  /** Closes every connection. */
  close(): void;
}
