import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  DeleteMembersDocument,
  DoubtsDocument,
  InviteMembersDocument,
  CreateMembersDocument,
  RequestDocument,
  ResolveDoubtDocument,
  type ResolveDoubtInput,
} from '../../generated/graphql.js';
import { accounts, startGateway, type TestGateway } from '../../support/gateway.js';
import { members, OWN, REGION } from '../../support/removalFixture.js';
import { QUICK_RETRIES } from '../../support/speed.js';

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startGateway({ intervals: { retryDelays: QUICK_RETRIES } });
});
afterAll(() => gateway.stop());
beforeEach(() => gateway.sandbox.put('faults', []));

const doubts = async (first?: number) => (await gateway.execute(DoubtsDocument, { first })).doubts;
const request = async (id: string) => (await gateway.execute(RequestDocument, { id, first: 10 })).request;
const resolve = async (input: ResolveDoubtInput) =>
  (await gateway.execute(ResolveDoubtDocument, { input })).resolveDoubt;

/** Two accounts whose creation at GuardDuty is lost, and whose read-back is refused for good; the id of their request. */
async function loseForGood(first: number): Promise<string> {
  await gateway.sandbox.put('faults', [
    { match: { service: 'guardduty', operation: 'CreateMembers' }, fault: 'reset-before', times: 1 },
    { match: { service: 'guardduty', operation: 'GetMembers' }, fault: 'access-denied' },
  ]);
  const input = {
    accounts: accounts(2, first),
    services: ['GUARDDUTY' as const],
    regions: [REGION],
    waitSeconds: 0,
  };
  const { createMembers } = await gateway.execute(CreateMembersDocument, { input });
  await expect.poll(async () => (await doubts()).totalCount).toBe(1);
  return createMembers?.request?.id ?? expect.unreachable();
}

describe('a call in doubt that cannot be read back', () => {
  it('is listed with the reason, and ends by hand as FAILED, which may be retried', async () => {
    const id = await loseForGood(100);
    const [doubt] = (await doubts()).nodes;
    expect(doubt).toMatchObject({
      operation: 'CREATE_MEMBERS',
      service: 'GUARDDUTY',
      status: 'UNANSWERED',
      accountCount: 2,
      readBackError: expect.stringMatching(/^GetMembers: AccessDeniedException: /),
      outcomes: { nodes: [{}, {}] },
    });
    const callId = doubt?.id ?? '';
    expect(await resolve({ callId, ending: 'FAILED', reason: 'looked: TICKET-7' })).toMatchObject({
      call: { id: callId, status: 'UNANSWERED', resolvedBy: 'local', resolution: 'looked: TICKET-7' },
      userErrors: [],
    });
    const ending = {
      status: 'FAILED',
      reasonCode: 'UNREACHABLE',
      reason: 'Settled by hand: looked: TICKET-7',
      retryable: true,
    };
    expect(await request(id)).toMatchObject({ status: 'FAILED', outcomes: { nodes: [ending, ending] } });
    expect(await doubts()).toEqual({ nodes: [], totalCount: 0 });
  });

  it('ends by hand as PROCESSED, and the lane goes on', async () => {
    const id = await loseForGood(200);
    const callId = (await doubts()).nodes[0]?.id ?? '';
    expect(await resolve({ callId, ending: 'PROCESSED', reason: 'in the console' })).toMatchObject({
      userErrors: [],
    });
    expect(await request(id)).toMatchObject({ status: 'SUCCEEDED', counts: { processed: 2 } });

    // The read-back that is due next finds the call settled, and the lane drops it.
    const before = (await gateway.sandbox.calls('GetMembers')).length;
    await expect.poll(async () => (await gateway.sandbox.calls('GetMembers')).length).toBeGreaterThan(before);
    const input = {
      accounts: accounts(1, 300),
      services: ['GUARDDUTY' as const],
      regions: [REGION],
      waitSeconds: 20,
    };
    const next = await gateway.execute(CreateMembersDocument, { input });
    expect(next.createMembers?.request).toMatchObject({ status: 'SUCCEEDED' });
    expect(await resolve({ callId, ending: 'FAILED', reason: 'again' })).toMatchObject({
      call: null,
      userErrors: [{ code: 'NOT_IN_DOUBT', field: ['input', 'callId'] }],
    });
  });
});

it('a call that is no doubt, and a reason that is none, are refused', async () => {
  const callId = 'call_00000000-0000-0000-0000-000000000000';
  expect(await resolve({ callId, ending: 'FAILED', reason: 'x' })).toMatchObject({
    call: null,
    userErrors: [{ code: 'NOT_FOUND' }],
  });
  expect(await resolve({ callId, ending: 'FAILED', reason: '' })).toMatchObject({
    userErrors: [{ code: 'INVALID_INPUT', field: ['input', 'reason'] }],
  });
});

it('a member that is Enabled without a date of its invitation was there before a lost invitation', async () => {
  const accountIds = members(1, 400);
  const updatedAt = '2026-01-01T00:00:00.000Z';
  await gateway.sandbox.seed(
    { account: OWN, region: REGION, service: 'guardduty' },
    accountIds.map((accountId) => ({ accountId, status: 'Enabled', updatedAt })),
  );
  await gateway.sandbox.put('faults', [
    { match: { service: 'guardduty', operation: 'InviteMembers' }, fault: 'reset-before', times: 1 },
  ]);
  const input = { accountIds, services: ['GUARDDUTY' as const], regions: [REGION], waitSeconds: 20 };
  const { inviteMembers } = await gateway.execute(InviteMembersDocument, { input });
  expect(inviteMembers?.request).toMatchObject({
    status: 'FAILED',
    outcomes: { nodes: [{ status: 'UNPROCESSED', reasonCode: 'ALREADY_INVITED' }] },
  });
});

it('a call whose detector is gone stays in doubt until an admin settles it', async () => {
  const accountIds = members(1, 500);
  await gateway.sandbox.seed(
    { account: OWN, region: 'eu-west-1', service: 'guardduty' },
    accountIds.map((accountId) => ({ accountId, status: 'Removed' })),
  );
  const asked = { accountIds, services: ['GUARDDUTY' as const], regions: ['eu-west-1'] };
  const preview = await gateway.execute(DeleteMembersDocument, { input: { ...asked, dryRun: true } });
  const confirm = preview.deleteMembers?.plan?.confirm ?? expect.unreachable();
  await gateway.sandbox.put('faults', [
    { match: { service: 'guardduty', operation: 'DeleteMembers' }, fault: 'reset-after', times: 1 },
    { match: { service: 'guardduty', operation: 'GetMembers' }, fault: 'not-enabled' },
  ]);
  const sent = await gateway.execute(DeleteMembersDocument, {
    input: { ...asked, confirm, waitSeconds: 0 },
  });
  await expect.poll(async () => (await doubts()).nodes[0]?.readBackError).toContain('is not owned');
  const callId = (await doubts()).nodes[0]?.id ?? '';
  await resolve({ callId, ending: 'PROCESSED', reason: 'the detector was deleted with its members' });
  expect(await request(sent.deleteMembers?.request?.id ?? '')).toMatchObject({ status: 'SUCCEEDED' });
});
