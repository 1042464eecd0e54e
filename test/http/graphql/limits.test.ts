import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accounts, startGateway, type TestGateway } from '../../support/gateway.js';

let gateway: TestGateway;
let bearer: string;

beforeAll(async () => {
  gateway = await startGateway({
    environment: {
      AUTH_MODE: 'token',
      MAX_BODY_BYTES: '200000',
      MAX_TOKENS: '20000',
      MAX_DEPTH: '16',
      MAX_FIELDS: '300',
      MAX_ALIASES: '20',
      MAX_DIRECTIVES: '20',
      MAX_COMPLEXITY: '2000',
      MAX_ACCOUNTS_PER_REQUEST: '1500',
      CALLER_BUDGET: '6000',
      CALLER_BUDGET_SECONDS: '3600',
    },
  });
  bearer = await gateway.token('tester', 'ADMIN');
});
afterAll(() => gateway.stop());

const post = (body: unknown, token = bearer) => gateway.post(body, { authorization: `Bearer ${token}` });
const times = (count: number, text: string) => Array.from({ length: count }, () => text).join(' ');
const numbered = (count: number, make: (i: number) => string) =>
  Array.from({ length: count }, (_, i) => make(i)).join(' ');

/** A document with `levels` of nested fields: `request { retryOf { ... } }`. */
const deep = (levels: number) =>
  `{ request(id: "x") ${'{ retryOf '.repeat(levels - 2)}{ id }${' }'.repeat(levels - 2)} }`;

describe('a document', () => {
  it.each([
    ['MAX_DEPTH', 16, 17, deep(17)],
    ['MAX_ALIASES', 20, 21, `{ ${numbered(21, (i) => `a${i}: __typename`)} }`],
    ['MAX_DIRECTIVES', 20, 21, `{ __typename ${times(21, '@include(if: true)')} }`],
    ['MAX_FIELDS', 300, 301, `{ ${times(301, '__typename')} }`],
    // Fragments that spread the next fragment twice.
    [
      'MAX_FIELDS',
      300,
      // 512 fields, and 1 + 2 + 4 + ... + 512 spreads.
      1_535,
      `{ ...f0 } ${numbered(9, (i) => `fragment f${i} on Query { ...f${i + 1} ...f${i + 1} }`)} fragment f9 on Query { __typename }`,
    ],
    ['MAX_ALIASES', 20, 40, `{ ${times(20, '...f')} } fragment f on Query { a: __typename b: __typename }`],
    // Fragments without a spread, which validation reads too.
    ['MAX_FIELDS', 300, 301, `{ __typename } fragment f on Query { ${times(301, '__typename')} }`],
  ])('has at most its %s: %d, not %d', async (limit, maximum, actual, query) => {
    const { status, body } = await post({ query });
    expect(status).toBe(400);
    expect(body.errors).toEqual([
      {
        message: `expected a document with at most ${maximum} of ${limit.slice(4).toLowerCase()}, got ${actual}`,
        extensions: { code: 'LIMIT_EXCEEDED', limit, maximum, actual },
      },
    ]);
  });

  it.each([
    ['fields', `{ ${times(201, '__typename')} }`, 20_100],
    ['aliases', `{ ${times(19, 'a: __typename')} ${times(201, '__typename')} }`, 20_100 + 171],
    ['fields in fields', `{ ${times(145, 'request(id: "x") { id }')} }`, 2 * 10_440],
    [
      'fields of fragments',
      `{ ${numbered(10, (i) => `...f${i}`)} } ${numbered(10, (i) => `fragment f${i} on Query { ${times(22, '__typename')} }`)}`,
      24_090 + 45,
    ],
    [
      'fields of fragments inside each other',
      `{ ...f } fragment f on Query { ...g ${times(150, '__typename')} } fragment g on Query { ...f ${times(70, '__typename')} }`,
      24_090 + 1,
    ],
  ])('compares at most 20,000 pairs of %s', async (_what, query, actual) => {
    const { status, body } = await post({ query });
    expect(status).toBe(400);
    expect(body.errors).toMatchObject([
      { extensions: { code: 'LIMIT_EXCEEDED', limit: 'FIELD_COMPARISONS', maximum: 20_000, actual } },
    ]);
  });

  it('with many fields in fragments that nothing spreads is refused for these fragments', async () => {
    const query = `{ __typename } fragment f on Query { ...g ${times(150, '__typename')} } fragment g on Query { ...f ${times(70, '__typename')} }`;
    const { status, body } = await post({ query });
    expect(status).toBe(400);
    expect(body.errors).toEqual(
      ['f', 'g'].map((name) => ({
        message: `Fragment "${name}" is never used.`,
        extensions: { code: 'GRAPHQL_VALIDATION_FAILED' },
      })),
    );
  });

  it('with a long chain of fragments is measured to a nesting of 500', async () => {
    const query = `{ __typename } ${numbered(600, (i) => `fragment f${i} on Query { ...f${i + 1} }`)} fragment f600 on Query { __typename }`;
    const { status, body } = await post({ query });
    expect(status).toBe(400);
    expect(body.errors?.map(({ extensions }) => extensions)).toEqual([
      { code: 'LIMIT_EXCEEDED', limit: 'MAX_DEPTH', maximum: 16, actual: 500 },
      { code: 'LIMIT_EXCEEDED', limit: 'MAX_FIELDS', maximum: 300, actual: 500 },
    ]);
  });

  it('may be as large as the limits', async () => {
    for (const query of [
      deep(16),
      `{ ${numbered(20, (i) => `a${i}: __typename`)} }`,
      `{ ${times(200, '__typename')} }`,
    ]) {
      const { status, body } = await post({ query });
      expect([status, body.errors]).toEqual([200, undefined]);
    }
  });

  it('has at most MAX_TOKENS', async () => {
    const { status, body } = await post({ query: `{ ${times(20_000, 'a')} }` });
    expect(status).toBe(400);
    expect(body.errors).toMatchObject([
      { extensions: { code: 'LIMIT_EXCEEDED', limit: 'MAX_TOKENS', maximum: 20_000 } },
    ]);
  });

  it('with a cycle of fragments is refused', async () => {
    const { status, body } = await post({
      query: '{ ...a } fragment a on Query { ...b } fragment b on Query { ...a }',
    });
    expect([status, body.errors?.[0]?.extensions.code]).toEqual([400, 'GRAPHQL_VALIDATION_FAILED']);
  });

  it.each(['{'.repeat(19_000), '['.repeat(19_000), `{ a(b: ${'['.repeat(9_000)}1) }`])(
    'of nothing but nesting is refused: %.10s',
    async (query) => {
      const { status, body } = await post({ query });
      expect([status, body.errors?.[0]?.extensions.code]).toEqual([400, 'GRAPHQL_PARSE_FAILED']);
      expect(body.errors?.[0]?.message).not.toContain('stack');
    },
  );
});

describe('an operation', () => {
  it('costs what it may read, and its answer has the cost', async () => {
    const query =
      '{ requests(first: 20) { nodes { id outcomes(first: 10) { nodes { accountId call { id } } } } } }';
    const { body } = await post({ query });
    // A page (1) of 20 requests (1), each with a page (1) of 10 outcomes (1) with a call (1); each has a scalar (0.1).
    const complexity = 1 + 20 * (1.1 + 1 + 10 * (1.1 + 1.1));
    expect(body.extensions).toMatchObject({
      cost: { complexity, maximum: 2_000, budget: { resetSeconds: expect.any(Number) } },
    });
  });

  it.each([
    [
      'pages within pages',
      '{ requests(first: 100) { nodes { outcomes(first: 100) { nodes { id } } } } }',
      11_201,
    ],
    ['pages without a size', '{ requests { nodes { outcomes { edges { node { id } } } } } }', 5_351],
    [
      'a limited list outside a page',
      '{ coverage(first: 1000) { gapCount } b: coverage(first: 1000) { gapCount } }',
      4_003,
    ],
    [
      'a list with a limit in the input',
      '{ reconcile(input: { accounts: [{ accountId: "222233334444" }], limit: 1999 }) { userErrors { code } } }',
      1 + 1 + 1_999 + 1_000 + 2,
    ],
  ])('costs at most MAX_COMPLEXITY: %s', async (_what, query, actual) => {
    const { status, body } = await post({ query });
    expect(status).toBe(400);
    expect(body.errors).toEqual([
      {
        message: `expected an operation of at most 2000 points, got ${actual}: ask for smaller pages or fewer accounts`,
        extensions: { code: 'LIMIT_EXCEEDED', limit: 'MAX_COMPLEXITY', maximum: 2_000, actual },
      },
    ]);
  });

  it('counts every account of a mutation, in variables too', async () => {
    const query =
      'mutation ($accounts: [MemberAccountInput!]!) { createMembers(input: { accounts: $accounts, waitSeconds: 0 }) { request { id } userErrors { code message } } }';
    const { body } = await post({ query, variables: { accounts: accounts(1_995) } });
    // 10 for the mutation, 1 for each account, 1.1 for the request, and 3 for userErrors.
    expect(body.errors).toMatchObject([{ extensions: { limit: 'MAX_COMPLEXITY', actual: 10 + 1_995 + 5 } }]);
    const many = await post({ query, variables: { accounts: accounts(1_501) } });
    expect(many.body.data?.['createMembers']).toMatchObject({
      request: null,
      userErrors: [{ code: 'TOO_MANY_ACCOUNTS', message: expect.stringMatching(/1500.*1501/) }],
    });
  });

  it('is charged to the budget of its caller until the budget is used up', async () => {
    const spender = await gateway.token('spender', 'VIEWER');
    const query = '{ requests(first: 95) { nodes { outcomes(first: 20) { nodes { id } } } } }';
    const fitting = '{ requests(first: 80) { nodes { outcomes(first: 20) { nodes { id } } } } }';
    const answers = [];
    for (let i = 0; i < 4; i++) {
      answers.push(await post({ query: fitting }, spender));
    }
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 429]);
    const [first, , , last] = answers;
    expect(first?.body.extensions).toMatchObject({
      cost: { budget: { remaining: 6_000 - (1 + 80 * (1 + 1 + 20 * 1.1) + 10) } },
    });
    expect(Number(last?.headers.get('retry-after'))).toBeGreaterThan(3_000);
    expect(last?.body.errors).toMatchObject([
      { extensions: { code: 'RATE_LIMITED', limit: 'CALLER_BUDGET', maximum: 6_000 } },
    ]);
    expect((await post({ query: '{ __typename }' }, spender)).status).toBe(429);
    const other = await gateway.token('other', 'VIEWER');
    expect((await post({ query: '{ __typename }' }, other)).status).toBe(200);
    expect((await post({ query }, other)).status).toBe(400);
  });
});

describe('a body', () => {
  it('has at most MAX_BODY_BYTES', async () => {
    const body = JSON.stringify({ query: `{ __typename } #${'x'.repeat(200_000)}` });
    const answer = await post(body);
    expect(answer.status).toBe(413);
    expect(answer.body.errors).toMatchObject([
      {
        extensions: {
          code: 'LIMIT_EXCEEDED',
          limit: 'MAX_BODY_BYTES',
          maximum: 200_000,
          actual: body.length,
        },
      },
    ]);
  });

  it('is disconnected when it arrives one byte at a time', async () => {
    const { hostname, port } = new URL(gateway.url);
    const socket = connect(Number(port), hostname);
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.on('error', () => undefined);
    socket.write('POST /graphql HTTP/1.1\r\nHost: localhost\r\n');
    const byteTimer = setInterval(() => socket.write('X'), 200);
    await closed;
    clearInterval(byteTimer);
    expect(socket.bytesRead).toBeGreaterThan(0);
  });
});
