import { pino, type DestinationStream, type Logger } from 'pino';

export type Log = Logger;

/** The levels LOG_LEVEL takes, quietest last. */
export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/**
 * The process's logger: JSON lines on standard error, so that standard output stays free for what a person reads.
 * Never log variables, tokens or whole e-mail addresses. What slips through in the words of an error, PostgreSQL's say,
 * is blacked out on its way.
 */
export function createLog(level: LogLevel, destination: DestinationStream = pino.destination(2)): Log {
  const hooks = { streamWrite: blackOut };
  return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime, hooks }, destination);
}

/** What stands before an @, be it an e-mail address or a password in a connection string; the host may be seen. */
const BEFORE_AT = /[^\s"'<>(),;\\/]+@(?=[\w-])/g;

/** API tokens, and JSON Web Tokens, by what they begin with. */
const BEARER = /\b(mgw_|eyJ)[\w.-]{20,}/g;

/** A line of the log without credentials and addresses. */
function blackOut(line: string): string {
  return line.replace(BEFORE_AT, '***@').replace(BEARER, '$1***');
}
