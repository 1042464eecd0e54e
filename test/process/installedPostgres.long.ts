import { expect, it } from 'vitest';
import { installedPostgres } from '../../scripts/otherPostgres.js';
import { startOtherPostgres } from '../../scripts/startOtherPostgres.js';
import { createLog } from '../../src/log.js';
import { OLDEST_VERSION } from '../../src/store/connection/serverCheck.js';
import { CreateMembersDocument, RequestDocument } from '../generated/graphql.js';
import { accounts, execute } from '../support/gateway.js';
import { spawnGateway } from '../support/gatewayProcess.js';
import { startSandbox } from '../support/sandboxControl.js';

const installed = (await installedPostgres()).filter(({ version }) => Number(version) >= OLDEST_VERSION);
const log = createLog('fatal');

it.skipIf(installed.length === 0)(
  'a request is recorded, sent and read with every PostgreSQL in /usr/lib/postgresql, where Debian has its servers',
  { timeout: 60_000 * Math.max(1, installed.length) },
  async () => {
    for (const postgres of installed) {
      const server = await startOtherPostgres(postgres, log);
      await expectToWork(server.url).finally(() => server.stop());
    }
  },
);

async function expectToWork(databaseUrl: string): Promise<void> {
  const sandbox = await startSandbox();
  try {
    const gateway = await spawnGateway({
      DATABASE_URL: databaseUrl,
      UPSTREAM: 'sandbox',
      AWS_ENDPOINT_URL: sandbox.url,
    });
    const input = { accounts: accounts(60), waitSeconds: 20 };
    const { createMembers } = await execute(gateway.url, CreateMembersDocument, { input });
    const id = createMembers?.request?.id ?? expect.fail('no request');
    await expect
      .poll(async () => (await execute(gateway.url, RequestDocument, { id })).request?.counts)
      .toMatchObject({ total: 240, processed: 240 });
    expect(await gateway.kill('SIGTERM')).toBe(0);
    expect(gateway.output()).not.toContain('"level":');
  } finally {
    await sandbox.stop();
  }
}
