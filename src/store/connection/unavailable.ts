import { GatewayError } from '../../errors.js';
import { NoWriterError } from './writerSearch.js';

/**
 * Prisma's codes for a database that cannot be reached, refuses or ends the connection, and for a time-out of the pool or of
 * a transaction (prisma.io, "Error message reference").
 */
const CODES = new Set(['P1000', 'P1001', 'P1002', 'P1008', 'P1011', 'P1017', 'P2024', 'P2028', 'P2037']);

/**
 * PostgreSQL's codes for the same: connection exceptions, insufficient resources, operator intervention.
 */
const SQL_STATES = /\b(08\d{3}|53\d{3}|57P0[1-5])\b/;

/** The driver's messages for the same, in errors without a code. */
const MESSAGES =
  /can't reach database|connection terminated|terminating connection|closed the connection|ConnectionClosed|is not queryable|ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|query read timeout|timeout exceeded when trying to connect|unable to start a transaction/i;

/** Whether an error means that the database could not be reached, or takes no writes. */
export function isUnreachable(error: unknown): boolean {
  if (!(error instanceof Error)) {
    return false;
  }
  const text = textOf(error);
  return (
    CODES.has(codeOf(error)) || SQL_STATES.test(text) || READ_ONLY_ERROR.test(text) || MESSAGES.test(text)
  );
}

/** The reason of a database that takes no writes. */
export const READ_ONLY = 'the database is read-only';

const READ_ONLY_ERROR = /\b25006\b|in a read-only transaction|no host of the database takes writes/i;

/** The reason of an error for which `isUnreachable` is true, in a few words. */
export function whyUnavailable(error: unknown): string {
  if (!(error instanceof Error) || !READ_ONLY_ERROR.test(textOf(error))) {
    return 'the database cannot be reached';
  }
  return error instanceof NoWriterError ? 'no host of the database takes writes' : READ_ONLY;
}

/** Prisma's code; without Prisma, PostgreSQL's. Prisma's messages contain PostgreSQL's code. */
function codeOf(error: Error): string {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' ? code : '';
}

function textOf(error: Error): string {
  return `${codeOf(error)} ${error.message}`;
}

/** PostgreSQL's code and message for a statement that took longer than statement_timeout. */
const TIMED_OUT = /\b57014\b|canceling statement due to statement timeout/;

/** PostgreSQL's code for text that it cannot store, because it contains NUL. */
const NUL_IN_TEXT = /\b22021\b/;

/** PostgreSQL's codes for values that it cannot hold, and for rows that break a rule of the tables. */
const BAD_DATA = /^2[23]\w{3}$/;

/** Such a code in a message of Prisma. */
const PRISMA_BAD_DATA = /\bCode: `2[23]\w{3}`/;

/** Whether a statement failed for what it was to write: repeated, it fails again. */
export function isBadData(error: unknown): boolean {
  return error instanceof Error && (BAD_DATA.test(codeOf(error)) || PRISMA_BAD_DATA.test(error.message));
}

/**
 * Translates an error of the database: `UNAVAILABLE` when the database cannot be reached, `TIMED_OUT` when a statement took
 * longer than its limit, `BAD_USER_INPUT` for NUL in a text. Returns every other error unchanged.
 */
export function translateDatabaseError(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof GatewayError) {
    return error;
  }
  const text = textOf(error);
  if (TIMED_OUT.test(text)) {
    return new GatewayError('TIMED_OUT', 'the database took longer over this than it may', { cause: error });
  }
  if (NUL_IN_TEXT.test(text)) {
    return new GatewayError('BAD_USER_INPUT', 'expected text without NUL characters', { cause: error });
  }
  if (!isUnreachable(error)) {
    return error;
  }
  return new GatewayError('UNAVAILABLE', `${whyUnavailable(error)} just now; try again in a moment`, {
    cause: error,
  });
}
