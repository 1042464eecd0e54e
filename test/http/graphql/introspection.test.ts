import { getIntrospectionQuery } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startGateway, type TestGateway } from '../../support/gateway.js';

const MODES = ['on', 'authenticated', 'off'] as const;
const TYPO = '{ requets { nodes { id } } }';

const gateways = new Map<string, TestGateway>();
const bearers = new Map<string, string>();
beforeAll(async () => {
  for (const INTROSPECTION of MODES) {
    const gateway = await startGateway({
      environment: { AUTH_MODE: 'token', INTROSPECTION, MAX_COMPLEXITY: '2000' },
    });
    gateways.set(INTROSPECTION, gateway);
    bearers.set(INTROSPECTION, await gateway.token('viewer', 'VIEWER'));
  }
});
afterAll(() => Promise.all([...gateways.values()].map((gateway) => gateway.stop())));

function post(mode: string, query: string, authenticated: boolean) {
  const headers = authenticated ? { authorization: `Bearer ${bearers.get(mode)}` } : undefined;
  return gateways.get(mode)!.post({ query }, headers);
}

describe('the schema', () => {
  it.each([
    ['on', true, true],
    ['on', false, true],
    ['authenticated', true, true],
    ['authenticated', false, false],
    ['off', true, false],
    ['off', false, false],
  ])('with INTROSPECTION %s, credentials %s: shown %s', async (mode, authenticated, shown) => {
    const { body } = await post(mode, getIntrospectionQuery(), authenticated);
    if (shown) {
      expect(body.data?.['__schema']).toBeTruthy();
    } else {
      expect(JSON.stringify(body)).not.toContain('createMembers');
    }
  });

  it('costs less than its own limit in the standard query, even when MAX_COMPLEXITY is lower', async () => {
    for (const authenticated of [true, false]) {
      const { body } = await post('on', getIntrospectionQuery(), authenticated);
      const { cost } = body.extensions as { cost: { complexity: number; maximum: number } };
      expect(cost.maximum).toBe(10_000);
      expect(cost.complexity).toBeGreaterThan(1_000);
      // The schema may grow.
      expect(cost.complexity).toBeLessThan(5_000);
    }
  });

  it('is not suggested in messages with INTROSPECTION off', async () => {
    expect((await post('on', TYPO, true)).body.errors?.[0]?.message).toContain('Did you mean');
    const { status, body } = await post('off', TYPO, true);
    expect(status).toBe(400);
    expect(JSON.stringify(body)).not.toMatch(/Did you mean|requests/);
  });
});

describe('an anonymous caller with INTROSPECTION on', () => {
  it.each([
    '{ administrators { id } }',
    '{ __typename ...f } fragment f on Query { administrators { id } }',
    '{ __typename ... on Query { a: requests { nodes { id } } } }',
    'mutation { cancelRequest(input: { requestId: "x" }) { request { id } } }',
  ])('may run introspection queries only, not %s', async (query) => {
    const { status, headers, body } = await post('on', query, false);
    expect(status).toBe(401);
    expect(headers.get('www-authenticate')).toContain('Bearer');
    expect(body.data ?? null).toBeNull();
    expect(body.errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
  });

  it('may not run another operation of a document by its name', async () => {
    const query = 'query a { __typename } query b { administrators { id } }';
    const { body } = await gateways.get('on')!.post({ query, operationName: 'b' });
    expect(body.errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
  });
});
