import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startGateway, type TestGateway } from '../support/gateway.js';

/** Points of one caller in a window of a minute. */
const BUDGET = 4_000;

const QUERY = { query: '{ requests(first: 1) { nodes { id } } }' };

/** A body of about 1 MB whose variables have 60,000 members. */
const LONG = JSON.stringify({
  query: '{ __typename }',
  variables: Object.fromEntries(Array.from({ length: 60_000 }, (_, n) => [`k${n}`, n])),
});

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway({ environment: { AUTH_MODE: 'token', CALLER_BUDGET: String(BUDGET) } });
});
afterAll(() => gateway.stop());

async function send(secret: string, body: string): Promise<{ status: number; text: string }> {
  const answer = await fetch(`${gateway.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${secret}` },
    body,
  });
  return { status: answer.status, text: await answer.text() };
}

async function remainingOf(secret: string): Promise<number> {
  const { text } = await send(secret, JSON.stringify(QUERY));
  const { extensions } = JSON.parse(text) as {
    extensions: { cost: { budget: { remaining: number } } };
  };
  return extensions.cost.budget.remaining;
}

describe('a long body', () => {
  it.each([
    ['variables that are too large', LONG, 'VARIABLE_MEMBERS'],
    ['JSON that cannot be parsed', `${LONG}x`, 'BAD_REQUEST'],
    ['a document of too many lines', JSON.stringify({ query: '\n'.repeat(300_000) }), 'DOCUMENT_LINES'],
  ])(
    'with %s costs a point for each 1,000 characters, and a spent budget refuses it',
    async (name, body, code) => {
      const secret = await gateway.token(name.replaceAll(' ', '-'), 'VIEWER');
      const before = await remainingOf(secret);
      const { status, text } = await send(secret, body);
      expect([status, text]).toEqual([400, expect.stringContaining(code)]);
      const after = await remainingOf(secret);
      expect(before - after).toBeGreaterThanOrEqual(Math.floor(body.length / 1_000));
      const statuses = [];
      for (let n = 0; n <= BUDGET / (body.length / 1_000); n += 1) {
        statuses.push((await send(secret, body)).status);
      }
      expect(statuses.at(-1)).toBe(429);
    },
  );
});
