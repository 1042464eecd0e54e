import { createJournal, type Journal } from './journal.js';

/** How many calls the log keeps. With 50 accounts each they take some 80 MB, which a bench beside it can spare. */
const CALL_LOG_LIMIT = 100_000;

/** How many invitations are kept. They are small, and a test of duplicates has to see all of a large request's. */
const MAIL_LIMIT = 500_000;

/**
 * How a call ended:
 * - `applied`: the work was done and the answer sent
 * - `refused`: nothing was done, and an error was sent
 * - `dropped-before`: nothing was done, and no answer was sent
 * - `dropped-after`: the work was done, and no answer or half an answer was sent
 */
export const CALL_OUTCOMES = ['applied', 'refused', 'dropped-before', 'dropped-after'] as const;
export type CallOutcome = (typeof CALL_OUTCOMES)[number];

/** One call that reached the sandbox. */
export interface LoggedCall {
  readonly sequence: number;
  /** Milliseconds since 1970. */
  readonly receivedAt: number;
  /** When the answer was handed to the socket; null while the call is under way, and for one never answered. */
  answeredAt: number | null;
  /** The calling account, of a permanent or a temporary key; null when the signature did not hold. */
  account: string | null;
  /** Region and signing name as the signature claims them; null when there is no signature. */
  region: string | null;
  service: string | null;
  /** AWS's name of the operation; null when no such operation is known. */
  operation: string | null;
  /** The member accounts the call names, separated by commas: one string is a tenth of fifty. */
  accountIds: string;
  /** The HTTP status sent; null when none was. */
  httpStatus: number | null;
  readonly requestId: string;
  /** null while the call is under way. */
  outcome: CallOutcome | null;
  /** The exception's name, when the call was refused with one. */
  errorType: string | null;
  /** The member accounts left unprocessed, separated by commas. */
  unprocessedAccountIds: string;
  /** How many other calls of the same account, region and service were under way when this one came. */
  inFlightAtStart: number;
}

/** An invitation that was taken: were this AWS, the account's owner would have mail. */
export interface Mail {
  readonly sequence: number;
  /** The inviting account. */
  readonly account: string;
  readonly region: string;
  readonly service: string;
  /** The invited account. */
  readonly accountId: string;
  /** GuardDuty's message to the invited; null when none was given. */
  readonly message: string | null;
  /** GuardDuty's disableEmailNotification: true means that no e-mail would have gone out. */
  readonly emailDisabled: boolean;
  /** ISO string. */
  readonly invitedAt: string;
}

export const createCallLog = (): Journal<LoggedCall> => createJournal<LoggedCall>(CALL_LOG_LIMIT);

export const createMailLog = (): Journal<Mail> => createJournal<Mail>(MAIL_LIMIT);
