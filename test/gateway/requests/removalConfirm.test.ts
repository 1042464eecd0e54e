import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startGateway, type TestGateway } from '../../support/gateway.js';
import { QUICK_RETRIES } from '../../support/speed.js';
import { members, REGION, seedMembers } from '../../support/removalFixture.js';

const GOING = members(2);

let gateway: TestGateway;
const tokens: Record<string, string> = {};

beforeAll(async () => {
  gateway = await startGateway({
    environment: { AUTH_MODE: 'token' },
    intervals: { retryDelays: QUICK_RETRIES },
  });
  await seedMembers(gateway.sandbox, members(30));
  for (const name of ['ann', 'bob']) {
    tokens[name] = await gateway.token(name, 'ADMIN');
  }
  tokens['otto'] = await gateway.token('otto', 'OPERATOR');
});
afterAll(() => gateway.stop());

interface Payload {
  request: { id: string; status: string; counts: { processed: number; total: number } } | null;
  plan: { confirm: string | null } | null;
  userErrors: { code: string; message: string }[];
}

async function ask(
  caller: string,
  field: 'disassociateMembers' | 'deleteMembers' | 'retryRequest',
  input: object,
): Promise<Payload> {
  const type = `${field.charAt(0).toUpperCase()}${field.slice(1)}Input`;
  const plan = field === 'retryRequest' ? '' : 'plan { confirm }';
  const query = `mutation ($input: ${type}!) { ${field}(input: $input) {
    request { id status counts { processed total } } ${plan} userErrors { code message } } }`;
  const { body } = await gateway.post(
    { query, variables: { input } },
    { authorization: `Bearer ${tokens[caller]}` },
  );
  expect(body.errors).toBeUndefined();
  return body.data?.[field] as Payload;
}

const INPUT = { accountIds: GOING, regions: [REGION] };
const preview = async (caller: string, input: object = INPUT) =>
  (await ask(caller, 'disassociateMembers', { ...input, dryRun: true })).plan?.confirm ??
  expect.unreachable();

const INVALID = (why: string) => ({
  request: null,
  plan: null,
  userErrors: [
    {
      code: 'CONFIRMATION_INVALID',
      message: `expected the confirm token of a preview of the same input, and ${why}; send the same input with dryRun: true to get one`,
    },
  ],
});

describe('a removal without a valid confirmation records and sends nothing', () => {
  it('when the confirmation is missing', async () => {
    expect(await ask('ann', 'disassociateMembers', INPUT)).toMatchObject({
      request: null,
      userErrors: [{ code: 'CONFIRMATION_REQUIRED' }],
    });
  });

  it('when the confirmation is unknown, or belongs to another caller', async () => {
    const foreign = await preview('bob');
    for (const confirm of ['', 'confirm_x', `${foreign}x`, foreign]) {
      expect(await ask('ann', 'disassociateMembers', { ...INPUT, confirm })).toEqual(
        INVALID('this one was not given to the caller'),
      );
    }
  });

  it.each<[string, 'disassociateMembers' | 'deleteMembers', object]>([
    ['another operation', 'deleteMembers', {}],
    ['one account more', 'disassociateMembers', { accountIds: members(3) }],
    ['one account less', 'disassociateMembers', { accountIds: members(1) }],
    ['another region', 'disassociateMembers', { regions: ['eu-west-1'] }],
    ['fewer services', 'disassociateMembers', { services: ['GUARDDUTY'] }],
    ['a detector', 'disassociateMembers', { detectorId: 'd' }],
  ])('when it was given for %s', async (_what, field, changes) => {
    const confirm = await preview('ann');
    expect(await ask('ann', field, { ...INPUT, ...changes, confirm })).toEqual(
      INVALID('this one was given for another operation, other accounts or other targets'),
    );
  });

  it('when the confirmation has expired', async () => {
    const confirm = await preview('ann');
    await gateway.database.prisma.$executeRaw`UPDATE removal_confirmation SET expires_at = now()`;
    expect(await ask('ann', 'disassociateMembers', { ...INPUT, confirm })).toEqual(
      INVALID('this one is older than 15 minutes'),
    );
  });

  afterAll(async () => {
    expect(await gateway.sandbox.calls('DisassociateMembers')).toEqual([]);
    expect(await gateway.database.prisma.request.count()).toBe(0);
  });
});

describe('a confirmation', () => {
  it('is stored as a hash only', async () => {
    const confirm = await preview('ann');
    const rows = await gateway.database.prisma.$queryRaw<{ row: string }[]>`
      SELECT c::text AS row FROM removal_confirmation c`;
    expect(rows.length).toBeGreaterThan(0);
    for (const { row } of rows) {
      expect(row).not.toContain(confirm.slice('confirm_'.length));
    }
  });

  it('is valid for the same accounts in another order, and with another note', async () => {
    const confirm = await preview('ann');
    const input = { ...INPUT, accountIds: [...GOING].reverse(), note: 'OPS-7', waitSeconds: 30, confirm };
    expect(await ask('ann', 'disassociateMembers', input)).toMatchObject({
      userErrors: [],
      request: { status: 'SUCCEEDED', counts: { processed: 4, total: 4 } },
    });
  });

  it('records one request for many simultaneous inputs', async () => {
    await seedMembers(gateway.sandbox, GOING);
    const confirm = await preview('ann');
    const answers = await Promise.all(
      Array.from({ length: 6 }, () => ask('ann', 'disassociateMembers', { ...INPUT, confirm })),
    );
    expect(answers.filter(({ request }) => request !== null)).toHaveLength(1);
    expect(answers.filter(({ request }) => request === null)).toEqual(
      Array(5).fill(INVALID('this one was used for another removal')),
    );
  });

  it('that is used up still finds its request by idempotency key, and so does a new confirmation', async () => {
    const first = { ...INPUT, idempotencyKey: 'once', confirm: await preview('ann') };
    const made = await ask('ann', 'disassociateMembers', first);
    const again = await ask('ann', 'disassociateMembers', first);
    const anew = { ...first, confirm: await preview('ann') };
    const withAnother = await ask('ann', 'disassociateMembers', anew);
    expect([again.request?.id, withAnother.request?.id]).toEqual([made.request?.id, made.request?.id]);
    // That one is not used up by it.
    const { request } = await ask('ann', 'disassociateMembers', { ...anew, idempotencyKey: 'twice' });
    expect(request?.id).not.toBe(made.request?.id);
  });
});

describe('a retry of a removal', () => {
  it('needs the role ADMIN and retryable outcomes; other attempts are refused and recorded', async () => {
    await seedMembers(gateway.sandbox, GOING);
    const confirm = await preview('ann');
    await gateway.sandbox.put('faults', [{ match: { operation: 'DisassociateMembers' }, fault: 'throttle' }]);
    const { request } = await ask('ann', 'disassociateMembers', { ...INPUT, confirm, waitSeconds: 60 });
    await gateway.sandbox.put('faults', []);
    expect(request?.status).toBe('FAILED');

    const input = { requestId: request?.id };
    expect(await ask('otto', 'retryRequest', input)).toEqual({
      request: null,
      userErrors: [
        { code: 'FORBIDDEN', message: 'a retry of a removal is for the role admin, and you are operator' },
      ],
    });
    await expect
      .poll(async () => {
        const query = '{ deniedAttempts { nodes { callerId reason } } }';
        const { body } = await gateway.post({ query }, { authorization: `Bearer ${tokens['ann']}` });
        return (body.data?.['deniedAttempts'] as { nodes: unknown[] }).nodes;
      })
      .toEqual([{ callerId: expect.stringMatching(/^token_/), reason: 'Mutation.retryRequest' }]);
    expect(await ask('ann', 'retryRequest', { ...input, onlyRetryable: false })).toMatchObject({
      request: null,
      userErrors: [{ code: 'NOT_RETRYABLE' }],
    });
    expect((await ask('ann', 'retryRequest', input)).request).toMatchObject({
      status: 'SUCCEEDED',
      counts: { processed: 4, total: 4 },
    });
  });
});
