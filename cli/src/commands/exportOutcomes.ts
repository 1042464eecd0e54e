import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type CommonFlags, createContext, type Surroundings } from '../context.js';
import { CommandError, EXIT, type ExitStatus } from '../faults.js';
import { serviceOf } from '../requests/targetFlags.js';
import { enumValues } from './requests.js';

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
  const { settings, signal, stdout } = await createContext(flags, surroundings);
  const url = new URL(`${settings.url}/export/outcomes.${flags.json === true ? 'jsonl' : 'csv'}`);
  for (const [name, value] of Object.entries(parametersOf(flags))) {
    if (value != null) {
      url.searchParams.set(name, String(value));
    }
  }
  const headers = settings.token === undefined ? {} : { authorization: `Bearer ${settings.token}` };
  const response = await open(url, headers, signal);
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

async function open(url: URL, headers: Record<string, string>, signal: AbortSignal): Promise<Response> {
  let response;
  try {
    response = await fetch(url, { headers, signal });
  } catch (error) {
    signal.throwIfAborted();
    throw new CommandError(EXIT.unreachable, [`${url.origin} cannot be reached: ${reasonOf(error)}`]);
  }
  if (!response.ok) {
    const status =
      response.status === 401 || response.status === 403
        ? EXIT.refused
        : response.status === 400
          ? EXIT.usage
          : response.status === 429 || response.status >= 502
            ? EXIT.unreachable
            : EXIT.failed;
    throw new CommandError(status, [messageOf(response.status, await response.text())]);
  }
  return response;
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
