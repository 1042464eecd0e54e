import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CreateMembersDocument, InviteMembersDocument, RequestDocument } from '../../generated/graphql.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { FAST_RATES } from '../../support/speed.js';
import { accounts, execute } from '../../support/gateway.js';
import { spawnGateway, type GatewayProcess } from '../../support/gatewayProcess.js';
import { startSandbox, type TestSandbox } from '../../support/sandboxControl.js';

let database: TestDatabase;
let sandbox: TestSandbox;
let gateway: GatewayProcess;

const start = () =>
  spawnGateway({
    DATABASE_URL: database.url,
    UPSTREAM: 'sandbox',
    AWS_ENDPOINT_URL: sandbox.url,
    ...FAST_RATES,
  });

beforeAll(async () => {
  database = await createTestDatabase();
  sandbox = await startSandbox();
  gateway = await start();
});
afterAll(async () => {
  await gateway.kill('SIGTERM');
  await sandbox.stop();
  await database.drop();
});

describe('a gateway that is killed with calls in flight', () => {
  it(
    'is followed by one that finishes the request: no account is lost, none is invited twice',
    { timeout: 90_000 },
    async () => {
      const asked = accounts(120);
      await execute(gateway.url, CreateMembersDocument, { input: { accounts: asked } });
      await sandbox.put('latency', { ms: 3_000 });
      const { inviteMembers } = await execute(gateway.url, InviteMembersDocument, {
        input: { accountIds: asked.map(({ accountId }) => accountId), waitSeconds: 0 },
      });
      await expect.poll(async () => (await sandbox.calls('InviteMembers')).length).toBeGreaterThanOrEqual(8);
      await gateway.kill('SIGKILL');
      await sandbox.put('latency', { ms: 0 });

      gateway = await start();
      const id = inviteMembers?.request?.id ?? '';
      await expect
        .poll(async () => (await execute(gateway.url, RequestDocument, { id })).request, { timeout: 60_000 })
        .toMatchObject({ status: 'SUCCEEDED', counts: { total: 480, processed: 480 } });
      const mails = await sandbox.mails();
      expect(mails).toHaveLength(480);
      expect(new Set(mails.map((mail) => [mail.service, mail.region, mail.accountId].join('/'))).size).toBe(
        480,
      );
    },
  );
});
