import { type CommonFlags, createContext, type Surroundings } from '../context.js';
import { EXIT, type ExitStatus, usageError } from '../faults.js';
import type { Column } from '../output/output.js';
import { followRequest } from '../requests/followRequest.js';
import { acceptedCodes } from '../requests/reasonCodes.js';
import type { RequestState } from '../requests/requestState.js';
import { showRequest } from '../requests/showRequest.js';
import { type RequestFlags, startRequest } from '../requests/startRequest.js';
import { serviceOf } from '../requests/targetFlags.js';
import { throwUserErrors } from '../requests/userErrors.js';
import { first } from '../output/first.js';

/** The flags of watch and request show. */
export interface ShowFlags extends CommonFlags {
  readonly accept?: readonly string[];
  readonly all?: boolean;
}

/** `mgw watch`: follows a request to its end. */
export async function watchRequest(
  id: string,
  flags: ShowFlags,
  surroundings: Surroundings,
): Promise<ExitStatus> {
  return show(id, flags, surroundings, true);
}

/** `mgw request show`: a request as it is now. */
export async function requestShow(
  id: string,
  flags: ShowFlags,
  surroundings: Surroundings,
): Promise<ExitStatus> {
  return show(id, flags, surroundings, false);
}

async function show(
  id: string,
  flags: ShowFlags,
  surroundings: Surroundings,
  follow: boolean,
): Promise<ExitStatus> {
  const accept = acceptedCodes(flags.accept ?? []);
  const context = await createContext(flags, surroundings);
  const request = await context.client.request({ id }, { signal: context.signal });
  if (request === null) {
    throw usageError(
      `expected the id of a request, as mgw request list shows them, got ${JSON.stringify(id)}`,
    );
  }
  const last = follow ? await followRequest(context, request) : request;
  return showRequest(context, last, { accept, all: flags.all === true });
}

/** The flags of retry. */
export interface RetryFlags extends CommonFlags, RequestFlags {
  readonly accept?: readonly string[];
  readonly all?: boolean;
}

/** `mgw retry`: a new request of the accounts that were not processed. */
export async function retryRequest(
  requestId: string,
  flags: RetryFlags,
  surroundings: Surroundings,
): Promise<ExitStatus> {
  const accept = acceptedCodes(flags.accept ?? []);
  const context = await createContext(flags, surroundings);
  const input = { requestId, note: flags.note ?? null, onlyRetryable: flags.all !== true };
  const send = context.client.retryRequest;
  return startRequest(context, { operation: 'retryRequest', input, flags, accept, accounts: [], send });
}

/** `mgw cancel`: withdraws what was not sent yet. */
export async function cancelRequest(
  requestId: string,
  flags: CommonFlags,
  surroundings: Surroundings,
): Promise<ExitStatus> {
  const context = await createContext(flags, surroundings);
  const { client, output, signal } = context;
  const { request, userErrors } = await client.cancelRequest({ requestId }, { signal });
  throwUserErrors(userErrors);
  if (request != null) {
    await output.list({ type: 'request', columns: REQUEST_COLUMNS, rows: [request] });
    const { canceled, total, inFlight } = request.counts;
    output.note(
      `${canceled} of ${total} canceled${inFlight > 0 ? `; ${inFlight} in flight still get their result` : ''}`,
    );
  }
  return EXIT.done;
}

/** The flags of request list. */
export interface ListFlags extends CommonFlags {
  readonly account?: string;
  readonly administrator?: string;
  readonly service?: string;
  readonly region?: string;
  readonly operation?: readonly string[];
  readonly status?: readonly string[];
  readonly requestedBy?: string;
  readonly note?: string;
  readonly since?: string;
  readonly until?: string;
  readonly limit: number;
}

const REQUEST_COLUMNS: readonly Column<RequestState>[] = [
  { name: 'id', of: ({ id }) => id },
  { name: 'createdAt', of: ({ createdAt }) => createdAt },
  { name: 'operation', of: ({ operation }) => operation },
  { name: 'status', of: ({ status }) => status },
  { name: 'processed', of: ({ counts }) => counts.processed },
  { name: 'total', of: ({ counts }) => counts.total },
  { name: 'requestedBy', of: ({ requestedBy }) => requestedBy.name ?? requestedBy.id },
  { name: 'note', of: ({ note }) => note },
];

/** `mgw request list`: requests, newest first. */
export async function requestList(flags: ListFlags, surroundings: Surroundings): Promise<ExitStatus> {
  const filter = {
    accountId: flags.account ?? null,
    administrator: flags.administrator ?? null,
    service: flags.service === undefined ? null : serviceOf(flags.service),
    region: flags.region ?? null,
    operation: enumValues(flags.operation),
    status: enumValues(flags.status),
    requestedBy: flags.requestedBy ?? null,
    note: flags.note ?? null,
    createdAfter: flags.since ?? null,
    createdBefore: flags.until ?? null,
  };
  const { client, output, signal } = await createContext(flags, surroundings);
  const rows = first(client.requests({ filter, first: Math.min(flags.limit, 100) }, { signal }), flags.limit);
  await output.list({ type: 'request', columns: REQUEST_COLUMNS, rows });
  return EXIT.done;
}

/** The values of an enum from any case; the gateway refuses those that it does not know. */
export function enumValues(values: readonly string[] | undefined): never[] | null {
  return values?.map((value) => value.toUpperCase().replaceAll('-', '_') as never) ?? null;
}
