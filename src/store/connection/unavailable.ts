import { GatewayError } from '../../errors.js';

/**
 * Prisma's codes for a database that cannot be reached, refuses, or ends the connection, and for a pool or transaction that
 * waited in vain (prisma.io, "Error message reference").
 */
const CODES = new Set(['P1000', 'P1001', 'P1002', 'P1008', 'P1011', 'P1017', 'P2024', 'P2028', 'P2037']);

/** PostgreSQL's classes of the same: connection exceptions, too few resources, an operator's intervention. */
const SQL_STATES = /\b(08\d{3}|53\d{3}|57P0[1-5])\b/;

/** What the driver says where there is no code. */
const WORDS =
  /can't reach database|connection terminated|terminating connection|closed the connection|ConnectionClosed|is not queryable|ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|query read timeout|timeout exceeded when trying to connect|unable to start a transaction/i;

/** Whether an error is about reaching the database, and not about what was asked of it. */
export function isUnreachable(error: unknown): boolean {
  if (!(error instanceof Error)) {
    return false;
  }
  const words = wordsOf(error);
  return CODES.has(codeOf(error)) || SQL_STATES.test(words) || WORDS.test(words);
}

/** Prisma's code, or PostgreSQL's where pg was asked without Prisma; Prisma has PostgreSQL's in the message. */
function codeOf(error: Error): string {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' ? code : '';
}

function wordsOf(error: Error): string {
  return `${codeOf(error)} ${error.message}`;
}

/** PostgreSQL's code and words for a statement that took longer than statement_timeout. */
const TIMED_OUT = /\b57014\b|canceling statement due to statement timeout/;

/** PostgreSQL's code for text that it cannot hold: text with NUL. */
const NUL_IN_TEXT = /\b22021\b/;

/**
 * The same error as callers should see it: `UNAVAILABLE` when the database cannot be reached, `TIMED_OUT` when it ended a
 * statement that took too long, `BAD_USER_INPUT` when it was given NUL in a text, else untouched.
 */
export function asCallersSeeIt(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof GatewayError) {
    return error;
  }
  const words = wordsOf(error);
  if (TIMED_OUT.test(words)) {
    return new GatewayError('TIMED_OUT', 'the database took longer over this than it may', { cause: error });
  }
  if (NUL_IN_TEXT.test(words)) {
    return new GatewayError('BAD_USER_INPUT', 'expected text without NUL characters', { cause: error });
  }
  if (!isUnreachable(error)) {
    return error;
  }
  return new GatewayError('UNAVAILABLE', 'the database cannot be reached just now; try again in a moment', {
    cause: error,
  });
}
