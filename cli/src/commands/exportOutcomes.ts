import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { type CommonFlags, createContext, type Surroundings } from '../context.js';
import { CommandError, EXIT, type ExitStatus } from '../faults.js';
import { serviceOf } from '../requests/targetFlags.js';
import { enumValues } from './requests.js';

/** The longest pause before another attempt, in seconds. */
const MAX_WAIT_SECONDS = 60;

const STATUSES: Readonly<Record<number, ExitStatus>> = {
  400: EXIT.usage,
  401: EXIT.refused,
  403: EXIT.refused,
  429: EXIT.unreachable,
  502: EXIT.unreachable,
  503: EXIT.unreachable,
  504: EXIT.unreachable,
};

/** The flags of outcomes export. */
export interface ExportFlags extends CommonFlags {
  readonly request?: string;
  readonly account?: readonly string[];
  readonly administrator?: string;
  readonly service?: string;
  readonly region?: string;
  readonly operation?: readonly string[];
  readonly status?: readonly string[];
  readonly reasonCode?: readonly string[];
  readonly since?: string;
  readonly until?: string;
  readonly output?: string;
}

/**
 * `mgw outcomes export`: all outcomes that match, as CSV or with --json as JSON lines. A file appears under its name only
 * once it is complete.
 */
export async function exportOutcomes(flags: ExportFlags, surroundings: Surroundings): Promise<ExitStatus> {
  const { settings, token, signal, stdout } = await createContext(flags, surroundings);
  const url = new URL(`${settings.url}/export/outcomes.${flags.json === true ? 'jsonl' : 'csv'}`);
  for (const [name, value] of Object.entries(parametersOf(flags))) {
    if (value != null) {
      url.searchParams.set(name, String(value));
    }
  }
  const headers = settings.token === undefined ? {} : { authorization: `Bearer ${await token()}` };
  const response = await open(url, headers, { signal, attempts: flags.attempts ?? 5 });
  if (flags.output === undefined) {
    await save(response, stdout, signal, { end: false });
    return EXIT.done;
  }
  const draft = `${flags.output}.part`;
  try {
    await save(response, createWriteStream(draft), signal, { end: true });
    await rename(draft, flags.output);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
  return EXIT.done;
}

function parametersOf(flags: ExportFlags): Record<string, string | readonly string[] | null | undefined> {
  return {
    requestId: flags.request,
    accountId: flags.account,
    administrator: flags.administrator,
    service: flags.service === undefined ? null : serviceOf(flags.service),
    region: flags.region,
    operation: enumValues(flags.operation),
    status: enumValues(flags.status),
    reasonCode: enumValues(flags.reasonCode),
    settledAfter: flags.since,
    settledBefore: flags.until,
  };
}

/** Opens the export; tries again, like other commands, while the gateway is busy or cannot be reached. */
async function open(
  url: URL,
  headers: Record<string, string>,
  { signal, attempts }: { signal: AbortSignal; attempts: number },
): Promise<Response> {
  for (let attempt = 1; ; attempt += 1) {
    const answer = await fetch(url, { headers, signal }).catch((error: unknown) => error as Error);
    signal.throwIfAborted();
    if (answer instanceof Response && answer.ok) {
      return answer;
    }
    const failure = await failureOf(url, answer);
    const seconds = answer instanceof Response ? Number(answer.headers.get('retry-after') ?? 0) : 0;
    if (failure.status !== EXIT.unreachable || attempt >= attempts || !(seconds <= MAX_WAIT_SECONDS)) {
      throw failure;
    }
    await sleep(Math.max(seconds * 1_000, 250 * 2 ** attempt), undefined, { signal });
  }
}

async function failureOf(url: URL, answer: Response | Error): Promise<CommandError> {
  if (answer instanceof Error) {
    return new CommandError(EXIT.unreachable, [`${url.origin} cannot be reached: ${reasonOf(answer)}`]);
  }
  const { status } = answer;
  return new CommandError(STATUSES[status] ?? EXIT.failed, [messageOf(status, await answer.text())]);
}

async function save(
  response: Response,
  to: Writable,
  signal: AbortSignal,
  options: { end: boolean },
): Promise<void> {
  if (response.body === null) {
    return;
  }
  try {
    await pipeline(Readable.fromWeb(response.body as never), to, { signal, ...options });
  } catch (error) {
    signal.throwIfAborted();
    const message = `the export broke off before its end: ${reasonOf(error)}`;
    throw new CommandError(EXIT.unreachable, [message], { cause: error });
  }
}

function messageOf(status: number, text: string): string {
  try {
    const { errors } = JSON.parse(text) as { errors?: { message?: string }[] };
    return errors?.[0]?.message ?? `HTTP ${status}`;
  } catch {
    return `HTTP ${status}`;
  }
}

function reasonOf(error: unknown): string {
  const { message, cause } = error as Error;
  return cause instanceof Error ? cause.message : message;
}
