import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startGateway, type TestGateway } from '../support/gateway.js';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway({ intervals: { requestTimeoutMs: 3_000 } });
});
afterAll(() => gateway.stop());

const repeat = (count: number, make: (i: number) => string) =>
  Array.from({ length: count }, (_, i) => make(i)).join(' ');
const CIRCLE = `{ __schema { types ${'{ fields { type '.repeat(4)}{ name }${' } }'.repeat(4)} } }`;
const CHAIN =
  'type { fields { name } ofType { fields { name } ofType { fields { name } ofType { fields { name } } } } }';
const WIDE = `{ __schema { types { ${repeat(40, (i) => `a${i}: fields { ${CHAIN} }`)} } } }`;

/** Sends bytes as they are; resolves with all that comes back until the connection ends. */
async function sendRaw(bytes: string): Promise<string> {
  const { hostname, port } = new URL(gateway.url);
  const socket = connect(Number(port), hostname);
  let answer = '';
  socket.on('data', (data) => (answer += String(data)));
  socket.on('error', () => undefined);
  socket.write(bytes);
  await new Promise((resolve) => socket.once('close', resolve));
  return answer;
}

// What graphql-cop and its kin try first, each with the defaults of the configuration.
describe('an attack', () => {
  it.each([
    ['alias overloading', `{ ${repeat(101, (i) => `a${i}: __typename`)} }`, 'LIMIT_EXCEEDED'],
    ['field duplication', `{ ${repeat(10_000, () => '__typename')} }`, 'LIMIT_EXCEEDED'],
    ['directive overloading', `{ __typename ${repeat(100, () => '@include(if: true)')} }`, 'LIMIT_EXCEEDED'],
    ['unknown directives', `{ __typename ${repeat(100, () => '@aa')} }`, 'LIMIT_EXCEEDED'],
    ['circular introspection', CIRCLE, 'GRAPHQL_VALIDATION_FAILED'],
    ['wide introspection', WIDE, 'LIMIT_EXCEEDED'],
    [
      'circular fragments',
      '{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }',
      'GRAPHQL_VALIDATION_FAILED',
    ],
    [
      'fragments that double',
      `{ ...F0 } ${repeat(40, (i) => `fragment F${i} on Query { ...F${i + 1} ...F${i + 1} }`)} fragment F40 on Query { __typename }`,
      'LIMIT_EXCEEDED',
    ],
    [
      'a wide page of wide pages',
      '{ requests(first: 100) { nodes { outcomes(first: 100) { nodes { request { outcomes(first: 100) { nodes { id } } } } } } } }',
      'LIMIT_EXCEEDED',
    ],
  ])('by %s is refused before it costs anything', async (_what, query, code) => {
    const { status, body } = await gateway.post({ query });
    expect(status).toBe(400);
    expect(new Set(body.errors?.map(({ extensions }) => extensions.code))).toEqual(new Set([code]));
    expect(body.data).toBeUndefined();
  });

  it('by batches, as lists, is refused', async () => {
    const { status, body } = await gateway.post(
      Array.from({ length: 10 }, () => ({ query: '{ __typename }' })),
    );
    expect([status, body.errors?.[0]?.extensions.code]).toEqual([400, 'BAD_REQUEST']);
  });

  it('by a mutation in a GET is refused, with and without a preflight', async () => {
    const query = encodeURIComponent(
      'mutation { cancelRequest(input: { requestId: "x" }) { request { id } } }',
    );
    for (const [headers, status] of [
      [{}, 400],
      [{ 'apollo-require-preflight': '1' }, 405],
    ] as const) {
      const answer = await fetch(`${gateway.url}/graphql?query=${query}`, { headers });
      expect(answer.status).toBe(status);
    }
  });

  it.each([
    '/graphiql',
    '/playground',
    '/console',
    '/graphql/schema',
    '/.env',
    '/metrics/../.env',
    '/%2e%2e/package.json',
    '/explorer/assets/../../package.json',
  ])('by looking for more at %s finds nothing', async (path) => {
    const answer = await fetch(`${gateway.url}${path}`);
    expect(answer.status).toBe(404);
    expect(await answer.text()).not.toMatch(/membership-gateway|fastify|ENOENT/i);
  });

  it.each([
    ['no HTTP at all', '\x16\x03\x01\x02\x00\x01\x00\r\n\r\n', 400],
    [
      'two lengths',
      'POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      400,
    ],
    ['a method that is none', 'FOO /graphql HTTP/1.1\r\nHost: localhost\r\n\r\n', 400],
    ['one huge header', `GET /graphql HTTP/1.1\r\nHost: localhost\r\nX: ${'a'.repeat(40_000)}\r\n\r\n`, 431],
    ['many headers', `GET /graphql HTTP/1.1\r\nHost: localhost\r\n${'a: b\r\n'.repeat(3_000)}\r\n`, 431],
    [
      'an address that cannot be read',
      'GET /%zz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n',
      400,
    ],
  ])('by %s is told so in the form of GraphQL, and named by no one', async (_what, bytes, status) => {
    const answer = await sendRaw(bytes);
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    const body = JSON.parse(answer.slice(answer.indexOf('\r\n\r\n') + 4)) as { errors: unknown };
    expect(body.errors).toMatchObject([{ extensions: { code: 'BAD_REQUEST' } }]);
    expect(answer).not.toMatch(/fastify|FST_|node/i);
  });

  it('by a body a byte at a time is cut off', async () => {
    const { hostname, port } = new URL(gateway.url);
    const socket = connect(Number(port), hostname);
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.on('error', () => undefined);
    socket.write(
      'POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n{',
    );
    const drip = setInterval(() => socket.write(' '), 250);
    await closed;
    clearInterval(drip);
    expect((await gateway.post({ query: '{ __typename }' })).status).toBe(200);
  });
});
