import { setTimeout as sleep } from 'node:timers/promises';
import type { Attack, AttackTarget } from './attack.js';

const CREATE =
  'mutation ($input: CreateMembersInput!) { createMembers(input: $input) { request { id } userErrors { code } } }';
const FOLLOW = `subscription ($id: ID!) { requestProgress(id: $id) {
  id status counts { total processed failed } targets { service region counts { total processed } }
  outcomes(first: 100) { nodes { id accountId status reason settledAt } } } }`;

/** How long a stream stays open, in milliseconds. */
const STREAM_MS = 3_000;

/** Streams that follow one large request, which changes all the time. */
export function streamAttacks(target: AttackTarget): readonly Attack[] {
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
    {
      name: '100 streams that are closed at once',
      atOnce: 100,
      send: async () => followFor(target, await (request ??= recordRequest(target)), 0),
    },
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
