import { createJournal, type Journal } from './journal.js';

/** Maximum length of the call log. With 50 accounts a call it takes about 80 MB, which leaves room for a bench. */
const CALL_LOG_LIMIT = 100_000;

/** Maximum number of invitations. A test for duplicates must see every invitation of a large request. */
const MAIL_LIMIT = 500_000;

/**
 * The outcome of a call:
 * - `applied`: the operation was performed, and its answer was sent
 * - `refused`: the operation was not performed, and an error was sent
 * - `dropped-before`: the operation was not performed, and no answer was sent
 * - `dropped-after`: the operation was performed, and no answer or half an answer was sent
 */
export const CALL_OUTCOMES = ['applied', 'refused', 'dropped-before', 'dropped-after'] as const;
export type CallOutcome = (typeof CALL_OUTCOMES)[number];

/** One call that reached the sandbox. */
export interface LoggedCall {
  readonly sequence: number;
  /** Milliseconds since 1970. */
  readonly receivedAt: number;
  /** When the answer was handed to the socket; null while the call is open, and without an answer. */
  answeredAt: number | null;
  /** The account of the access key, permanent or temporary; null if the key is unknown or there is no signature. */
  account: string | null;
  /** Region and signing name in the signature; null without one. */
  region: string | null;
  service: string | null;
  /** AWS's name of the operation; null if unknown. */
  operation: string | null;
  /** The member accounts in the call, separated by commas. One string takes a tenth of the memory of 50 strings. */
  accountIds: string;
  /** The HTTP status; null without an answer. */
  httpStatus: number | null;
  readonly requestId: string;
  /** Null while the call is open. */
  outcome: CallOutcome | null;
  /** The exception's name if the call was refused with one. */
  errorType: string | null;
  /** The unprocessed member accounts, separated by commas. */
  unprocessedAccountIds: string;
  /** The number of other open calls of the same account, region and service when this one arrived. */
  inFlightAtStart: number;
}

/** A successful invitation. AWS would send an e-mail to the owner of the account. */
export interface Mail {
  readonly sequence: number;
  /** The inviting account. */
  readonly account: string;
  readonly region: string;
  readonly service: string;
  /** The invited account. */
  readonly accountId: string;
  /** The message in GuardDuty's invitation; null without one. */
  readonly message: string | null;
  /** GuardDuty's disableEmailNotification: if true, AWS would send no e-mail. */
  readonly emailDisabled: boolean;
  /** ISO string. */
  readonly invitedAt: string;
}

export const createCallLog = (): Journal<LoggedCall> => createJournal<LoggedCall>(CALL_LOG_LIMIT);

export const createMailLog = (): Journal<Mail> => createJournal<Mail>(MAIL_LIMIT);
