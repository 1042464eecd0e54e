import { afterAll, beforeAll, expect, it } from 'vitest';
import { addressOf } from '../../src/config/databaseAddress.js';
import { LOCAL_CALLER } from '../../src/membership.js';
import { createTokenService } from '../../src/services/access/tokens.js';
import { openDatabase } from '../../src/store/connection/client.js';
import { createTokenStore } from '../../src/store/access/tokenStore.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { spawnGateway, type GatewayProcess } from '../support/gatewayProcess.js';
import { startIssuer, type TestIssuer } from '../support/oidcIssuer.js';
import { startSandbox, type TestSandbox } from '../support/sandboxControl.js';

const ACCOUNTS = Array.from({ length: 60 }, (_, i) => ({
  accountId: `4${String(i).padStart(11, '0')}`,
  email: `person-${i}.secret@members.test`,
}));

let database: TestDatabase;
let sandbox: TestSandbox;
let issuer: TestIssuer;
let gateway: GatewayProcess;
let token: string;

beforeAll(async () => {
  [database, sandbox, issuer] = await Promise.all([createTestDatabase(), startSandbox(), startIssuer()]);
  const opened = openDatabase(addressOf(database.url));
  const tokens = createTokenService(createTokenStore(opened.prisma), []);
  token = (await tokens.create(LOCAL_CALLER, { name: 'portal', role: 'ADMIN' })).secret ?? '';
  await opened.close();
  gateway = await spawnGateway({
    DATABASE_URL: database.url,
    AWS_ENDPOINT_URL: sandbox.url,
    AUTH_MODE: 'token,oidc',
    OIDC_ISSUER: issuer.url,
    OIDC_AUDIENCE: 'gateway',
    LOG_LEVEL: 'trace',
  });
});
afterAll(async () => {
  await gateway.kill('SIGTERM');
  await Promise.all([database.drop(), sandbox.stop(), issuer.stop()]);
});

it('logs one line for each request, without e-mail addresses and secrets at any level', async () => {
  const person = await issuer.sign({ sub: 'ann', roles: ['operator'], administrators: '*' });
  const expired = await issuer.sign({ exp: 1 });
  const guessed = `mgw_${'y'.repeat(43)}`;
  const ask = (bearer: string, requestId: string, body: unknown) =>
    fetch(`${gateway.url}/graphql?access_token=in-the-query`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${bearer}`,
        'x-request-id': requestId,
      },
      body: JSON.stringify(body),
    }).then((response) => response.text());
  const query = `mutation Add($accounts: [MemberAccountInput!]!) {
    createMembers(input: { accounts: $accounts }) { request { status counts { total processed } } userErrors { message } }
  }`;
  await ask(token, 'by-program', { query, variables: { accounts: ACCOUNTS } });
  await ask(person, 'by-person', { query, variables: { accounts: ACCOUNTS.slice(0, 5) } });
  await ask(person, 'wrong', {
    query,
    variables: { accounts: ACCOUNTS.map((one) => ({ ...one, email: 7 })) },
  });
  await ask(person, 'inline', {
    query: `{ outcomes(filter: { requestId: "${ACCOUNTS[1]!.email}" }) { nodes { id } } }`,
  });
  const { secret } = (
    JSON.parse(
      await ask(token, 'new-token', {
        query: 'mutation { createToken(input: { name: "x", role: VIEWER }) { secret } }',
      }),
    ) as { data: { createToken: { secret: string } } }
  ).data.createToken;
  await ask(expired, 'expired', { query });
  await ask(guessed, 'guessed', { query });
  await expect.poll(() => gateway.output()).toContain('"requestId":"guessed"');

  const output = gateway.output();
  for (const { email } of ACCOUNTS) {
    expect(output).not.toContain(email.slice(0, email.indexOf('@')));
  }
  const password = new URL(database.url).password;
  for (const part of [
    token,
    person,
    expired,
    guessed,
    secret,
    'in-the-query',
    ...(password ? [password] : []),
  ]) {
    expect(output).not.toContain(part);
  }
  const lines = output.split('\n').filter((line) => line.startsWith('{'));
  const requests = lines
    .map((line) => JSON.parse(line) as Record<string, unknown>)
    .filter(({ msg }) => msg === 'request');
  expect(requests.map(({ requestId }) => requestId)).toEqual([
    'by-program',
    'by-person',
    'wrong',
    'inline',
    'new-token',
    'expired',
    'guessed',
  ]);
  expect(requests[0]).toMatchObject({
    actor: expect.stringMatching(/^token_/),
    kind: 'TOKEN',
    path: '/graphql',
    status: 200,
    durationMs: expect.any(Number),
    operation: {
      type: 'mutation',
      name: 'Add',
      fields: ['createMembers'],
      errors: {},
      counts: [{ total: 240 }],
    },
  });
  expect(requests[1]).toMatchObject({ actor: 'ann', kind: 'USER' });
  expect(requests[3]).toMatchObject({ operation: { errors: { BAD_USER_INPUT: 1 } } });
  expect(requests[5]).toMatchObject({ actor: null, status: 401 });
});
