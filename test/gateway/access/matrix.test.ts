import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROLES, type Role } from '../../../src/membership.js';
import { buildGatewaySchema } from '../../../src/resolvers/buildSchema.js';
import { applyRules, RULES } from '../../../src/resolvers/rules.js';
import { firstAnswer } from '../../support/firstAnswer.js';
import { startIssuer, type TestIssuer } from '../../support/oidcIssuer.js';
import { startGateway, type GraphQLPost, type TestGateway } from '../../support/gateway.js';
import { writeAdministrators } from '../../support/administrators.js';

/** An operation for every root field, on the record of the administrator `one`; `$id` is the id of one of its requests. */
const OPERATIONS: Record<string, string> = {
  'Query.node': 'query ($id: ID!) { node(id: $id) { id } }',
  'Query.request': 'query ($id: ID!) { request(id: $id) { id } }',
  'Query.requests': '{ requests { nodes { id } } }',
  'Query.outcomes': '{ outcomes { nodes { id } } }',
  'Query.calls': '{ calls { nodes { id } } }',
  'Query.doubts': '{ doubts { nodes { id } } }',
  'Query.statistics': '{ statistics(groupBy: []) { outcomes accounts } }',
  'Query.account': '{ account(accountId: "222233334444") { outcomes { totalCount nodes { id } } } }',
  'Query.administrators': '{ administrators { id } }',
  'Query.members':
    '{ members(administrator: "one", service: SECURITY_HUB, region: "us-east-1") { nodes { accountId } } }',
  'Query.accounts':
    '{ accounts(accountIds: ["222233334444"]) { members(administrator: "one", services: [SECURITY_HUB]) { status } } }',
  'Query.reconcile':
    '{ reconcile(input: { administrator: "one", services: [SECURITY_HUB], accounts: [{ accountId: "222233334444" }] }) { targets { observedAt } userErrors { code } } }',
  'Query.inventory': '{ inventory { nodes { administrator accountId } } }',
  'Query.coverage': '{ coverage(administrator: "one") { gapCount administrator } }',
  'Query.tokens': '{ tokens { id name administrators } }',
  'Query.deniedAttempts': '{ deniedAttempts { nodes { id callerId } } }',
  'Mutation.createMembers':
    'mutation { createMembers(input: { administrator: "one", waitSeconds: 0, services: [SECURITY_HUB], accounts: [{ accountId: "222233334444" }] }) { request { id } userErrors { code } } }',
  'Mutation.inviteMembers':
    'mutation { inviteMembers(input: { administrator: "one", waitSeconds: 0, services: [SECURITY_HUB], accountIds: ["222233334444"] }) { request { id } userErrors { code } } }',
  'Mutation.disassociateMembers':
    'mutation { disassociateMembers(input: { administrator: "one", dryRun: true, services: [SECURITY_HUB], accountIds: ["222233334444"] }) { plan { calls } userErrors { code } } }',
  'Mutation.deleteMembers':
    'mutation { deleteMembers(input: { administrator: "one", dryRun: true, services: [SECURITY_HUB], accountIds: ["222233334444"] }) { plan { calls } userErrors { code } } }',
  'Mutation.retryRequest':
    'mutation ($id: ID!) { retryRequest(input: { requestId: $id }) { request { id } userErrors { code } } }',
  'Mutation.cancelRequest':
    'mutation ($id: ID!) { cancelRequest(input: { requestId: $id }) { request { id } userErrors { code } } }',
  'Mutation.resolveDoubt':
    'mutation { resolveDoubt(input: { callId: "call_00000000-0000-0000-0000-000000000000", ending: FAILED, reason: "looked" }) { call { id } userErrors { code } } }',
  'Mutation.refreshInventory':
    'mutation { refreshInventory(input: { administrator: "one", services: [SECURITY_HUB] }) { targets { status } userErrors { code } } }',
  'Mutation.createToken':
    'mutation { createToken(input: { name: "matrix", role: VIEWER, administrators: ["one"] }) { token { id } userErrors { code } } }',
  'Mutation.revokeToken':
    'mutation { revokeToken(input: { tokenId: "token_00000000-0000-0000-0000-000000000000" }) { token { id } userErrors { code } } }',
  'Subscription.requestProgress': 'subscription ($id: ID!) { requestProgress(id: $id) { id } }',
};

/** The data for a caller without the administrator `one`: as if it did not exist. */
const NOT_GRANTED: Record<string, unknown> = {
  'Query.node': null,
  'Query.request': null,
  'Query.requests': { nodes: [] },
  'Query.outcomes': { nodes: [] },
  'Query.calls': { nodes: [] },
  'Query.doubts': { nodes: [] },
  'Query.statistics': [{ outcomes: 0, accounts: 0 }],
  'Query.account': { outcomes: { totalCount: 0, nodes: [] } },
  'Query.administrators': [{ id: 'two' }],
  'Query.reconcile': { targets: [], userErrors: [{ code: 'UNKNOWN_ADMINISTRATOR' }] },
  'Query.inventory': { nodes: [] },
  'Query.tokens': [],
  'Query.deniedAttempts': { nodes: [] },
  'Mutation.createMembers': { request: null, userErrors: [{ code: 'UNKNOWN_ADMINISTRATOR' }] },
  'Mutation.inviteMembers': { request: null, userErrors: [{ code: 'UNKNOWN_ADMINISTRATOR' }] },
  'Mutation.disassociateMembers': { plan: null, userErrors: [{ code: 'UNKNOWN_ADMINISTRATOR' }] },
  'Mutation.deleteMembers': { plan: null, userErrors: [{ code: 'UNKNOWN_ADMINISTRATOR' }] },
  'Mutation.retryRequest': { request: null, userErrors: [{ code: 'NOT_FOUND' }] },
  'Mutation.cancelRequest': { request: null, userErrors: [{ code: 'NOT_FOUND' }] },
  'Mutation.resolveDoubt': { call: null, userErrors: [{ code: 'NOT_FOUND' }] },
  'Mutation.refreshInventory': { targets: [], userErrors: [{ code: 'UNKNOWN_ADMINISTRATOR' }] },
  'Mutation.createToken': { token: null, userErrors: [{ code: 'UNKNOWN_ADMINISTRATOR' }] },
  'Mutation.revokeToken': { token: null, userErrors: [{ code: 'NOT_FOUND' }] },
};

/** Fields that are BAD_USER_INPUT instead: the input names the administrator, or the field is not nullable. */
const REFUSED = ['Query.members', 'Query.accounts', 'Query.coverage', 'Subscription.requestProgress'];

let issuer: TestIssuer;
let gateway: TestGateway;
let id: string;

beforeAll(async () => {
  issuer = await startIssuer();
  gateway = await startGateway({
    environment: {
      AUTH_MODE: 'token,oidc',
      OIDC_ISSUER: issuer.url,
      OIDC_AUDIENCE: 'gateway',
      ADMINISTRATORS_FILE: await writeAdministrators({ one: '111122223333', two: '444455556666' }),
    },
  });
  // Created by an admin of `one` alone: callers with `two` may not see this token.
  const bearer = await gateway.token('writer', 'OPERATOR', ['one']);
  const { body } = await gateway.post(
    {
      query:
        'mutation { createMembers(input: { administrator: "one", services: [SECURITY_HUB], accounts: [{ accountId: "222233334444" }] }) { request { id } } }',
    },
    { authorization: `Bearer ${bearer}` },
  );
  id = (body.data?.['createMembers'] as { request: { id: string } }).request.id;
  await gateway.post(
    { query: OPERATIONS['Mutation.refreshInventory'] },
    { authorization: `Bearer ${bearer}` },
  );
  await gateway.post({ query: OPERATIONS['Query.tokens'] }, { authorization: `Bearer ${bearer}` });
});
afterAll(async () => {
  await gateway.stop();
  await issuer.stop();
});

/** Runs an operation with an Authorization header. Of a subscription it returns the first event. */
async function run(field: string, authorization: string | null): Promise<GraphQLPost> {
  const operation = { query: OPERATIONS[field], variables: { id } };
  const headers: Record<string, string> = authorization === null ? {} : { authorization };
  if (!field.startsWith('Subscription.')) {
    return gateway.post(operation, headers);
  }
  const response = await fetch(`${gateway.url}/graphql/stream`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream', ...headers },
    body: JSON.stringify(operation),
  });
  return {
    status: response.status,
    headers: response.headers,
    body: firstAnswer(await response.text()),
  };
}

describe('the rules', () => {
  it('have an operation here for every root field', () => {
    const roots = Object.keys(RULES).filter((name) => /^(Query|Mutation|Subscription)\./.test(name));
    expect(Object.keys(OPERATIONS).sort()).toEqual(roots.sort());
  });

  it('refuse a schema with a root field without a rule, and a rule without its field', () => {
    const { 'Query.node': _node, ...others } = RULES;
    expect(() => applyRules(buildGatewaySchema(), others)).toThrow('Query.node has no rule: add it to RULES');
    expect(() => applyRules(buildGatewaySchema(), { ...RULES, 'Query.gone': 'ADMIN' })).toThrow(
      'rules without a field: Query.gone',
    );
  });
});

const CASES = Object.keys(OPERATIONS).flatMap((field) =>
  ROLES.flatMap((role) =>
    ['TOKEN', 'USER'].flatMap((kind) => ['one', 'two'].map((granted) => ({ field, role, kind, granted }))),
  ),
);

describe.each(CASES)(
  '$field, asked by $kind with role $role, granted $granted',
  ({ field, role, kind, granted }) => {
    const least = RULES[field]!;
    const may = ROLES.indexOf(role) >= ROLES.indexOf(least);

    it(
      may ? (granted === 'one' ? 'answers' : 'answers as if nothing were there') : 'is FORBIDDEN',
      async () => {
        const { body } = await run(field, `Bearer ${await credential(kind, role, granted)}`);
        const [, name = ''] = field.split('.');
        if (!may) {
          expect(body.errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
          expect(body.data?.[name] ?? null).toBeNull();
        } else if (granted === 'one') {
          expect(body.errors).toBeUndefined();
          expect(body.data?.[name]).toBeTruthy();
        } else if (REFUSED.includes(field)) {
          expect(body.errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
        } else {
          expect(body.errors).toBeUndefined();
          expect(await withoutOwn(body.data?.[name])).toEqual(NOT_GRANTED[field]);
        }
      },
    );
  },
);

describe.each(Object.keys(OPERATIONS))('%s', (field) => {
  it.each([
    ['no credentials', null],
    ['another scheme', 'Basic YW5uOnNlY3JldA=='],
    ['a token that was never made', `Bearer mgw_${'x'.repeat(43)}`],
    ['half a token', 'Bearer mgw_abc'],
    ['an unsigned token', 'Bearer e30.e30.e30'],
    ['nothing to bear', 'Bearer '],
    ['a mile of it', `Bearer ${'x'.repeat(9_000)}`],
  ])('is UNAUTHENTICATED with %s', async (_what, authorization) => {
    const { status, headers, body } = await run(field, authorization);
    expect(status).toBe(401);
    expect(headers.get('www-authenticate')).toBe('Bearer realm="membership-gateway"');
    expect(body).toEqual({
      errors: [{ message: expect.any(String), extensions: { code: 'UNAUTHENTICATED' } }],
      extensions: { requestId: headers.get('x-request-id') },
    });
  });
});

const made = new Map<string, Promise<string>>();

function credential(kind: string, role: Role, granted: string): Promise<string> {
  const name = `${kind}-${role}-${granted}`;
  const make = (): Promise<string> =>
    kind === 'TOKEN'
      ? gateway.token(name, role, [granted])
      : issuer.sign({ sub: name, roles: [role.toLowerCase()], administrators: [granted] });
  if (!made.has(name)) {
    made.set(name, make());
  }
  return made.get(name)!;
}

/** Without the tokens and attempts of callers with `two`. */
async function withoutOwn(data: unknown): Promise<unknown> {
  if (Array.isArray(data)) {
    return data.filter((one: { administrators?: string[] }) => one.administrators?.includes('two') !== true);
  }
  const { nodes } = (data ?? {}) as { nodes?: { callerId?: string | null }[] };
  const { rows } = await gateway.database.pool.query<{ id: string }>(
    `SELECT 'token_' || id AS id FROM api_token WHERE name LIKE '%-two'`,
  );
  const isOwn = (callerId: string): boolean =>
    callerId.endsWith('-two') || rows.some(({ id }) => id === callerId);
  return nodes?.every(({ callerId }) => isOwn(callerId ?? '')) ? { nodes: [] } : data;
}
