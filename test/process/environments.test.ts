import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  CallsDocument,
  CancelRequestDocument,
  CreateMembersDocument,
  RequestDocument,
} from '../generated/graphql.js';
import { writeAdministrators } from '../support/administrators.js';
import { startConnectProxy, type ConnectProxy } from '../support/connectProxy.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { accounts, execute } from '../support/gateway.js';
import { spawnGateway, type GatewayProcess } from '../support/gatewayProcess.js';
import { CA_FILE, startInterception, type Interception } from '../support/interception.js';
import { startSandbox, type TestSandbox } from '../support/sandboxControl.js';

/** A sandbox behind a TLS server with AWS's names, behind a proxy: the whole way to AWS, on this machine. */
let sandbox: TestSandbox;
let interception: Interception;
let proxy: ConnectProxy;
let database: TestDatabase;
let gateway: GatewayProcess | null = null;

beforeEach(async () => {
  database = await createTestDatabase();
  sandbox = await startSandbox();
  interception = await startInterception(sandbox.url);
  proxy = await startConnectProxy(interception.port);
});
afterEach(async () => {
  await gateway?.kill('SIGKILL');
  gateway = null;
  await proxy[Symbol.asyncDispose]();
  await interception[Symbol.asyncDispose]();
  await sandbox.stop();
  await database.drop();
});

/** Starts a gateway that calls AWS's own addresses through the proxy. */
async function start(environment: Record<string, string>): Promise<GatewayProcess> {
  gateway = await spawnGateway({
    DATABASE_URL: database.url,
    UPSTREAM: 'aws',
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'AKIASANDBOX111122223333',
    AWS_SECRET_ACCESS_KEY: 'sandbox-secret',
    LOG_LEVEL: 'info',
    HTTPS_PROXY: proxy.url('user:pass-word'),
    ...environment,
  });
  return gateway;
}

describe('a proxy with TLS interception', () => {
  it.each(['AWS_CA_BUNDLE', 'NODE_EXTRA_CA_CERTS'])(
    'is passed with %s, and the start names it without its password',
    async (variable) => {
      const { url, output } = await start({ [variable]: CA_FILE });
      const [, address] = proxy.url().split('//');
      expect(output().split('\n')[0]).toContain(`through the proxy http://***@${address}/`);
      expect(output()).toContain(
        `Upstream: AWS, through the proxy http://user:***@${address}/. Calls are real.`,
      );
      expect(output()).not.toContain('pass-word');

      const input = { accounts: accounts(2), waitSeconds: 20 };
      const { createMembers } = await execute(url, CreateMembersDocument, { input });
      expect(createMembers?.request).toMatchObject({ status: 'SUCCEEDED', counts: { processed: 4 } });
      expect(new Set(proxy.requests.map(({ address }) => address))).toEqual(
        new Set(['sts', 'guardduty', 'securityhub'].map((name) => `${name}.eu-west-1.amazonaws.com:443`)),
      );
    },
  );

  it('leaves calls unsent when its authority is not trusted, so the request can be cancelled', async () => {
    const { url } = await start({
      ADMINISTRATORS_FILE: await writeAdministrators({ security: '111122223333' }),
    });
    const input = { accounts: accounts(1), services: ['SECURITY_HUB' as const], waitSeconds: 0 };
    const { createMembers } = await execute(url, CreateMembersDocument, { input });
    const id = createMembers?.request?.id ?? expect.fail('no request');
    const sent = { status: 'UNANSWERED', attempts: 0, errorCode: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' };
    await expect
      .poll(async () => (await execute(url, CallsDocument, {})).calls.nodes[0], { timeout: 10_000 })
      .toMatchObject(sent);
    await execute(url, CancelRequestDocument, { input: { requestId: id } });
    await expect
      .poll(async () => (await execute(url, RequestDocument, { id })).request, { timeout: 10_000 })
      .toMatchObject({ outcomes: { nodes: [{ status: 'CANCELED' }] } });
    expect(interception.bytesReceived()).toBe(0);
  });
});

describe('FIPS and dual-stack in the shell', () => {
  it('do not concern the sandbox', async () => {
    const { url } = await start({
      UPSTREAM: 'sandbox',
      AWS_ENDPOINT_URL: sandbox.url,
      AWS_USE_FIPS_ENDPOINT: 'true',
      AWS_USE_DUALSTACK_ENDPOINT: 'true',
    });
    const input = { accounts: accounts(1), waitSeconds: 20 };
    const { createMembers } = await execute(url, CreateMembersDocument, { input });
    expect(createMembers?.request).toMatchObject({ status: 'SUCCEEDED' });
    expect(proxy.requests).toEqual([]);
  });
});
