import { pino, type DestinationStream, type Logger } from 'pino';
import { redact } from './redact.js';

export type Log = Logger;

/** The values of LOG_LEVEL, from most to least output. */
export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/**
 * The process's logger: JSON lines, by default on standard error; standard output is for people.
 * Never log variables, tokens or whole e-mail addresses. Error messages, of PostgreSQL for example, may hold some: they are
 * redacted as they are written. A line has at most 32,000 characters.
 *
 * @param fieldsOf further fields of a line, by the fields that it has.
 */
export function createLog(
  level: LogLevel,
  destination: DestinationStream = pino.destination(2),
  fieldsOf?: (line: object) => object,
): Log {
  const hooks = { streamWrite: (line: string) => (line.length > MAX_LINE ? cut(line) : redact(line)) };
  const mixin = fieldsOf && { mixin: fieldsOf };
  return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime, hooks, ...mixin }, destination);
}

/** A file descriptor, and whether people read it. */
export interface LogOutput {
  readonly fd: number;
  readonly isTTY: boolean;
}

/**
 * Where the lines of the log go: standard error. They are JSON; on a terminal they are text for people, if pino-pretty is
 * installed: a development dependency.
 */
export async function openLogDestination(
  { fd, isTTY }: LogOutput = process.stderr,
): Promise<DestinationStream> {
  if (!isTTY) {
    return pino.destination(fd);
  }
  try {
    const { default: pretty } = await import('pino-pretty');
    return pretty({ destination: fd, sync: true, singleLine: true, translateTime: 'SYS:HH:MM:ss.l' });
  } catch {
    return pino.destination(fd);
  }
}

/** Longest line that is written as it is, in characters: container runtimes split longer ones. */
const MAX_LINE = 16_000;

/** What a cut line keeps of its beginning and of its end, which has the message, in characters. JSON at most doubles them. */
const BEGIN = 12_000;
const END = 2_000;

/** Text beside the kept parts that is redacted with them, in characters: a part may begin or end inside a credential. */
const MARGIN = 1_000;

/** The begin and the end of a long line, as JSON. */
function cut(line: string): string {
  const start = /^\{"level":\d+,"time":"[^"]{1,40}"/.exec(line)?.[0] ?? '{"level":50';
  const begin = redact(line.slice(0, BEGIN + MARGIN)).slice(0, BEGIN);
  const end = redact(line.slice(-END - MARGIN).trimEnd()).slice(-END);
  return `${start},"characters":${line.length},"begin":${JSON.stringify(begin)},"end":${JSON.stringify(end)},"msg":"a long line, cut"}\n`;
}

/** Logs a failure that repeats: its first time and its end; the times between at the level `debug`. */
export interface FailureLog {
  failed(error: unknown): void;
  worked(): void;
}

/** @param fields go with every line. */
export function createFailureLog(
  log: Log,
  messages: { readonly failed: string; readonly worked: string },
  fields: object = {},
): FailureLog {
  let failedAt: number | null = null;
  return {
    failed(error) {
      log[failedAt === null ? 'error' : 'debug']({ ...fields, err: error }, messages.failed);
      failedAt ??= performance.now();
    },
    worked() {
      if (failedAt !== null) {
        const seconds = Math.round((performance.now() - failedAt) / 1_000);
        log.info({ ...fields, seconds }, messages.worked);
        failedAt = null;
      }
    },
  };
}
