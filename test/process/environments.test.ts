import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  CallsDocument,
  CancelRequestDocument,
  CreateMembersDocument,
  RequestDocument,
} from '../generated/graphql.js';
import { writeAdministrators } from '../support/administrators.js';
import { keysInEnvironment, startAwsBehindProxy, type AwsBehindProxy } from '../support/awsBehindProxy.js';
import { accounts, execute } from '../support/gateway.js';
import { CA_FILE } from '../support/interception.js';
import { byRunLength, inLongRun } from '../support/runLength.js';

let aws: AwsBehindProxy;
beforeEach(async () => {
  aws = await startAwsBehindProxy();
});
afterEach(() => aws[Symbol.asyncDispose]());

const KEYS = keysInEnvironment('111122223333');

describe('a proxy with TLS interception', () => {
  it.each(['AWS_CA_BUNDLE', 'NODE_EXTRA_CA_CERTS'].slice(0, byRunLength(1, 2)))(
    'is passed with %s, and the start names it without its password',
    async (variable) => {
      const { url, output } = await aws.start({ ...KEYS, [variable]: CA_FILE });
      const [, address] = aws.proxy.url().split('//');
      expect(output().split('\n')[0]).toContain(`through the proxy http://***@${address}/`);
      expect(output()).toContain(
        `Upstream: AWS, through the proxy http://user:***@${address}/. Calls are real.`,
      );
      expect(output()).not.toContain('pass-word');

      const input = { accounts: accounts(2), waitSeconds: 20 };
      const { createMembers } = await execute(url, CreateMembersDocument, { input });
      expect(createMembers?.request).toMatchObject({ status: 'SUCCEEDED', counts: { processed: 4 } });
      expect(new Set(aws.proxy.requests.map(({ address }) => address))).toEqual(
        new Set(['sts', 'guardduty', 'securityhub'].map((name) => `${name}.eu-west-1.amazonaws.com:443`)),
      );
    },
  );

  inLongRun(
    'leaves calls unsent when its authority is not trusted, so the request can be cancelled',
    async () => {
      const { url } = await aws.start({
        ...KEYS,
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
        .toMatchObject({ outcomes: { nodes: [{ status: 'CANCELED', sends: 0 }] } });
      expect(aws.interception.bytesReceived()).toBe(0);
    },
  );
});

describe('two administrators with the same credentials', () => {
  it('are a fault of the configuration when the file gives them different accounts', async () => {
    const file = await writeAdministrators({ security: '111122223333', other: '222233334444' });
    await expect(aws.start({ ...KEYS, AWS_CA_BUNDLE: CA_FILE, ADMINISTRATORS_FILE: file })).rejects.toThrow(
      /cannot start: ADMINISTRATORS_FILE: line 16: administrator other: expected credentials of the account 222233334444; got those of 111122223333/,
    );
  });
});

inLongRun('FIPS and dual-stack in the shell do not concern the sandbox', async () => {
  const { url } = await aws.start({
    ...KEYS,
    UPSTREAM: 'sandbox',
    AWS_ENDPOINT_URL: aws.sandbox.url,
    AWS_USE_FIPS_ENDPOINT: 'true',
    AWS_USE_DUALSTACK_ENDPOINT: 'true',
  });
  const input = { accounts: accounts(1), waitSeconds: 20 };
  const { createMembers } = await execute(url, CreateMembersDocument, { input });
  expect(createMembers?.request).toMatchObject({ status: 'SUCCEEDED' });
  expect(aws.proxy.requests).toEqual([]);
});
