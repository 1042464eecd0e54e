import { afterEach, beforeEach, expect, it } from 'vitest';
import { CreateMembersDocument, RequestDocument } from '../generated/graphql.js';
import { writeAdministrators } from '../support/administrators.js';
import { keysInEnvironment, startAwsBehindProxy, type AwsBehindProxy } from '../support/awsBehindProxy.js';
import { startCredentialEndpoint } from '../support/credentialEndpoint.js';
import { accounts, execute } from '../support/gateway.js';
import { CA_FILE } from '../support/interception.js';

const ACCOUNT = '111122223333';

let aws: AwsBehindProxy;
beforeEach(async () => {
  aws = await startAwsBehindProxy();
});
afterEach(() => aws[Symbol.asyncDispose]());

/** Creates a member in Security Hub and resolves with the request when it has finished. */
async function finished(url: string) {
  const input = { accounts: accounts(1), services: ['SECURITY_HUB' as const], waitSeconds: 0 };
  const { createMembers } = await execute(url, CreateMembersDocument, { input });
  const id = createMembers?.request?.id ?? expect.fail('no request');
  const request = async () => (await execute(url, RequestDocument, { id })).request;
  await expect
    .poll(async () => (await request())?.status, { timeout: 120_000, interval: 500 })
    .toMatch(/SUCCEEDED|FAILED/);
  return request();
}

it('TLS interception by an authority that is not trusted ends with its words after all attempts', async () => {
  const file = await writeAdministrators({ security: ACCOUNT });
  const { url } = await aws.start({ ...keysInEnvironment(ACCOUNT), ADMINISTRATORS_FILE: file });
  expect(await finished(url)).toMatchObject({
    status: 'FAILED',
    outcomes: {
      nodes: [
        {
          status: 'FAILED',
          reasonCode: 'UNREACHABLE',
          reason: expect.stringContaining('unable to verify the first certificate') as string,
          retryable: true,
          sends: 0,
        },
      ],
    },
  });
  expect(aws.interception.bytesReceived()).toBe(0);
}, 180_000);

it('a credential endpoint that is away for 20 seconds delays a request, and loses nothing', async () => {
  let awayUntil = 0;
  await using endpoint = await startCredentialEndpoint(ACCOUNT, () => Date.now() < awayUntil);
  awayUntil = Date.now() + 20_000;
  const { url } = await aws.start({
    AWS_CONTAINER_CREDENTIALS_FULL_URI: endpoint.url,
    AWS_CA_BUNDLE: CA_FILE,
    ADMINISTRATORS_FILE: await writeAdministrators({ security: ACCOUNT }),
  });
  awayUntil = Date.now() + 20_000;
  expect(await finished(url)).toMatchObject({ status: 'SUCCEEDED' });
  expect(Date.now()).toBeGreaterThan(awayUntil);
}, 180_000);
