import { afterEach, expect, it } from 'vitest';
import { ReconcileDocument } from '../../generated/graphql.js';
import { accounts, startGateway, type TestGateway } from '../../support/gateway.js';

const REGION = 'us-east-1';
const WHERE = { account: '111122223333', region: REGION, service: 'securityhub' };

let gateway: TestGateway;
afterEach(() => gateway.stop());

it('reconcile says at the target that it has too many members for its rate, and what to do', async () => {
  // One page may leave, and the next one minutes later.
  gateway = await startGateway({ environment: { SECURITYHUB_RATE: '0.01', SECURITYHUB_BURST: '2' } });
  const there = accounts(60).map(({ accountId }) => ({ accountId, status: 'Enabled' }));
  await gateway.sandbox.seed(WHERE, there);
  const input = { accounts: accounts(1), regions: [REGION] };
  const { reconcile } = await gateway.execute(ReconcileDocument, { input });
  expect(reconcile.targets).toMatchObject([
    { service: 'GUARDDUTY', toCreate: { totalCount: 1 }, reasonCode: null },
    {
      ...{ service: 'SECURITY_HUB', toCreate: null, upToDate: null, reasonCode: 'THROTTLED' },
      reason:
        'at its rate, only the first 50 members can be listed within 25 seconds; refresh the inventory, then query with maxAgeSeconds',
    },
  ]);
});

it('reconcile of 9,000 members of each service takes 360 calls', async () => {
  gateway = await startGateway();
  const there = accounts(9_000).map(({ accountId }) => ({ accountId, status: 'Enabled' }));
  for (const service of ['guardduty', 'securityhub']) {
    await gateway.sandbox.seed({ ...WHERE, service }, there);
  }
  const input = { accounts: accounts(10_000, 1_000), regions: [REGION] };
  const { reconcile } = await gateway.execute(ReconcileDocument, { input });
  for (const target of reconcile.targets) {
    expect(target).toMatchObject({
      toCreate: { totalCount: 2_000 },
      unexpected: { totalCount: 1_000 },
      upToDate: 8_000,
    });
  }
  expect(await gateway.sandbox.calls('ListMembers')).toHaveLength(360);
});
