/**
 * The types and constants of the domain, for all layers. This file imports nothing.
 */

/** The two services whose member accounts the gateway manages. */
export const SECURITY_SERVICES = ['GUARDDUTY', 'SECURITY_HUB'] as const;
export type SecurityService = (typeof SECURITY_SERVICES)[number];

/** What a request does to member accounts. */
export const MEMBERSHIP_OPERATIONS = [
  'CREATE_MEMBERS',
  'INVITE_MEMBERS',
  'DISASSOCIATE_MEMBERS',
  'DELETE_MEMBERS',
] as const;
export type MembershipOperation = (typeof MEMBERSHIP_OPERATIONS)[number];

/** Operations that end a membership or delete its entry. */
export const REMOVING_OPERATIONS = ['DISASSOCIATE_MEMBERS', 'DELETE_MEMBERS'] as const;
export type RemovingOperation = (typeof REMOVING_OPERATIONS)[number];

/** Operations that add members. */
export type AddingOperation = Exclude<MembershipOperation, RemovingOperation>;

export type RequestStatus =
  'PENDING' | 'RUNNING' | 'SUCCEEDED' | 'PARTIALLY_SUCCEEDED' | 'FAILED' | 'CANCELED';

export const OUTCOME_STATUSES = [
  'PENDING',
  'IN_FLIGHT',
  'PROCESSED',
  'UNPROCESSED',
  'FAILED',
  'CANCELED',
] as const;
export type OutcomeStatus = (typeof OUTCOME_STATUSES)[number];

/** How an account counts that the service calls a member already. */
export type AlreadyMember = Extract<OutcomeStatus, 'UNPROCESSED' | 'PROCESSED'>;

/** The statuses of unsuccessful outcomes, which all have a reason code. */
export const STATUSES_WITH_REASON: readonly OutcomeStatus[] = ['UNPROCESSED', 'FAILED'];

/** A stable, service-independent code for why an account was not processed. */
export const REASON_CODES = [
  'ALREADY_MEMBER',
  'ALREADY_INVITED',
  'SELF',
  'OTHER_ADMINISTRATOR',
  'MEMBER_LIMIT_REACHED',
  'INVITATION_LIMIT_REACHED',
  'EMAIL_MISSING',
  'EMAIL_INVALID',
  'ACCOUNT_INVALID',
  'NOT_CREATED',
  'NOT_ASSOCIATED',
  'STILL_ASSOCIATED',
  'ORGANIZATION_ADMINISTRATOR_NOT_ENABLED',
  'MANAGED_BY_ORGANIZATION',
  'SERVICE_NOT_ENABLED',
  'DETECTOR_NOT_FOUND',
  'ACCESS_DENIED',
  'BATCH_LIMIT_EXCEEDED',
  'THROTTLED',
  'INTERNAL_ERROR',
  'UNREACHABLE',
  'OTHER',
] as const;
export type ReasonCode = (typeof REASON_CODES)[number];

/** Reasons that may pass without a change, so another call may succeed. All other reasons need a change first, by the caller or in AWS. */
export const RETRYABLE_REASONS: readonly ReasonCode[] = [
  'BATCH_LIMIT_EXCEEDED',
  'THROTTLED',
  'INTERNAL_ERROR',
  'UNREACHABLE',
];

/** The status of a member account, in one vocabulary for both services. */
export type MemberStatus =
  | 'CREATED'
  | 'INVITED'
  | 'ENABLED'
  | 'DISABLED'
  | 'REMOVED'
  | 'RESIGNED'
  | 'DELETED'
  | 'EMAIL_VERIFICATION_IN_PROGRESS'
  | 'EMAIL_VERIFICATION_FAILED'
  | 'ACCOUNT_SUSPENDED'
  | 'NOT_A_MEMBER'
  | 'OTHER';

/** The expected result for one account of a plan, at one target. */
export type PlanVerdict =
  | 'WOULD_CREATE'
  | 'WOULD_INVITE'
  | 'ALREADY_MEMBER'
  | 'ALREADY_INVITED'
  | 'NOT_CREATED'
  | 'SELF'
  | 'EMAIL_MISSING'
  | 'EMAIL_VERIFICATION_FAILED'
  | 'OVER_LIMIT'
  | 'UNKNOWN';

/** The expected result for one account of a removal plan, at one target. */
export type RemovalVerdict =
  | 'WOULD_DISASSOCIATE'
  | 'WOULD_DELETE'
  | 'NOT_A_MEMBER'
  | 'NOT_ASSOCIATED'
  | 'STILL_ASSOCIATED'
  | 'SELF'
  | 'UNKNOWN';

/** The status of an observation of a target that a refresh of the inventory requested. */
export type InventoryRefreshStatus = 'WAITING' | 'RUNNING' | 'OBSERVED' | 'FAILED';

/** The codes of faults of an input. Scripts depend on them, so they never change. */
export type FaultCode =
  | 'INVALID_INPUT'
  | 'DUPLICATE_ACCOUNT'
  | 'EMAIL_REQUIRED'
  | 'UNKNOWN_ADMINISTRATOR'
  | 'UNKNOWN_REGION'
  | 'TOO_MANY_ACCOUNTS'
  | 'IDEMPOTENCY_KEY_REUSED'
  | 'CONFIRMATION_REQUIRED'
  | 'CONFIRMATION_INVALID'
  | 'REMOVAL_LIMIT_EXCEEDED'
  | 'PREVIEW_INCOMPLETE'
  | 'NOT_RETRYABLE'
  | 'NOT_CANCELABLE'
  | 'NOT_IN_DOUBT'
  | 'NOT_FOUND'
  | 'FORBIDDEN';

/** How the accounts of a call in doubt end when a caller settles it by hand. */
export type DoubtEnding = 'PROCESSED' | 'FAILED';

/** A dimension that statistics group outcomes by. */
export type StatisticsDimension =
  | 'OPERATION'
  | 'SERVICE'
  | 'REGION'
  | 'ADMINISTRATOR'
  | 'STATUS'
  | 'REASON_CODE'
  | 'REQUESTED_BY'
  | 'HOUR'
  | 'DAY'
  | 'MONTH';

export type CallStatus = 'SENT' | 'ANSWERED' | 'REFUSED' | 'UNANSWERED';
export type ActorKind = 'USER' | 'TOKEN' | 'LOCAL';

/**
 * The largest number of accounts in one AWS call, for both services (UPSTREAMS.md, "Both services"). GuardDuty refuses a
 * larger call as a whole.
 */
export const ACCOUNTS_PER_CALL = 50;

/** Whether the text is the id of an AWS account: exactly 12 digits. */
export function isAccountId(text: string): boolean {
  return /^\d{12}$/.test(text);
}

/** An account of an input. */
export interface MemberAccount {
  /** Exactly 12 digits; a string, because of leading zeros. */
  readonly accountId: string;
  /** Required by GuardDuty for CreateMembers, optional for Security Hub; null when none was given. */
  readonly email: string | null;
}

/** One (administrator, service, region): the address of a target or a lane. */
export interface TargetAddress {
  readonly administrator: string;
  readonly service: SecurityService;
  readonly region: string;
}

/** A target as one string, for keys of maps and for messages. */
export function targetKey({ administrator, service, region }: TargetAddress): string {
  return `${administrator}/${service}/${region}`;
}

/** A configured AWS account that the gateway acts as. */
export interface Administrator {
  /** The name of the administrator in the API. */
  readonly id: string;
  /** 12 digits. */
  readonly accountId: string;
  /** The role to assume; null: the ambient credentials are used. */
  readonly roleArn: string | null;
  readonly externalId: string | null;
  /** A profile of the AWS configuration files, whose credentials are used instead of those of the process. */
  readonly profile: string | null;
  readonly services: readonly SecurityService[];
  readonly regions: readonly string[];
  /** GuardDuty detectors by region. In other regions, ListDetectors finds the detector. */
  readonly detectorIds: Readonly<Record<string, string>>;
}

/** The targets of an administrator: each of its services, in the order of `SECURITY_SERVICES`, in each of its regions. */
export function targetsOf({
  id,
  services,
  regions,
}: Pick<Administrator, 'id' | 'services' | 'regions'>): TargetAddress[] {
  return SECURITY_SERVICES.filter((service) => services.includes(service)).flatMap((service) =>
    regions.map((region) => ({ administrator: id, service, region })),
  );
}

/** The roles of callers; each role includes the ones before it. */
export const ROLES = ['VIEWER', 'OPERATOR', 'ADMIN'] as const;
export type Role = (typeof ROLES)[number];

/** The origin of an operation, for the record. */
export interface Origin {
  /** UUID of the API token of the caller; null without one. */
  readonly tokenId: string | null;
  /** The client's IP address; behind a proxy that is not trusted, the address of that proxy. */
  readonly address: string;
  /** Cut to 256 characters; null when the client sent none. */
  readonly userAgent: string | null;
  /** The X-Request-Id of the client, else one that the gateway made. */
  readonly requestId: string;
  /** W3C Trace Context: as it came or, while tracing is on, of the gateway's span; null without one. */
  readonly traceparent: string | null;
}

/** The caller of an operation, the first parameter of every service function. */
export interface Caller {
  /** The id of its API token, the subject of its OpenID Connect token, or "local". */
  readonly id: string;
  /** The name of its API token, for readers of the record; absent without one. Several tokens may have one name. */
  readonly name?: string;
  readonly kind: ActorKind;
  readonly role: Role;
  /** Ids of the administrators whose record and members the caller may read and change; null: all. */
  readonly administrators: readonly string[] | null;
  /** Null when the operation did not arrive over the network. */
  readonly origin: Origin | null;
  /** Aborts when the client disconnects; absent without a connection. */
  readonly disconnected?: AbortSignal;
}

/** The caller of every request while authentication is off (AUTH_MODE none, loopback only). */
export const LOCAL_CALLER: Caller = {
  id: 'local',
  kind: 'LOCAL',
  role: 'ADMIN',
  administrators: null,
  origin: null,
};
