import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BenchAccount } from './mutations.js';

/** What one caller does to a gateway, again and again. */
export interface Attack {
  readonly name: string;
  /** How many of `send` are under way at once. */
  readonly atOnce: number;
  /** Sends one request and resolves with its HTTP status, once its answer has been read. */
  send(): Promise<number>;
}

/** Where the attacks go, and with which credential. */
export interface AttackTarget {
  readonly url: string;
  readonly authorization: string;
  readonly accounts: readonly BenchAccount[];
  /** Credentials of ten further callers. */
  readonly others: readonly string[];
}

const HEAVY = `{ requests(first: 100) { nodes { id status createdAt
  outcomes(first: 100) { nodes { id accountId email status reasonCode reason settledAt administrator service region } } } } }`;
const ALIASES = Array.from({ length: 50 }, (_, n) => n);

/** The most expensive things that the limits allow one caller, and ten callers. */
export function attacks(target: AttackTarget): readonly Attack[] {
  const post = (name: string, atOnce: number, body: object): Attack => {
    const json = JSON.stringify(body);
    return { name, atOnce, send: () => postOnce(target, json) };
  };
  const accounts = (from: number, count: number) => target.accounts.slice(from, from + count);
  return [
    post('9 queries of the most objects', 9, { query: HEAVY }),
    post('50 queries with 50 aliases of statistics', 50, {
      query: `{ ${ALIASES.map((n) => `a${n}: statistics(groupBy: []) { outcomes }`).join(' ')} }`,
    }),
    post('10 queries of distinct accounts', 10, { query: '{ statistics(groupBy: [MONTH]) { accounts } }' }),
    post('10 queries of 10,000 statistics rows', 10, {
      query:
        '{ statistics(groupBy: [HOUR, SERVICE, REGION, STATUS, REASON_CODE, REQUESTED_BY]) { from service region status reasonCode requestedBy outcomes } }',
    }),
    post('20 queries of live members', 20, {
      query:
        '{ members(service: GUARDDUTY, region: "us-east-1", first: 100) { nodes { accountId status } } }',
    }),
    post('10 introspection queries', 10, {
      query: `{ ${ALIASES.slice(0, 4)
        .map((n) => `a${n}: __schema { types { name fields { name args { name } } } }`)
        .join(' ')} }`,
    }),
    post('20 invalid documents of 200 kB', 20, { query: `{ ${'unknown '.repeat(25_000)} }` }),
    post('10 documents with 20,000 lines and faults', 10, {
      query: `{${'\n'.repeat(19_900)}${ALIASES.map((n) => `unknown${n}`).join(' ')} }`,
    }),
    post('4 requests of 10,000 accounts at 4 targets', 4, {
      query:
        'mutation ($input: CreateMembersInput!) { createMembers(input: $input) { request { id } userErrors { code } } }',
      variables: { input: { accounts: accounts(0, 10_000), waitSeconds: 0 } },
    }),
    post('4 dry runs of 1,000 accounts', 4, {
      query:
        'mutation ($input: CreateMembersInput!) { createMembers(input: $input) { plan { targets { accounts { accountId verdict } } } userErrors { code } } }',
      variables: { input: { accounts: accounts(0, 1_000), dryRun: true } },
    }),
    ...streamAttacks(target),
    {
      name: '4 connections with 20,000 pipelined requests each',
      atOnce: 4,
      send: () => pipeline(target, 20_000),
    },
  ];
}

const CREATE =
  'mutation ($input: CreateMembersInput!) { createMembers(input: $input) { request { id } userErrors { code } } }';
const FOLLOW = `subscription ($id: ID!) { requestProgress(id: $id) {
  id status counts { total processed failed } targets { service region counts { total processed } }
  outcomes(first: 100) { nodes { id accountId status reason settledAt } } } }`;

/** How long a stream stays open, in milliseconds. */
const STREAM_MS = 3_000;

/** Streams that follow one large request, which changes all the time. */
function streamAttacks(target: AttackTarget): readonly Attack[] {
  let request: Promise<string> | null = null;
  const callers = target.others.map((authorization) => ({ ...target, authorization }));
  const stream = (name: string, atOnce: number, by: readonly AttackTarget[]): Attack => {
    let next = 0;
    return {
      name,
      atOnce,
      async send() {
        const caller = by[next++ % by.length] ?? target;
        return followFor(caller, await (request ??= recordRequest(target)), STREAM_MS);
      },
    };
  };
  return [
    stream('100 streams of one caller', 100, [target]),
    stream('1,000 streams of one caller, most of which are refused', 1_000, [target]),
    stream('1,000 streams of ten callers', 1_000, callers),
  ];
}

/** Records a request of 10,000 accounts at all targets; resolves with its id. */
async function recordRequest({ url, authorization, accounts }: AttackTarget): Promise<string> {
  const answer = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization },
    body: JSON.stringify({ query: CREATE, variables: { input: { accounts, waitSeconds: 0 } } }),
  });
  const { data } = (await answer.json()) as { data: { createMembers: { request: { id: string } } } };
  return data.createMembers.request.id;
}

/** Opens a stream, and reads it for some time. A refused one waits for a tenth of it. */
async function followFor(
  { url, authorization }: AttackTarget,
  id: string,
  milliseconds: number,
): Promise<number> {
  const response = await fetch(`${url}/graphql/stream`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream', authorization },
    body: JSON.stringify({ query: FOLLOW, variables: { id } }),
    signal: AbortSignal.timeout(milliseconds + 10_000),
  });
  const end = sleep(response.ok ? milliseconds : milliseconds / 10);
  const reader = response.body?.getReader();
  const over = new AbortController();
  void end.then(() => {
    over.abort();
    return reader?.cancel().catch(() => undefined);
  });
  while (!over.signal.aborted && (await reader?.read().catch(() => null))?.done === false) {
    // What was read is not needed.
  }
  await end;
  return response.status;
}

async function postOnce({ url, authorization }: AttackTarget, body: string): Promise<number> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization },
    body,
  });
  await response.arrayBuffer();
  return response.status;
}

/** Sends requests for readiness on one connection without waiting for an answer. Resolves with 200 once all have been read. */
async function pipeline({ url }: AttackTarget, requests: number): Promise<number> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  const one = `GET /health/ready HTTP/1.1\r\nHost: ${hostname}\r\n`;
  socket.write(`${one}\r\n`.repeat(requests - 1));
  socket.write(`${one}Connection: close\r\n\r\n`);
  try {
    const answers = (await text(socket)).split('HTTP/1.1 200 OK').length - 1;
    return answers === requests ? 200 : 0;
  } catch {
    return 0;
  }
}

/** Runs an attack until it is stopped. `stop` resolves with the number of answers of each HTTP status; 0 stands for no answer. */
export function runAttack({ atOnce, send }: Attack): { stop(): Promise<Record<number, number>> } {
  const statuses: Record<number, number> = {};
  let isStopped = false;
  const client = async (): Promise<void> => {
    while (!isStopped) {
      const status = await send().catch(() => 0);
      statuses[status] = (statuses[status] ?? 0) + 1;
    }
  };
  const clients = Promise.all(Array.from({ length: atOnce }, client));
  return {
    async stop() {
      isStopped = true;
      await clients;
      return statuses;
    },
  };
}
