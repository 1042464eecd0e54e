import type {
  CallStatus,
  MembershipOperation,
  OutcomeStatus,
  ReasonCode,
  RequestStatus,
  SecurityService,
} from '../../src/membership.js';
import type { LoggedCall } from '../support/sandboxControl.js';

/**
 * Everything that is known of a run after it: what clients asked, what the service saw, and what the record says. All
 * times are milliseconds since 1970, by the clock of one machine.
 */
export interface History {
  readonly asked: readonly AskedMutation[];
  readonly service: ServiceLog;
  readonly record: RecordRows;
}

/** A createMembers, inviteMembers or retryRequest that a client sent, once or again and again under its key. */
export interface AskedMutation {
  /** Unlike every other's: it finds the request in the record, answered or not. */
  readonly note: string;
  readonly idempotencyKey: string | null;
  readonly operation: MembershipOperation;
  /** Null for a retry, whose accounts follow from the request it retries. */
  readonly accountIds: readonly string[] | null;
  /** As `lane` names them; null for a retry. */
  readonly lanes: readonly string[] | null;
  /** Raw ids of the requests it was answered with, in order. */
  readonly answeredWith: readonly string[];
}

/** What the service itself knows. */
export interface ServiceLog {
  readonly calls: readonly LoggedCall[];
  /** Invitations that were taken. */
  readonly mails: readonly { readonly lane: string; readonly accountId: string }[];
  readonly members: readonly { readonly lane: string; readonly accountId: string; readonly status: string }[];
  /** All words with which the service leaves an account unprocessed. */
  readonly words: ReadonlySet<string>;
}

/** The record's tables, as far as they are compared. */
export interface RecordRows {
  readonly requests: readonly RequestRow[];
  readonly targets: readonly TargetRow[];
  readonly outcomes: readonly OutcomeRow[];
  readonly calls: readonly CallRow[];
  readonly sends: readonly SendRow[];
}

export interface RequestRow {
  readonly id: string;
  readonly operation: MembershipOperation;
  readonly status: RequestStatus;
  readonly note: string | null;
  readonly idempotencyKey: string | null;
  readonly finishedAt: number | null;
  readonly openTargets: number;
  readonly total: number;
  readonly processed: number;
  readonly canceled: number;
  readonly retryOf: string | null;
}

export interface TargetRow {
  readonly id: string;
  readonly requestId: string;
  readonly lane: string;
  readonly total: number;
  readonly pending: number;
  readonly inFlight: number;
  readonly processed: number;
  readonly unprocessed: number;
  readonly failed: number;
  readonly canceled: number;
  readonly canceledAt: number | null;
}

export interface OutcomeRow {
  readonly targetId: string;
  readonly accountId: string;
  readonly status: OutcomeStatus;
  readonly reasonCode: ReasonCode | null;
  readonly reason: string | null;
  readonly settledAt: number | null;
  readonly callIds: readonly string[];
}

export interface CallRow {
  readonly id: string;
  readonly lane: string;
  readonly operation: MembershipOperation;
  readonly status: CallStatus;
  readonly accountCount: number;
  readonly startedAt: number;
  readonly settledAt: number | null;
  readonly httpStatus: number | null;
  readonly awsRequestId: string | null;
  /** 0: the row says that the call never left. */
  readonly attempts: number;
  readonly unprocessed: readonly { readonly accountId: string; readonly result: string }[] | null;
}

export interface SendRow {
  readonly callId: string;
  readonly targetId: string;
  readonly accountIds: readonly string[];
}

/** What the record calls a service that signatures call otherwise. */
const SERVICES: Readonly<Record<string, SecurityService>> = {
  guardduty: 'GUARDDUTY',
  securityhub: 'SECURITY_HUB',
};

/** The name of a lane: the rows of the record and of the service's log meet by it. */
export function laneName(service: string, region: string): string {
  return `${service}/${region}`;
}

/** The name of the lane that a signature names. */
export function laneOf(signingName: string, region: string): string {
  return laneName(SERVICES[signingName] ?? signingName, region);
}
