import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startGateway, type GraphQLAnswer, type TestGateway } from '../../support/gateway.js';

const GRAPHQL_JSON = 'application/graphql-response+json';

/** The Accept header of Apollo Client. */
const APOLLO = `${GRAPHQL_JSON},application/json;q=0.9`;

const QUERY = JSON.stringify({ query: '{ __typename }' });

let open: TestGateway;
let closed: TestGateway;
let bearer: string;
let poor: string;

beforeAll(async () => {
  [open, closed] = await Promise.all([
    startGateway(),
    startGateway({
      environment: {
        AUTH_MODE: 'token,oidc',
        OIDC_ISSUER: 'https://issuer.example.com',
        OIDC_AUDIENCE: 'gateway',
        MAX_BODY_BYTES: '10000',
        CALLER_BUDGET: '2000000',
        CALLER_BUDGET_SECONDS: '600',
      },
    }),
  ]);
  bearer = `Bearer ${await closed.token('tester', 'ADMIN')}`;
  poor = `Bearer ${await closed.token('poor', 'VIEWER')}`;
});
afterAll(() => Promise.all([open.stop(), closed.stop()]));

interface Sent {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

/** Sends a request with exactly these headers. */
async function send(gateway: TestGateway, { method = 'POST', path = '/graphql', headers = {}, body }: Sent) {
  const request = httpRequest(`${gateway.url}${path}`, { method, headers });
  request.end(body);
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  return {
    status: response.statusCode,
    type: response.headers['content-type'],
    body: JSON.parse(await text(response)) as GraphQLAnswer,
  };
}

const json = (authorization: string) => ({ authorization, 'content-type': 'application/json' });

/** Spends the budget of the caller `poor`. */
async function spend(): Promise<void> {
  const pages = Array.from({ length: 9 }, (_, i) => `p${i}: requests(first: 100) { nodes { id } }`);
  const heavy = `{ ${pages.join(' ')} requests(first: 49) { nodes { outcomes(first: 100) { nodes { id } } } } }`;
  for (let status = 200; status === 200;) {
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => closed.post({ query: heavy }, { authorization: poor })),
    );
    status = Math.max(...answers.map((one) => one.status));
  }
}

describe('a request that is refused before GraphQL', () => {
  beforeAll(spend);

  it.each<[string, number, string, () => [TestGateway, Sent]]>([
    ['without a token', 401, 'UNAUTHENTICATED', () => [closed, { headers: json(''), body: QUERY }]],
    [
      'with a bad token',
      401,
      'UNAUTHENTICATED',
      () => [closed, { headers: json('Bearer mgw_x'), body: QUERY }],
    ],
    [
      'with a foreign Host',
      403,
      'FORBIDDEN',
      () => [open, { headers: { ...json(''), host: 'a.example' }, body: QUERY }],
    ],
    [
      'with a long body',
      413,
      'LIMIT_EXCEEDED',
      () => [closed, { headers: json(bearer), body: ' '.repeat(10_001) }],
    ],
    ['with a spent budget', 429, 'RATE_LIMITED', () => [closed, { headers: json(poor), body: QUERY }]],
    ['with bad JSON', 400, 'BAD_REQUEST', () => [closed, { headers: json(bearer), body: '{' }]],
    ['without an operation', 400, 'BAD_REQUEST', () => [closed, { headers: json(bearer), body: '{}' }]],
    [
      'with another type of body',
      415,
      'BAD_REQUEST',
      () => [closed, { headers: { authorization: bearer, 'content-type': 'text/plain' }, body: QUERY }],
    ],
    [
      'at an unknown address',
      404,
      'BAD_REQUEST',
      () => [closed, { path: '/graphq', headers: json(bearer), body: QUERY }],
    ],
    [
      'that a page could send',
      400,
      'BAD_REQUEST',
      () => [open, { method: 'GET', path: '/graphql?query=%7B__typename%7D' }],
    ],
  ])('%s gets %i in the type that its client accepts', async (_what, status, code, made) => {
    const [gateway, sent] = made();
    for (const [accept, type] of [
      [APOLLO, GRAPHQL_JSON],
      [`${GRAPHQL_JSON}, application/json, text/event-stream`, GRAPHQL_JSON],
      ['application/json', 'application/json'],
      ['*/*', 'application/json'],
      ['image/png', 'application/json'],
    ]) {
      const answer = await send(gateway, { ...sent, headers: { ...sent.headers, accept: accept! } });
      expect([accept, answer.status, answer.type]).toEqual([accept, status, `${type}; charset=utf-8`]);
      expect(answer.body).toMatchObject({ errors: [{ message: expect.any(String), extensions: { code } }] });
    }
  });
});

describe('a 401', () => {
  it.each([
    ['no header', {}],
    ['no token', { authorization: 'Basic YW5uOnNlY3JldA==' }],
    ['a made-up token', { authorization: `Bearer mgw_${'x'.repeat(43)}` }],
  ])('says how to get a token: %s', async (_what, headers) => {
    const { body } = await closed.post({ query: '{ requests { totalCount } }' }, headers);
    expect(body.errors?.[0]?.message).toMatch(
      /\. To get a token, ask an admin for an API token \(createToken, or npm run token\), or sign in at https:\/\/issuer\.example\.com\.$/,
    );
  });
});

describe('a request that a page of another origin could have sent', () => {
  const get = (headers: Record<string, string>) =>
    send(open, { method: 'GET', path: '/graphql?query=%7B__typename%7D', headers });

  it('is refused in words that name the two ways out', async () => {
    const { status, body } = await get({ accept: 'application/json' });
    expect(status).toBe(400);
    expect(body.errors?.[0]?.message).toBe(
      'expected a header that a page of another origin cannot send without being asked, got none: ' +
        'send Content-Type: application/json, or apollo-require-preflight with any value',
    );
  });

  it.each([
    { 'content-type': 'application/json' },
    { 'apollo-require-preflight': '1' },
    { 'x-apollo-operation-name': 'A' },
    { authorization: 'Bearer of-anything' },
  ])('is told apart by %j', async (headers) => {
    expect(await get(headers)).toMatchObject({ status: 200, body: { data: { __typename: 'Query' } } });
  });

  it.each([
    { 'content-type': 'text/plain' },
    { 'content-type': 'Text/Plain ; charset=utf-8' },
    { 'content-type': 'application/x-www-form-urlencoded' },
    { 'content-type': 'multipart/form-data; boundary=x' },
    { 'content-type': '' },
    { 'apollo-require-preflight': '' },
    // A browser sends it by itself, once a person has typed a password.
    { authorization: 'Basic YW5uOnNlY3JldA==' },
    { origin: 'https://evil.example' },
  ])('is not told apart by %j', async (headers) => {
    expect(await get(headers as Record<string, string>)).toMatchObject({ status: 400 });
  });
});

describe('a subscription without a stream', () => {
  const query = 'subscription { requestProgress(id: "request_00000000-0000-0000-0000-000000000000") { id } }';

  it.each(['application/json', '*/*', APOLLO])(
    'is refused with the address and the header: %s',
    async (accept) => {
      const headers = { 'content-type': 'application/json', accept };
      expect(await send(open, { headers, body: JSON.stringify({ query }) })).toMatchObject({
        status: 400,
        body: {
          errors: [
            {
              message:
                'expected a query or a mutation, got a subscription: POST it to /graphql/stream, or here, with Accept: text/event-stream',
              extensions: { code: 'BAD_REQUEST' },
            },
          ],
        },
      });
    },
  );
});
