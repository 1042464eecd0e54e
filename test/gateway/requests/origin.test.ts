import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startGateway, type TestGateway } from '../../support/gateway.js';

const TRACEPARENT = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
const TOKEN_ID = /^token_[0-9a-f-]{36}$/;
const MUTATION = `mutation { createMembers(input: {
  services: [SECURITY_HUB], regions: ["us-east-1"], accounts: [{ accountId: "222233334444" }]
}) { request { id requestedBy { id name kind } origin { tokenId address userAgent requestId traceparent } } } }`;

let gateway: TestGateway;
let admin: string;
let operator: string;

beforeAll(async () => {
  gateway = await startGateway({ environment: { AUTH_MODE: 'token', TRUSTED_PROXIES: '127.0.0.0/8' } });
  admin = await gateway.token('boss', 'ADMIN');
  operator = await gateway.token('portal', 'OPERATOR');
});
afterAll(() => gateway.stop());

const post = (token: string, query: string, headers: Record<string, string> = {}) =>
  gateway.post({ query }, { authorization: `Bearer ${token}`, ...headers });

describe('a request', () => {
  it('records its caller and its origin, which admins can read', async () => {
    const { body, headers } = await post(admin, MUTATION, {
      'x-request-id': 'ticket-4711',
      'x-forwarded-for': '203.0.113.9',
      'user-agent': `portal/1.0 ${'x'.repeat(300)}`,
      traceparent: TRACEPARENT,
    });
    expect(headers.get('x-request-id')).toBe('ticket-4711');
    expect(body.extensions).toMatchObject({ requestId: 'ticket-4711' });
    expect(body.data?.['createMembers']).toMatchObject({
      request: {
        requestedBy: { id: expect.stringMatching(TOKEN_ID), name: 'boss', kind: 'TOKEN' },
        origin: {
          tokenId: expect.stringMatching(TOKEN_ID),
          address: '203.0.113.9',
          userAgent: `portal/1.0 ${'x'.repeat(300)}`.slice(0, 256),
          requestId: 'ticket-4711',
          traceparent: TRACEPARENT,
        },
      },
    });
  });

  it.each([
    ['203.0.113.9:52344', '203.0.113.9'],
    ['198.51.100.1, [2001:db8::9]:443', '2001:db8::9'],
    ['198.51.100.1, 203.0.113.9, 127.0.0.7:80', '203.0.113.9'],
    ['198.51.100.1, unknown', '127.0.0.1'],
    ['203.0.113.9, <script>, 127.0.0.7', '127.0.0.7'],
  ])('through proxies has the address of its client: X-Forwarded-For %s', async (forwarded, address) => {
    const { body } = await post(admin, MUTATION, { 'x-forwarded-for': forwarded });
    expect(body.data?.['createMembers']).toMatchObject({ request: { origin: { address } } });
  });

  it('of a retry records its own origin', async () => {
    const failing = MUTATION.replace('222233334444', '333344900013');
    const { body } = await post(operator, failing, { 'x-request-id': 'first' });
    const { id } = (body.data?.['createMembers'] as { request: { id: string } }).request;
    const retry = `mutation { retryRequest(input: { requestId: "${id}", onlyRetryable: false }) { request { origin { requestId } } userErrors { message } } }`;
    const answer = await post(admin, retry, { 'x-request-id': 'second' });
    expect(answer.body.data?.['retryRequest']).toEqual({
      request: { origin: { requestId: 'second' } },
      userErrors: [],
    });
  });

  it('hides its origin from other roles, and still answers the other fields', async () => {
    const { status, body } = await post(operator, MUTATION);
    expect(status).toBe(200);
    expect(body.data?.['createMembers']).toMatchObject({
      request: { requestedBy: { name: 'portal' }, origin: null },
    });
    expect(body.errors).toMatchObject([
      {
        message: 'MembershipRequest.origin is for the role admin, and you are operator',
        path: ['createMembers', 'request', 'origin'],
        extensions: { code: 'FORBIDDEN' },
      },
    ]);
  });

  it.each(['', 'a b', 'x'.repeat(129), '<script>', 'é'.repeat(3)])(
    'gets an id of the gateway in place of %j',
    async (given) => {
      const { headers } = await post(admin, '{ __typename }', { 'x-request-id': given });
      expect(headers.get('x-request-id')).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4/);
    },
  );

  it('with the same idempotency key is a new request for another kind of caller', async () => {
    const client = new pg.Client({ connectionString: gateway.databaseUrl });
    await client.connect();
    try {
      const keyed = MUTATION.replace('services:', 'idempotencyKey: "k", services:');
      const { body } = await post(admin, keyed);
      // As if a person had made it whose subject is the name of the token.
      await client.query(`UPDATE request SET caller_kind = 'USER' WHERE idempotency_key = 'k'`);
      const again = await post(admin, keyed);
      const idOf = ({ data }: typeof body) =>
        (data?.['createMembers'] as { request: { id: string } }).request.id;
      expect(idOf(again.body)).not.toBe(idOf(body));
    } finally {
      await client.end();
    }
  });
});

describe('an attempt that is denied', () => {
  const attempts = async () => {
    const query = `{ deniedAttempts(first: 100) { nodes { code reason attempts callerId callerKind address requestId } } }`;
    const { body } = await post(admin, query);
    return (body.data?.['deniedAttempts'] as { nodes: Record<string, unknown>[] }).nodes;
  };

  it('is recorded for a bad token, a missing token and a missing role; equal attempts are counted', async () => {
    const bad = `mgw_${'x'.repeat(43)}`;
    for (let i = 0; i < 3; i++) {
      await post(bad, '{ __typename }', { 'x-request-id': `bad-${i}` });
    }
    await gateway.post({ query: '{ __typename }' });
    await post(operator, '{ tokens { id } }', { 'x-request-id': 'curious' });
    const found = await attempts();
    expect(found).toContainEqual({
      code: 'FORBIDDEN',
      reason: 'Query.tokens',
      attempts: 1,
      callerId: expect.stringMatching(TOKEN_ID),
      callerKind: 'TOKEN',
      address: '127.0.0.1',
      requestId: 'curious',
    });
    const unknown = found.filter(({ reason }) => reason === 'the token is unknown, expired or revoked');
    expect(unknown.reduce((sum, { attempts: each }) => sum + Number(each), 0)).toBe(3);
    expect(found).toContainEqual(
      expect.objectContaining({ code: 'UNAUTHENTICATED', callerId: null, callerKind: null }),
    );
    expect(JSON.stringify(found)).not.toContain(bad);
  });
});

describe('a token', () => {
  it('is created, listed and revoked by admins; its secret is shown once and not stored', async () => {
    const create = `mutation { createToken(input: { name: "robot", role: VIEWER, expiresInDays: 1 }) { secret token { id name role createdBy lastUsedAt expiresAt } userErrors { message } } }`;
    const { body } = await post(admin, create);
    const made = body.data?.['createToken'] as { secret: string; token: { id: string } };
    expect(made).toMatchObject({
      secret: expect.stringMatching(/^mgw_[\w-]{43}$/),
      token: { name: 'robot', role: 'VIEWER', createdBy: expect.stringMatching(TOKEN_ID), lastUsedAt: null },
      userErrors: [],
    });
    expect((await post(made.secret, '{ administrators { id } }')).status).toBe(200);
    const listed = (await post(admin, '{ tokens { id lastUsedAt revokedAt revokedBy } }')).body.data?.[
      'tokens'
    ];
    expect(listed).toContainEqual({
      id: made.token.id,
      lastUsedAt: expect.any(String),
      revokedAt: null,
      revokedBy: null,
    });
    const revoke = `mutation { revokeToken(input: { tokenId: "${made.token.id}" }) { token { revokedBy } userErrors { code } } }`;
    for (let i = 0; i < 2; i++) {
      const answer = await post(admin, revoke);
      expect(answer.body.data?.['revokeToken']).toEqual({
        token: { revokedBy: expect.stringMatching(TOKEN_ID) },
        userErrors: [],
      });
    }
    expect((await post(made.secret, '{ administrators { id } }')).status).toBe(401);
    const client = new pg.Client({ connectionString: gateway.databaseUrl });
    await client.connect();
    const { rows } = await client.query('SELECT api_token::text AS row FROM api_token');
    await client.end();
    expect(JSON.stringify(rows)).not.toContain(made.secret.slice(4));
  });

  it('is refused after it has expired', async () => {
    const secret = await gateway.token('brief', 'VIEWER');
    const client = new pg.Client({ connectionString: gateway.databaseUrl });
    await client.connect();
    await client.query(`UPDATE api_token SET expires_at = now() WHERE name = 'brief'`);
    await client.end();
    expect((await post(secret, '{ __typename }')).status).toBe(401);
  });

  it.each([
    ['name: "a b", role: VIEWER', 'name', 'INVALID_INPUT'],
    ['name: "x", role: VIEWER, expiresInDays: 0', 'expiresInDays', 'INVALID_INPUT'],
    ['name: "x", role: VIEWER, administrators: []', 'administrators', 'INVALID_INPUT'],
    ['name: "x", role: VIEWER, administrators: ["nobody"]', 'administrators', 'UNKNOWN_ADMINISTRATOR'],
  ])('is refused for the input %s', async (input, field, code) => {
    const query = `mutation { createToken(input: { ${input} }) { secret token { id } userErrors { field code } } }`;
    expect((await post(admin, query)).body.data?.['createToken']).toEqual({
      secret: null,
      token: null,
      userErrors: [{ field: ['input', field], code }],
    });
  });
});
