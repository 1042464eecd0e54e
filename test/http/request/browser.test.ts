import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startGateway, type TestGateway } from '../../support/gateway.js';

const PORTAL = 'https://portal.example.com';
const EVIL = 'https://evil.example.com';
const QUERY = JSON.stringify({ query: '{ __typename }' });

let closed: TestGateway;
let open: TestGateway;
beforeAll(async () => {
  [closed, open] = await Promise.all([
    startGateway(),
    startGateway({ environment: { CORS_ORIGINS: PORTAL } }),
  ]);
});
afterAll(() => Promise.all([closed.stop(), open.stop()]));

const send = (gateway: TestGateway, path: string, init: RequestInit) => fetch(`${gateway.url}${path}`, init);
const preflight = (gateway: TestGateway, origin: string) =>
  send(gateway, '/graphql', {
    method: 'OPTIONS',
    headers: {
      origin,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'content-type',
    },
  });

describe('a page of another origin', () => {
  it.each([
    ['GET', '/graphql?query=%7B__typename%7D', {}, undefined],
    ['GET', '/graphql?query=mutation%7B__typename%7D', {}, undefined],
    ['POST', '/graphql', { 'content-type': 'text/plain' }, QUERY],
    ['POST', '/graphql', { 'content-type': 'application/x-www-form-urlencoded' }, 'query={__typename}'],
    ['POST', '/graphql', { 'content-type': 'multipart/form-data; boundary=x' }, '--x--'],
    ['POST', '/graphql', {}, new Blob([QUERY])],
    ['POST', '/graphql/stream', { 'content-type': 'text/plain', accept: 'text/event-stream' }, QUERY],
    ['GET', '/graphql/stream?query=subscription%7B__typename%7D', { accept: 'text/event-stream' }, undefined],
  ] as const)(
    'cannot send an operation without a preflight: %s %s %j',
    async (method, path, headers, body) => {
      const answer = await send(closed, path, { method, headers, ...(body === undefined ? {} : { body }) });
      expect(answer.status).toBeOneOf([400, 404, 415]);
      expect(await answer.text()).not.toContain('"Query"');
    },
  );

  it('passes a preflight only when CORS_ORIGINS names its origin', async () => {
    for (const [gateway, origin] of [
      [closed, PORTAL],
      [closed, EVIL],
      [open, EVIL],
    ] as const) {
      const { headers } = await preflight(gateway, origin);
      expect(headers.get('access-control-allow-origin')).toBeNull();
    }
    const { status, headers } = await preflight(open, PORTAL);
    expect(status).toBe(204);
    expect(headers.get('access-control-allow-origin')).toBe(PORTAL);
    expect(headers.get('access-control-allow-credentials')).toBeNull();
    expect(headers.get('x-content-type-options')).toBe('nosniff');
  });

  it('may read the version of the gateway, the id of its request and when to try again', async () => {
    const { headers } = await send(open, '/graphql', {
      method: 'POST',
      headers: { origin: PORTAL, 'content-type': 'application/json' },
      body: QUERY,
    });
    expect(headers.get('gateway-version')).toMatch(/^\d/);
    expect(headers.get('access-control-expose-headers')?.split(', ')).toEqual(
      expect.arrayContaining(['gateway-version', 'x-request-id', 'retry-after', 'www-authenticate']),
    );
  });

  it('may send the headers by which Apollo Client names its page', async () => {
    const { headers } = await preflight(open, PORTAL);
    const allowed = headers.get('access-control-allow-headers')?.split(', ');
    expect(allowed).toEqual(
      expect.arrayContaining(['apollographql-client-name', 'apollographql-client-version']),
    );
  });
});

// DNS rebinding: the page's own name now resolves to a loopback address, so the browser takes the gateway for its origin.
describe('a page whose name resolves to this machine', () => {
  const sendAs = async (host: string, path: string, body?: string) => {
    const request = httpRequest(`${closed.url}${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { host, 'content-type': 'application/json', accept: 'application/json' },
    });
    request.end(body);
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    return { status: response.statusCode, body: await text(response) };
  };

  it.each([
    'evil.example.com',
    'evil.example.com:4000',
    'localhost.evil.example.com',
    '127.0.0.1.evil.example',
  ])('gets 403 with AUTH_MODE none when its Host is %s', async (host) => {
    for (const [path, body] of [
      ['/graphql', QUERY],
      ['/graphql/stream', QUERY],
      ['/graphql?query=%7B__typename%7D', undefined],
      ['/export/outcomes.csv', undefined],
      ['/metrics', undefined],
    ] as const) {
      const answer = await sendAs(host, path, body);
      expect([path, answer.status]).toEqual([path, 403]);
      expect(JSON.parse(answer.body)).toMatchObject({ errors: [{ extensions: { code: 'FORBIDDEN' } }] });
    }
  });

  it.each(['localhost', 'LOCALHOST:80', '127.0.0.1', '127.8.9.1:4000', '[::1]:4000'])(
    'is told apart from this machine, whose Host is %s',
    async (host) => {
      expect(await sendAs(host, '/graphql', QUERY)).toMatchObject({ status: 200 });
    },
  );
});

describe('every answer', () => {
  it.each([
    ['POST', '/graphql', QUERY],
    ['POST', '/graphql', '{'],
    ['GET', '/nowhere', undefined],
    ['GET', '/health/live', undefined],
  ] as const)('has the security headers: %s %s %s', async (method, path, body) => {
    const headers = body === undefined ? {} : { 'content-type': 'application/json' };
    const answer = await send(closed, path, { method, headers, ...(body === undefined ? {} : { body }) });
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-security-policy':
        "default-src 'none';frame-ancestors 'none';base-uri 'none';form-action 'none'",
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'cross-origin-resource-policy': 'same-origin',
      'strict-transport-security': expect.stringContaining('max-age='),
      'cache-control': 'no-store',
      'x-request-id': expect.any(String),
    });
    for (const name of ['set-cookie', 'x-powered-by', 'server']) {
      expect(answer.headers.has(name)).toBe(false);
    }
  });
});

describe('a body without an operation', () => {
  it.each([
    ['a batch', JSON.stringify([{ query: '{ __typename }' }, { query: '{ __typename }' }]), 400],
    ['no JSON', '{', 400],
    ['nothing', '', 400],
    ['a number', '7', 400],
    ['null', 'null', 400],
    ['no query', '{}', 400],
    ['a query that is no string', '{"query":7}', 400],
    ['a persisted query', '{"extensions":{"persistedQuery":{"version":1,"sha256Hash":"x"}}}', 200],
    ['a poisoned object', '{"query":"{ __typename }","__proto__":{"x":1}}', 400],
  ])('is refused: %s', async (_what, body, status) => {
    const answer = await closed.post(body);
    expect(answer.status).toBe(status);
    expect(answer.body.errors).toHaveLength(1);
    expect(answer.body.errors?.[0]?.extensions.code).toMatch(/^(BAD_REQUEST|PERSISTED_QUERY_NOT_SUPPORTED)$/);
    expect(answer.body.data).toBeUndefined();
  });

  it('gets no trace and no debug mode', async () => {
    const answer = await closed.post(QUERY, {
      'x-apollo-tracing': '1',
      'apollo-federation-include-trace': 'ftv1',
    });
    expect(Object.keys(answer.body.extensions ?? {}).sort()).toEqual(['cost', 'requestId']);
    const failing = await closed.post({ query: '{ nothing }' }, { debug: 'true' });
    expect(JSON.stringify(failing.body)).not.toMatch(/stacktrace|at Object|node_modules/);
  });
});

it('serves GraphiQL with its own policy, cacheable assets and no inline script', async () => {
  const page = await send(closed, '/graphql', { headers: { accept: 'text/html' } });
  expect(page.headers.get('content-security-policy')).toContain("script-src 'self';");
  const html = await page.text();
  expect(html).not.toMatch(/<script(?![^>]*src=)/);
  const [script = ''] = /\/explorer\/assets\/[^"]+\.js/.exec(html) ?? [];
  const asset = await send(closed, script, {});
  expect(asset.status).toBe(200);
  expect(asset.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
});
