import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { CreateMembersDocument, InviteMembersDocument, RequestsDocument } from '../generated/graphql.js';
import { createTestDatabase, databaseUrl, onServer, type TestDatabase } from '../support/database.js';
import { accounts, execute } from '../support/gateway.js';
import { spawnGateway, type GatewayProcess } from '../support/gatewayProcess.js';
import { startSandbox, type TestSandbox } from '../support/sandboxControl.js';
import { FAST_RATES } from '../support/speed.js';

/** One lane of Security Hub, which needs no detector. */
const ADMINISTRATORS = `administrators:
  - id: security
    accountId: '444455556666'
    services: [SECURITY_HUB]
    regions: [us-east-1]
`;

/** Where no gateway reaches AWS: the port `discard`, without a listener. */
const NOWHERE = 'http://127.0.0.1:9';

let database: TestDatabase;
let sandbox: TestSandbox;
let backup: string;
let folder: string;

beforeAll(async () => {
  database = await createTestDatabase();
  sandbox = await startSandbox();
  folder = await mkdtemp(path.join(tmpdir(), 'restore-'));
  await writeFile(path.join(folder, 'administrators.yaml'), ADMINISTRATORS);
  backup = `${new URL(database.url).pathname.slice(1)}_backup`.slice(-63);
});
afterAll(async () => {
  await sandbox.stop();
  await rm(folder, { recursive: true, force: true });
  await onServer(inject('databaseServerUrl'), (client) =>
    client.query(`DROP DATABASE IF EXISTS "${backup}"`),
  );
  await database.drop();
});

const start = (url: string, endpoint = sandbox.url): Promise<GatewayProcess> =>
  spawnGateway({
    DATABASE_URL: url,
    UPSTREAM: 'aws',
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: 'AKIASANDBOX444455556666',
    AWS_SECRET_ACCESS_KEY: 'sandbox-secret',
    ADMINISTRATORS_FILE: path.join(folder, 'administrators.yaml'),
    CALLS_IN_FLIGHT_PER_LANE: '1',
    ...FAST_RATES,
  });

const statuses = async (gateway: GatewayProcess): Promise<string[]> =>
  (await execute(gateway.url, RequestsDocument, { first: 10 })).requests.nodes.map(({ status }) => status);

it('after a restore, calls in flight are read back, and invitations that were made since go out once', async () => {
  const first = await start(database.url);
  await execute(first.url, CreateMembersDocument, { input: { accounts: accounts(2) } });
  await sandbox.put('latency', { ms: 60_000 });
  const invite = (id: number) =>
    execute(first.url, InviteMembersDocument, {
      input: { accountIds: [accounts(2)[id]?.accountId ?? ''], waitSeconds: 0 },
    });
  await invite(0);
  await expect.poll(() => sandbox.calls('InviteMembers')).toHaveLength(1);
  await invite(1);
  await first.kill('SIGKILL');
  // The backup has one invitation IN_FLIGHT and one PENDING.
  await onServer(inject('databaseServerUrl'), (client) =>
    client.query(`CREATE DATABASE "${backup}" TEMPLATE "${new URL(database.url).pathname.slice(1)}"`),
  );

  await sandbox.put('latency', { ms: 0 });
  const second = await start(database.url);
  await expect.poll(() => statuses(second), { timeout: 60_000 }).not.toContain('PENDING');
  await expect.poll(() => sandbox.mails(), { timeout: 60_000 }).toHaveLength(2);
  await second.kill('SIGKILL');

  const restored = databaseUrl(inject('databaseServerUrl'), backup);
  const cutOff = await start(restored, NOWHERE);
  await expect.poll(() => statuses(cutOff), { timeout: 240_000 }).toContain('FAILED');
  await cutOff.kill('SIGTERM');

  const last = await start(restored);
  await expect.poll(() => statuses(last), { timeout: 90_000 }).toEqual(['FAILED', 'SUCCEEDED', 'SUCCEEDED']);
  expect(await sandbox.mails()).toHaveLength(2);
  await last.kill('SIGTERM');
});
