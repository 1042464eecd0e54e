import { afterEach, expect, it } from 'vitest';
import { CreateMembersDocument, InviteMembersDocument } from '../../generated/graphql.js';
import { accounts, startGateway, type TestGateway } from '../../support/gateway.js';

const WHERE = { services: ['SECURITY_HUB' as const], regions: ['us-east-1'] };

let gateway: TestGateway;
afterEach(() => gateway.stop());

it('reads of followed members leave room for writes and for other reads', async () => {
  gateway = await startGateway({
    environment: { SECURITYHUB_RATE: '20', SECURITYHUB_BURST: '4', FOLLOW_UP_SECONDS: '0.2,86400' },
  });
  const followed = accounts(500);
  await gateway.execute(CreateMembersDocument, { input: { accounts: followed, ...WHERE } });
  const invitation = { accountIds: followed.map(({ accountId }) => accountId), ...WHERE, followUp: true };
  await gateway.execute(InviteMembersDocument, { input: { ...invitation, waitSeconds: 60 } });
  const { prisma } = gateway.database;
  await expect
    .poll(() => prisma.followedMember.count({ where: { looks: 1 } }), { timeout: 20_000 })
    .toBe(500);
  // From here on what is followed, 2,000 new accounts and a reader want the same rate.
  const input = { accounts: accounts(2_000, 1_000), ...WHERE, waitSeconds: 0 };
  await gateway.execute(CreateMembersDocument, { input });
  await gateway.sandbox.clearLog();
  await prisma.$executeRaw`UPDATE followed_member SET next_look_at = now()`;
  const query =
    '{ account(accountId: "222233334444") { members(services: [SECURITY_HUB], regions: ["us-east-1"]) { status } } }';
  expect((await gateway.post({ query })).body.errors).toBeUndefined();
  await expect
    .poll(() => prisma.followedMember.count({ where: { looks: 2 } }), { timeout: 20_000 })
    .toBe(500);
  const reads = await gateway.sandbox.calls('GetMembers');
  // The reader's account travels with them, or by itself.
  expect([10, 11]).toContain(reads.length);
  const [first, last] = [reads[0]?.receivedAt ?? 0, reads.at(-1)?.receivedAt ?? 0];
  const writes = (await gateway.sandbox.calls('CreateMembers')).filter(
    ({ receivedAt }) => receivedAt >= first && receivedAt <= last,
  );
  // Half of the rate each, as far as both have work.
  expect(writes.length).toBeGreaterThanOrEqual(reads.length / 3);
});
