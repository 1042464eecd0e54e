import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startGateway, type TestGateway } from '../../support/gateway.js';
import { members, OWN, REGION, seedMembers } from '../../support/removalFixture.js';
import { QUICK_RETRIES } from '../../support/speed.js';

/** Ten per cent of them are five. */
const ALL = members(50);

let gateway: TestGateway;
let callers: string[];

beforeEach(async () => {
  gateway = await startGateway({
    environment: { AUTH_MODE: 'token' },
    intervals: { retryDelays: QUICK_RETRIES },
  });
  await seedMembers(gateway.sandbox, ALL);
  const names = Array.from({ length: 5 }, (_, index) => `admin-${index}`);
  callers = await Promise.all(names.map((name) => gateway.token(name, 'ADMIN')));
});
afterEach(() => gateway.stop());

interface Payload {
  request: { id: string; status: string } | null;
  plan: {
    confirm: string | null;
    targets: { share: { removedWithinDay: number; mayGo: number | null } }[];
  } | null;
  userErrors: { code: string; message: string }[];
}

async function send(caller: number, field: string, input: object): Promise<Payload> {
  const type = `${field.charAt(0).toUpperCase()}${field.slice(1)}Input`;
  const plan =
    field === 'retryRequest' ? '' : 'plan { confirm targets { share { removedWithinDay mayGo } } }';
  const query = `mutation ($input: ${type}!) { ${field}(input: $input) { request { id status } ${plan} userErrors { code message } } }`;
  const { body } = await gateway.post(
    { query, variables: { input } },
    { authorization: `Bearer ${callers[caller]}` },
  );
  expect(body.errors).toBeUndefined();
  return body.data?.[field] as Payload;
}

const HUB = { regions: [REGION], services: ['SECURITY_HUB'] };
const preview = (caller: number, accountIds: string[], field = 'disassociateMembers') =>
  send(caller, field, { ...HUB, accountIds, dryRun: true });
const confirmed = (
  caller: number,
  accountIds: string[],
  confirm: string | null,
  field = 'disassociateMembers',
) => send(caller, field, { ...HUB, accountIds, confirm, waitSeconds: 30 });

const five = (index: number): string[] => ALL.slice(index * 5, index * 5 + 5);
const removed = async () =>
  (await gateway.sandbox.calls('DisassociateMembers')).flatMap(({ accountIds }) => accountIds);

describe('the share of members that may be removed within a day', () => {
  it('holds for five confirmations of five callers that were given before the first is used', async () => {
    const previews = await Promise.all(callers.map((_, index) => preview(index, five(index))));
    const answers = await Promise.all(
      previews.map(({ plan }, index) => confirmed(index, five(index), plan?.confirm ?? expect.unreachable())),
    );
    expect(answers.filter(({ request }) => request !== null)).toHaveLength(1);
    expect(answers.flatMap(({ userErrors }) => userErrors.map(({ code }) => code))).toEqual(
      Array(4).fill('REMOVAL_LIMIT_EXCEEDED'),
    );
    expect(await removed()).toHaveLength(5);
    const late = await preview(0, five(8));
    expect(late.plan).toMatchObject({
      confirm: null,
      targets: [{ share: { removedWithinDay: 5, mayGo: 5 } }],
    });
    expect(late.userErrors).toMatchObject([{ code: 'REMOVAL_LIMIT_EXCEEDED' }]);
  });

  it('counts removals that wait to be sent', async () => {
    await gateway.sandbox.put('faults', [
      { match: { operation: 'DisassociateMembers' }, fault: 'slow', ms: 2_000 },
    ]);
    const { plan } = await preview(0, five(0));
    await send(0, 'disassociateMembers', {
      ...HUB,
      accountIds: five(0),
      confirm: plan?.confirm,
      waitSeconds: 0,
    });
    const next = await preview(1, five(1).slice(0, 2));
    expect(next.plan).toMatchObject({ confirm: null, targets: [{ share: { removedWithinDay: 5 } }] });
  });

  it('counts an account once that is disassociated and then deleted', async () => {
    const first = await preview(0, five(0));
    expect((await confirmed(0, five(0), first.plan?.confirm ?? null)).request?.status).toBe('SUCCEEDED');
    const second = await preview(1, five(0), 'deleteMembers');
    expect(second.userErrors).toEqual([]);
    const { request } = await confirmed(1, five(0), second.plan?.confirm ?? null, 'deleteMembers');
    expect(request?.status).toBe('SUCCEEDED');
    expect((await preview(2, five(1).slice(0, 1))).userErrors).toMatchObject([
      { code: 'REMOVAL_LIMIT_EXCEEDED' },
    ]);
  });

  it('is free again after a day', async () => {
    const first = await preview(0, five(0));
    await confirmed(0, five(0), first.plan?.confirm ?? null);
    await gateway.database.pool.query(`
      SET session_replication_role = replica;
      UPDATE outcome SET settled_at = settled_at - interval '25 hours';
      UPDATE target SET last_settled_at = last_settled_at - interval '25 hours';
      SET session_replication_role = DEFAULT`);
    const next = await preview(1, five(1).slice(0, 4));
    expect(next.plan).toMatchObject({
      confirm: expect.any(String),
      targets: [{ share: { removedWithinDay: 0, mayGo: 4 } }],
    });
  });

  it('holds for a retry of a removal that failed while others used the share', async () => {
    await gateway.sandbox.put('faults', [{ match: { operation: 'DisassociateMembers' }, fault: 'throttle' }]);
    const first = await preview(0, five(0));
    const failed = await confirmed(0, five(0), first.plan?.confirm ?? null);
    expect(failed.request?.status).toBe('FAILED');
    await gateway.sandbox.put('faults', []);
    const second = await preview(1, five(1).slice(0, 3));
    await confirmed(1, five(1).slice(0, 3), second.plan?.confirm ?? null);
    const retry = { requestId: failed.request?.id, waitSeconds: 30 };
    expect(await send(0, 'retryRequest', retry)).toMatchObject({
      request: null,
      userErrors: [{ code: 'REMOVAL_LIMIT_EXCEEDED' }],
    });
    const statuses = (await gateway.sandbox.members(OWN, REGION, 'securityhub')).map(({ status }) => status);
    expect(statuses.filter((status) => status === 'Removed')).toHaveLength(3);
  });
});
