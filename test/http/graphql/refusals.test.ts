import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { firstAnswer } from '../../support/firstAnswer.js';
import { accounts, startGateway, type GraphQLAnswer, type TestGateway } from '../../support/gateway.js';

let gateway: TestGateway;
let bearer: string;

beforeAll(async () => {
  gateway = await startGateway({
    environment: { AUTH_MODE: 'token', INTROSPECTION: 'on', CALLER_BUDGET: '100000000' },
  });
  bearer = await gateway.token('tester', 'ADMIN');
});
afterAll(() => gateway.stop());

interface Answer {
  readonly status: number;
  readonly body: GraphQLAnswer;
  readonly bytes: number;
  /** How long the answer took, in milliseconds. */
  readonly ms: number;
}

const ACCEPT: Record<string, string> = {
  '/graphql': 'application/json',
  '/graphql/stream': 'text/event-stream',
};

async function send(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Answer> {
  const begin = performance.now();
  const response = await fetch(`${gateway.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: ACCEPT[path]!, ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  const text = await response.text();
  const ms = performance.now() - begin;
  // A fault of the operation is an event of the stream.
  const status = text.startsWith(':') && response.status === 200 ? 400 : response.status;
  return { status, body: firstAnswer(text), bytes: text.length, ms };
}

const post = (body: unknown, path = '/graphql') => send(path, body, { authorization: `Bearer ${bearer}` });
const repeat = (count: number, make: (i: number) => string) =>
  Array.from({ length: count }, (_, i) => make(i));

/** Longest time of a refusal, in milliseconds: it is some milliseconds on an idle machine. */
const REFUSAL_MS = 5_000;

/** Most bytes of the answer to a refused request. */
const REFUSAL_BYTES = 10_000;

function expectRefusal({ status, body, bytes, ms }: Answer, code: string, limit?: string): void {
  expect(new Set(body.errors?.map(({ extensions }) => extensions.code))).toEqual(new Set([code]));
  expect(body.errors?.[0]?.extensions['limit']).toBe(limit);
  expect(status).toBe(400);
  expect(body).not.toHaveProperty('data');
  expect(body.extensions ?? {}).not.toHaveProperty('cost');
  expect(bytes).toBeLessThan(REFUSAL_BYTES);
  expect(ms).toBeLessThan(REFUSAL_MS);
}

// 530,201 points, five times MAX_COMPLEXITY.
const HEAVY =
  'heavy: requests(first: 100) { nodes { outcomes(first: 100) { nodes { request { id } call { id } } } } }';
const CREATE = 'createMembers(input: { accounts: [{ accountId: "222233334444" }] }) { request { id } }';

describe('an operation without a price is not executed', () => {
  it.each([
    [
      'an argument that gets null in place of its default',
      'query ($x: ID = "a") { requests { nodes { id } } request(id: $x) { id } }',
    ],
    [
      '@include with null',
      'query ($x: Boolean = true) { requests { nodes { id } } request(id: "a") @include(if: $x) { id } }',
    ],
    [
      '@skip with null',
      'query ($x: Boolean = true) { requests { nodes { id } } request(id: "a") @skip(if: $x) { id } }',
    ],
    [
      'null in a fragment',
      'query ($x: Boolean = true) { requests { nodes { id } } ... @include(if: $x) { request(id: "a") { id } } }',
    ],
    [
      'null at a spread',
      'query ($x: Boolean = true) { requests { nodes { id } } ...f @skip(if: $x) } fragment f on Query { request(id: "a") { id } }',
    ],
    ['null beside heavy fields', `query ($x: ID = "a") { ${HEAVY} request(id: $x) { id } }`],
    [
      'null in an input object',
      `query ($x: AwsAccountId = "222233334444") { ${HEAVY} reconcile(input: { accounts: [{ accountId: $x }] }) { userErrors { code } } }`,
    ],
    [
      'null beside a mutation',
      `mutation ($x: Boolean = true) { ${CREATE} cancelRequest(input: { requestId: "a" }) @include(if: $x) { request { id } } }`,
    ],
  ])('%s', async (_what, query) => {
    expectRefusal(await post({ query, variables: { x: null } }), 'BAD_USER_INPUT');
    expect((await post({ query: '{ requests { totalCount } }' })).body.data).toMatchObject({
      requests: { totalCount: 0 },
    });
  });

  it('null is refused after the same document has got a price, too', async () => {
    const query = 'query ($x: ID = "a") { a: __typename request(id: $x) { id } }';
    for (let i = 0; i < 4; i++) {
      const { body } = await post({ query });
      expect(body.extensions).toHaveProperty('cost');
    }
    expectRefusal(await post({ query, variables: { x: null } }), 'BAD_USER_INPUT');
  });

  it('null in a subscription', async () => {
    const query = 'subscription ($x: ID = "a") { requestProgress(id: $x) { id } }';
    expectRefusal(await post({ query, variables: { x: null } }, '/graphql/stream'), 'BAD_USER_INPUT');
  });

  it.each([
    ['inline fragments in one set', `{ ${HEAVY} ${repeat(12_000, () => '... { __typename }').join(' ')} }`],
    [
      'inline fragments of inline fragments',
      `{ ${HEAVY} ${repeat(100, () => `${'... { '.repeat(100)} __typename ${'}'.repeat(100)}`).join(' ')} }`,
    ],
    [
      'spreads of a fragment',
      `{ ${HEAVY} ${repeat(12_000, () => '...f').join(' ')} } fragment f on Query { ... { ... { __typename } } }`,
    ],
  ])('many selections by %s', async (_what, query) => {
    expectRefusal(await post({ query }), 'LIMIT_EXCEEDED', 'MAX_FIELDS');
  });
});

describe('variables', () => {
  const mutation =
    'mutation ($input: CreateMembersInput!) { createMembers(input: $input) { request { id } } }';
  const unknownKeys = (count: number) =>
    Object.fromEntries(repeat(count, (i) => `key${i}`).map((key) => [key, 1]));

  it.each([
    ['unknown keys', { input: unknownKeys(2_000) }],
    ['as many unknown keys as possible', { input: unknownKeys(49_000) }],
    [
      'faulty accounts',
      { input: { accounts: repeat(10_000, () => 'x').map((accountId) => ({ accountId, [accountId]: 1 })) } },
    ],
    ['a long key', { input: { ['k'.repeat(1_000_000)]: 1 } }],
    ['a long value', { input: { accounts: 'v'.repeat(1_000_000) } }],
  ])('that do not fit get a short answer in time: %s', async (_what, variables) => {
    const answer = await post({ query: mutation, variables });
    expectRefusal(answer, 'BAD_USER_INPUT');
    expect(answer.body.errors?.length).toBeLessThanOrEqual(6);
  });

  it.each([
    ['VARIABLE_MEMBERS', JSON.stringify({ input: unknownKeys(100_000) })],
    ['VARIABLE_MEMBERS', JSON.stringify({ unused: repeat(50_001, () => '') })],
    ['VARIABLE_DEPTH', `{ "input": ${'['.repeat(20)}${']'.repeat(20)} }`],
    ['VARIABLE_DEPTH', `{ "input": ${'{ "a": '.repeat(100_000)}1${'}'.repeat(100_000)} }`],
    ['VARIABLE_DEPTH', `{ "input": ${'['.repeat(1_000_000)}${']'.repeat(1_000_000)} }`],
  ])('have at most their %s', async (limit, variables) => {
    const body = `{ "query": ${JSON.stringify(mutation)}, "variables": ${variables} }`;
    expectRefusal(await post(body), 'LIMIT_EXCEEDED', limit);
  });

  it('may have 10,000 accounts with e-mail addresses', async () => {
    const input = { accounts: accounts(10_000), administrator: 'nobody' };
    const { body } = await post({ query: mutation, variables: { input } });
    expect(body.errors).toBeUndefined();
    expect(body.extensions).toMatchObject({ cost: { complexity: 10_012 } });
  });

  it.each([
    ['faulty', unknownKeys(2_000)],
    ['too many', unknownKeys(100_000)],
  ])('of an anonymous caller are not read: %s', async (_what, input) => {
    for (const path of ['/graphql', '/graphql/stream']) {
      const query =
        path === '/graphql' ? mutation : 'subscription ($input: ID!) { requestProgress(id: $input) { id } }';
      const { status, body, bytes } = await send(path, { query, variables: { input } });
      expect([status, body.errors?.map(({ extensions }) => extensions.code)]).toEqual([
        401,
        ['UNAUTHENTICATED'],
      ]);
      expect(bytes).toBeLessThan(1_000);
    }
  });

  it('of a subscription that do not fit are the fault of the caller', async () => {
    const query = 'subscription ($id: ID!) { requestProgress(id: $id) { id } }';
    const answer = await post({ query, variables: { id: { secret: 'of the caller' } } }, '/graphql/stream');
    expectRefusal(answer, 'BAD_USER_INPUT');
  });
});

describe('the text of a document', () => {
  const unknown = repeat(99, (i) => `unknown${i}`).join(' ');

  it.each([
    ['DOCUMENT_LINES', `{${'\n'.repeat(2_000_000)}${unknown} }`],
    ['DOCUMENT_LINES', `{${'\r'.repeat(20_001)}__typename }`],
    ['DOCUMENT_LINES', `{${'#\r\n'.repeat(20_001)}__typename }`],
    ['IGNORED_CHARACTERS', `{${','.repeat(2_000_000)}__typename }`],
    ['IGNORED_CHARACTERS', `{${' \t\ufeff'.repeat(100_000)}__typename }`],
    ['IGNORED_CHARACTERS', `{ __typename } #${'"'.repeat(300_000)}`],
    ['IGNORED_CHARACTERS', `{ request(id: "\\\\") { id } } #${'x'.repeat(300_000)}`],
    ['IGNORED_CHARACTERS', `{ request(id: """\\"""""") { id } } #${'x'.repeat(300_000)}`],
  ])('has at most its %s', async (limit, query) => {
    for (const path of ['/graphql', '/graphql/stream']) {
      expectRefusal(await post({ query }, path), 'LIMIT_EXCEEDED', limit);
    }
  });

  it('may have long strings', async () => {
    const query = `{ request(id: "${'# ,'.repeat(100_000)}") { id } }`;
    const { body } = await post({ query });
    expect(body.data).toEqual({ request: null });
  });

  it.each([
    ['unknown fields', `{${'\n'.repeat(19_000)}${unknown} }`],
    ['long unknown fields', `{ ${repeat(10, (i) => `${'u'.repeat(100_000)}${i}`).join(' ')} }`],
    ['definitions of types', repeat(1_000, (i) => `type T${i} { a: Int }`).join(' ')],
    ['variables of one name', `query (${'\n'.repeat(19_000)}${'$a:Int '.repeat(20_000)}) { __typename }`],
    ['arguments of one name', `{${'\n'.repeat(19_000)}request(${'id:1 '.repeat(20_000)}) { id } }`],
    [
      'keys of one name',
      `{ outcomes(filter: {${'\n'.repeat(19_000)}${'a:1 '.repeat(20_000)}}) { totalCount } }`,
    ],
    [
      'fields in conflict',
      `{${'\n'.repeat(19_000)}${repeat(40, (i) => `request(id: ${i}) { ${'id '.repeat(4)} }`).join(' ')} }`,
    ],
    ['unused variables', `query (${repeat(20_000, (i) => `$a${i}:Int`).join(' ')}) { __typename }`],
    [
      'unused fragments',
      `{ __typename } ${repeat(10_000, (i) => `fragment f${i} on Query { __typename }`).join(' ')}`,
    ],
  ])('with many faults gets a short answer in time: %s', async (_what, query) => {
    const answer = await post({ query });
    expectRefusal(answer, 'GRAPHQL_VALIDATION_FAILED');
    expect(answer.body.errors?.length).toBeLessThanOrEqual(6);
  });

  it('is charged to its caller when it is refused', async () => {
    const remaining = async () => {
      const { body } = await post({ query: '{ __typename }' });
      return (body.extensions as { cost: { budget: { remaining: number } } }).cost.budget.remaining;
    };
    const full = await remaining();
    await post({ query: `{ ${'a '.repeat(5_000)}` });
    // 10,002 characters, and the query that reads the budget: 1 point of its own, and 10 that every operation costs.
    expect(await remaining()).toBe(full - 101 - 11);
    await post({ query: `subscription { ${'a '.repeat(500)}` }, '/graphql/stream');
    expect(await remaining()).toBe(full - 101 - 11 - 11 - 11);
  });
});
