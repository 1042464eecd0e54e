import { createClient, type Client } from 'graphql-sse';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CreateMembersDocument } from '../../generated/graphql.js';
import { accounts, startGateway, type TestGateway } from '../../support/gateway.js';

const FOLLOW = `subscription ($id: ID!) {
  requestProgress(id: $id) { id status counts { total pending inFlight processed } }
}`;

interface Progress {
  requestProgress: { id: string; status: string; counts: { total: number; processed: number } };
}

let gateway: TestGateway;
let client: Client;
let first = 0;

beforeAll(async () => {
  // Slow enough that there is progress to see: ten calls of 50, five a second after the first.
  gateway = await startGateway({ environment: { SECURITYHUB_RATE: '5', SECURITYHUB_BURST: '1' } });
  client = createClient({ url: `${gateway.url}/graphql/stream` });
});
afterAll(async () => {
  client.dispose();
  await gateway.stop();
});
beforeEach(() => {
  first += 1_000;
});

async function request(count: number): Promise<string> {
  const input = {
    accounts: accounts(count, first),
    services: ['SECURITY_HUB' as const],
    regions: ['us-east-1'],
    waitSeconds: 0,
  };
  const { createMembers } = await gateway.execute(CreateMembersDocument, { input });
  return createMembers?.request?.id ?? '';
}

const follow = (id: string) => client.iterate<Progress>({ query: FOLLOW, variables: { id } });

describe('requestProgress', () => {
  it('sends the counts as they change, and ends with the request', async () => {
    const id = await request(500);
    const seen: Progress['requestProgress'][] = [];
    for await (const { data } of follow(id)) {
      if (data) {
        seen.push(data.requestProgress);
      }
    }
    expect(new Set(seen.map((one) => one.id))).toEqual(new Set([id]));
    const processed = seen.map(({ counts }) => counts.processed);
    expect(processed).toEqual(processed.toSorted((a, b) => a - b));
    expect(new Set(processed).size).toBeGreaterThan(2);
    expect(seen.at(-1)).toMatchObject({ status: 'SUCCEEDED', counts: { total: 500, processed: 500 } });
  });

  it('sends the end of a finished request, and ends', async () => {
    const id = await request(1);
    const told = [];
    for await (const one of follow(id)) {
      told.push(one);
    }
    expect(told.length).toBeGreaterThan(0);
    const seen: unknown[] = [];
    for await (const { data } of follow(id)) {
      seen.push(data?.requestProgress.status);
    }
    expect(seen).toEqual(['SUCCEEDED']);
  });

  it('begins at once with headers by which a proxy passes each event on', async () => {
    const response = await fetch(`${gateway.url}/graphql/stream`, {
      method: 'POST',
      headers: { accept: 'text/event-stream', 'content-type': 'application/json' },
      body: JSON.stringify({ query: FOLLOW, variables: { id: await request(400) } }),
    });
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store, no-transform',
      'x-accel-buffering': 'no',
    });
    const reader = response.body!.getReader();
    const { value } = (await reader.read()) as { value: Uint8Array };
    expect(new TextDecoder().decode(value)).toMatch(/^:\n\n/);
    await reader.cancel();
  });

  it('runs no statement for a client that has disconnected', async () => {
    const id = await request(400);
    for await (const { data } of follow(id)) {
      expect(data?.requestProgress.id).toBe(id);
      break;
    }
    const statements: string[] = [];
    await new Promise((resolve) => setTimeout(resolve, 700));
    const stop = gateway.database.onStatement((sql) => statements.push(sql));
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    stop();
    expect(statements.filter((sql) => sql.includes('concat_ws'))).toEqual([]);
    expect(statements.length).toBeGreaterThan(0);
  });

  it('refuses an invalid request id and an invalid document in an event', async () => {
    for (const [query, code, words] of [
      [FOLLOW, 'BAD_USER_INPUT', 'expected the id of a MembershipRequest'],
      [
        'subscription { nope }',
        'GRAPHQL_VALIDATION_FAILED',
        'Cannot query field "nope" on type "Subscription"',
      ],
      ['subscription {', 'GRAPHQL_PARSE_FAILED', 'Syntax Error'],
    ] as const) {
      const answers = [];
      for await (const answer of client.iterate({ query, variables: { id: 'nonsense' } })) {
        answers.push(answer);
      }
      expect(answers).toMatchObject([
        { errors: [{ message: expect.stringContaining(words), extensions: { code } }] },
      ]);
    }
  });
});
