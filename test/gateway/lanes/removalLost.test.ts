import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  CallsOfRequestDocument,
  DeleteMembersDocument,
  DisassociateMembersDocument,
  RequestDocument,
  type DisassociateMembersInput,
} from '../../generated/graphql.js';
import { startGateway, type TestGateway } from '../../support/gateway.js';
import { QUICK_RETRIES } from '../../support/speed.js';
import { members, OWN, REGION, seedMembers, SERVICES } from '../../support/removalFixture.js';

const ALL = members(200);
const GOING = ALL.slice(0, 20);
const GRAPHQL = { guardduty: 'GUARDDUTY', securityhub: 'SECURITY_HUB' } as const;

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startGateway({
    environment: { REMOVAL_SHARE_PERCENT: '50' },
    intervals: { retryDelays: QUICK_RETRIES },
  });
});
afterAll(() => gateway.stop());
beforeEach(async () => {
  await gateway.sandbox.put('faults', []);
  await seedMembers(gateway.sandbox, ALL);
  await gateway.sandbox.clearLog();
});

async function remove(operation: string, input: DisassociateMembersInput) {
  const asked = { regions: [REGION], waitSeconds: 60, ...input };
  const send = async (more: Partial<DisassociateMembersInput>) =>
    operation === 'DisassociateMembers'
      ? (await gateway.execute(DisassociateMembersDocument, { input: { ...asked, ...more } }))
          .disassociateMembers
      : (await gateway.execute(DeleteMembersDocument, { input: { ...asked, ...more } })).deleteMembers;
  const confirm = (await send({ dryRun: true }))?.plan?.confirm ?? expect.unreachable();
  return async () => (await send({ confirm }))?.request ?? expect.unreachable();
}

const strike = (service: string, operation: string, fault: string, times?: number) =>
  gateway.sandbox.put('faults', [{ match: { service, operation }, fault, ...(times && { times }) }]);

const CASES = SERVICES.flatMap((service) =>
  ['DisassociateMembers', 'DeleteMembers'].flatMap((operation) =>
    ['reset-before', 'reset-after', 'cut-body', 'html-502', 'throttle'].map((fault) => ({
      service,
      operation,
      fault,
    })),
  ),
);

describe.each(CASES)('$operation at $service whose answer meets $fault', ({ service, operation, fault }) => {
  it('processes every account, and sends none twice without need', async () => {
    if (operation === 'DeleteMembers') {
      await seedMembers(gateway.sandbox, GOING, 'Removed');
    }
    const send = await remove(operation, { accountIds: GOING, services: [GRAPHQL[service]] });
    await strike(service, operation, fault, 1);
    expect(await send()).toMatchObject({ status: 'SUCCEEDED', counts: { total: 20, processed: 20 } });
    const done = fault === 'reset-after' || fault === 'cut-body';
    expect(await gateway.sandbox.calls(operation)).toHaveLength(done ? 1 : 2);
    const shown = await gateway.sandbox.members(OWN, REGION, service);
    const left = shown.filter(({ accountId }) => GOING.includes(accountId)).map(({ status }) => status);
    expect(left).toEqual(operation === 'DeleteMembers' ? [] : Array(20).fill('Removed'));
  });
});

describe('a disassociation whose answer was lost', () => {
  it.each(SERVICES)('at %s does not count a change that was made before it', async (service) => {
    const states = { Removed: GOING.slice(0, 4), Resigned: GOING.slice(4, 8), Created: GOING.slice(8, 12) };
    for (const [status, ids] of Object.entries(states)) {
      await seedMembers(gateway.sandbox, ids, status);
    }
    const accountIds = [...GOING.slice(0, 16), '299999999991'];
    const send = await remove('DisassociateMembers', { accountIds, services: [GRAPHQL[service]] });
    await strike(service, 'DisassociateMembers', 'reset-after', 1);
    const { outcomes } = await send();
    const ended = outcomes.nodes.map(({ accountId, status, reasonCode, reason }) => [
      accountId,
      [status, reasonCode, reason].join(' '),
    ]);
    const say = (words: string) => `UNPROCESSED NOT_ASSOCIATED The answer was lost; read back, ${words}`;
    const expected = (accountId: string) => {
      if (states.Removed.includes(accountId)) {
        return say('the member shows this since before the call.');
      }
      if (states.Resigned.includes(accountId)) {
        return say('the member shows Resigned: not associated.');
      }
      if (states.Created.includes(accountId)) {
        return say('the member shows Created: not associated.');
      }
      return ALL.includes(accountId) ? 'PROCESSED  ' : say('there is no such member: not associated.');
    };
    expect(ended).toHaveLength(17);
    for (const [accountId = '', words] of ended) {
      expect([accountId, words]).toEqual([accountId, expected(accountId)]);
    }
    expect(await gateway.sandbox.calls('DisassociateMembers')).toHaveLength(1);
  });
});

describe('a disassociation that Security Hub answers', () => {
  const services = ['SECURITY_HUB' as const];

  it('is sent again while the member is still associated, and ends as STILL_ASSOCIATED with a reason of the gateway', async () => {
    const [once, always] = ['234567900020', '234567900022'] as const;
    await seedMembers(gateway.sandbox, [once, always]);
    const send = await remove('DisassociateMembers', {
      accountIds: [once, always, ...GOING.slice(0, 10)],
      services,
    });
    const { counts, outcomes } = await send();
    expect(counts).toMatchObject({ total: 12, processed: 11, unprocessed: 1 });
    const byId = new Map(outcomes.nodes.map((outcome) => [outcome.accountId, outcome]));
    expect(byId.get(once)).toMatchObject({ status: 'PROCESSED', reasonCode: null, sends: 2 });
    expect(byId.get(GOING[0] ?? '')).toMatchObject({ status: 'PROCESSED', sends: 1 });
    expect(byId.get(always)).toMatchObject({
      status: 'UNPROCESSED',
      reasonCode: 'STILL_ASSOCIATED',
      reason:
        'Security Hub answered without a word on single accounts; read back, the member shows Enabled: still associated.',
      sends: 6,
    });
  });

  it('stays IN_FLIGHT while its read-back fails, and its call shows the answer and the error', async () => {
    const send = await remove('DisassociateMembers', { accountIds: GOING, services, waitSeconds: 0 });
    await strike('securityhub', 'GetMembers', 'access-denied');
    const { id } = await send();
    const call = async () =>
      (await gateway.execute(CallsOfRequestDocument, { id })).request?.calls.nodes[0] ?? null;
    await expect
      .poll(async () => (await call())?.readBackError)
      .toMatch(/^GetMembers: AccessDeniedException/);
    expect(await call()).toMatchObject({ status: 'ANSWERED', httpStatus: 200, errorCode: null });
    const { request } = await gateway.execute(RequestDocument, { id });
    expect(request).toMatchObject({ status: 'RUNNING', counts: { inFlight: 20 } });

    await gateway.sandbox.put('faults', []);
    await expect
      .poll(async () => (await gateway.execute(RequestDocument, { id })).request, { timeout: 20_000 })
      .toMatchObject({ status: 'SUCCEEDED', counts: { processed: 20 } });
    expect(await call()).toMatchObject({ status: 'ANSWERED' });
    expect(await gateway.sandbox.calls('DisassociateMembers')).toHaveLength(1);
  });
});
