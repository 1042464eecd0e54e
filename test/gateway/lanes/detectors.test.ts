import { afterEach, beforeEach, expect, it } from 'vitest';
import { CreateMembersDocument } from '../../generated/graphql.js';
import { accounts, startGateway, type TestGateway } from '../../support/gateway.js';

const WHERE = { services: ['GUARDDUTY' as const], regions: ['us-east-1'] };
const READ =
  '{ account(accountId: "222233334444") { members(services: [GUARDDUTY], regions: ["us-east-1"]) { status } } }';

let gateway: TestGateway;
beforeEach(async () => {
  gateway = await startGateway();
});
afterEach(() => gateway.stop());

const write = async (first: number) => {
  const input = { accounts: accounts(1, first), ...WHERE };
  const { createMembers } = await gateway.execute(CreateMembersDocument, { input });
  expect(createMembers?.request?.status).toBe('SUCCEEDED');
};
const read = async () => {
  expect((await gateway.post({ query: READ })).body.errors).toBeUndefined();
};
const lookups = async () => (await gateway.sandbox.calls('ListDetectors')).length;

it.each([
  ['a call', 'a read', () => write(0), read],
  ['a read', 'a call', read, () => write(0)],
])('a detector that %s has looked up is cached for %s', async (_first, _second, first, second) => {
  await first();
  expect(await lookups()).toBe(1);
  await second();
  expect(await lookups()).toBe(1);
});

it('a detector that GuardDuty no longer knows is looked up once for reads and calls', async () => {
  await write(0);
  await read();
  const account = { account: '111122223333', region: 'us-east-1' };
  await gateway.sandbox.put('detectors', { ...account, detectorId: 'fedcba9876543210fedcba9876543210' });
  await read();
  await write(1);
  expect(await lookups()).toBe(2);
  // Neither ever sent the old one again: one read was refused for it, and nothing else.
  const refused = (await gateway.sandbox.log()).filter(({ outcome }) => outcome === 'refused');
  expect(refused.map(({ operation }) => operation)).toEqual(['GetMembers']);
});
