import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CreateMembersDocument, type CreateMembersInput } from '../../generated/graphql.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { accounts, execute } from '../../support/gateway.js';
import { spawnGateway, type GatewayProcess } from '../../support/gatewayProcess.js';
import { startSandbox, type TestSandbox } from '../../support/sandboxControl.js';

let database: TestDatabase;
let sandbox: TestSandbox;
let one: GatewayProcess;
let two: GatewayProcess;

const start = () =>
  spawnGateway({ DATABASE_URL: database.url, UPSTREAM: 'sandbox', AWS_ENDPOINT_URL: sandbox.url });

beforeAll(async () => {
  database = await createTestDatabase();
  sandbox = await startSandbox({ latencyMs: 300 });
  [one, two] = await Promise.all([start(), start()]);
});
afterAll(async () => {
  await Promise.all([one, two].map((replica) => replica.kill('SIGTERM')));
  await sandbox.stop();
  await database.drop();
});

const create = async (replica: GatewayProcess, input: CreateMembersInput) =>
  (await execute(replica.url, CreateMembersDocument, { input })).createMembers;

describe('an idempotency key', () => {
  it('records one request for two inputs that arrive at two replicas at the same time, and both wait for it', async () => {
    const input = { accounts: accounts(3), idempotencyKey: 'at once' };
    const answers = await Promise.all([one, two, one, two].map((replica) => create(replica, input)));
    expect(new Set(answers.map((answer) => answer?.request?.id)).size).toBe(1);
    for (const answer of answers) {
      expect(answer).toMatchObject({
        userErrors: [],
        request: { status: 'SUCCEEDED', counts: { processed: 12 } },
      });
    }
    const sent = (await sandbox.calls('CreateMembers')).flatMap(({ accountIds }) => accountIds);
    expect(sent).toHaveLength(12);
  });

  it('refuses another input on the other replica, and sends no call for it', async () => {
    await create(one, { accounts: accounts(1, 100), idempotencyKey: 'reused' });
    const answer = await create(two, { accounts: accounts(1, 200), idempotencyKey: 'reused' });
    expect(answer).toMatchObject({ request: null, userErrors: [{ code: 'IDEMPOTENCY_KEY_REUSED' }] });
    const sent = (await sandbox.calls('CreateMembers')).flatMap(({ accountIds }) => accountIds);
    expect(sent).not.toContain(accounts(1, 200)[0]?.accountId);
  });

  it('finds the request after its replica was killed before it answered', async () => {
    const input = { accounts: accounts(60, 1_000), idempotencyKey: 'killed', waitSeconds: 60 };
    const answer = create(one, input).then(
      () => 'answered',
      () => 'cut off',
    );
    await expect
      .poll(async () => (await sandbox.calls('CreateMembers')).at(-1)?.accountIds)
      .toContain('200000001059');
    await one.kill('SIGKILL');
    expect(await answer).toBe('cut off');

    const found = await create(two, input);
    expect(found).toMatchObject({
      userErrors: [],
      request: { status: 'SUCCEEDED', counts: { processed: 240 } },
    });
    const repeated = await create(two, input);
    expect(repeated?.request?.id).toBe(found?.request?.id);
    one = await start();
  });
});
