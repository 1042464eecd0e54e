import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  CoverageDocument,
  RefreshInventoryDocument,
  type CoverageQueryVariables,
} from '../../generated/graphql.js';
import { accounts, startGateway, type TestGateway } from '../../support/gateway.js';

const ACCOUNT = '111122223333';
const IDS = accounts(60).map(({ accountId }) => accountId);
const HUB_US = { service: 'SECURITY_HUB', region: 'us-east-1' } as const;
const HUB_EU = { service: 'SECURITY_HUB', region: 'eu-west-1' } as const;
const GUARD_US = { service: 'GUARDDUTY', region: 'us-east-1' } as const;

let gateway: TestGateway;

/** Sixty are enabled in Security Hub of one region; of these, ten are invited and five missing in the other. */
beforeAll(async () => {
  gateway = await startGateway();
  const seed = (service: string, region: string, members: { accountId: string; status: string }[]) =>
    gateway.sandbox.seed({ account: ACCOUNT, region, service }, members);
  await seed(
    'securityhub',
    'us-east-1',
    IDS.map((accountId) => ({ accountId, status: 'Enabled' })),
  );
  await seed(
    'securityhub',
    'eu-west-1',
    IDS.slice(5).map((accountId, n) => ({ accountId, status: n < 10 ? 'Invited' : 'Enabled' })),
  );
  await gateway.execute(RefreshInventoryDocument, { input: { services: ['SECURITY_HUB'] } });
});
beforeEach(() => gateway.sandbox.clearLog());
afterAll(() => gateway.stop());

const ask = async (asked: CoverageQueryVariables = {}) =>
  (await gateway.execute(CoverageDocument, asked)).coverage;

describe('the coverage of an administrator', () => {
  it('counts members by status for each service and region, with the age of the count', async () => {
    const { administrator, targets } = await ask();
    expect(administrator).toBe('default');
    expect(targets.map(({ service, region }) => `${service} ${region}`)).toEqual([
      'GUARDDUTY us-east-1',
      'GUARDDUTY eu-west-1',
      'SECURITY_HUB us-east-1',
      'SECURITY_HUB eu-west-1',
    ]);
    expect(targets[0]).toMatchObject({ ...GUARD_US, observedAt: null, members: 0, statuses: [] });
    expect(targets[2]).toMatchObject({ members: 60, statuses: [{ status: 'ENABLED', members: 60 }] });
    expect(targets[3]).toMatchObject({
      members: 55,
      statuses: [
        { status: 'INVITED', members: 10 },
        { status: 'ENABLED', members: 45 },
      ],
      observedAt: expect.stringMatching(/^\d{4}-/),
    });
    expect(await gateway.sandbox.log()).toEqual([]);
  });

  it('lists accounts that are enabled in some targets only, and omits targets never observed', async () => {
    const { gapCount, gaps } = await ask({ first: 1000 });
    expect(gapCount).toBe(15);
    expect(gaps.map(({ accountId }) => accountId)).toEqual(IDS.slice(0, 15));
    expect(gaps[0]).toEqual({
      accountId: IDS[0],
      enabledIn: [{ ...HUB_US, status: 'ENABLED' }],
      missingIn: [{ ...HUB_EU, status: 'NOT_A_MEMBER' }],
    });
    expect(gaps[7]?.missingIn).toEqual([{ ...HUB_EU, status: 'INVITED' }]);
  });

  it('shows the first gaps, continues after any of them, and counts all', async () => {
    const first = await ask({ first: 4 });
    expect(first.gapCount).toBe(15);
    expect(first.gaps.map(({ accountId }) => accountId)).toEqual(IDS.slice(0, 4));
    const next = await ask({ first: 4, after: first.gaps.at(-1)?.accountId ?? null });
    expect(next.gapCount).toBe(15);
    expect(next.gaps.map(({ accountId }) => accountId)).toEqual(IDS.slice(4, 8));
  });

  it('can be limited to accounts, which then count as NOT_A_MEMBER where they are missing', async () => {
    const accountIds = [IDS[0] ?? '', IDS[20] ?? '', '999999999999', IDS[0] ?? ''];
    const { targets, gapCount, gaps } = await ask({ accountIds });
    expect(targets[2]).toMatchObject({
      members: 2,
      statuses: [
        { status: 'ENABLED', members: 2 },
        { status: 'NOT_A_MEMBER', members: 1 },
      ],
    });
    expect(targets[3]).toMatchObject({
      members: 1,
      statuses: [
        { status: 'ENABLED', members: 1 },
        { status: 'NOT_A_MEMBER', members: 2 },
      ],
    });
    expect([gapCount, gaps.map(({ accountId }) => accountId)]).toEqual([1, [IDS[0]]]);
    expect(targets[0]).toMatchObject({ observedAt: null, statuses: [] });
  });

  it('is one statement', async () => {
    const statements: string[] = [];
    const stop = gateway.database.onStatement((sql) => statements.push(sql));
    await ask({ first: 1000 });
    stop();
    expect(statements.filter((sql) => sql.includes('inventory_member'))).toHaveLength(1);
  });

  it('is refused with an argument that is out of range', async () => {
    const errorsOf = async (args: string) =>
      (await gateway.post({ query: `{ coverage(${args}) { gapCount } }` })).body.errors?.map(
        ({ message, extensions }) => `${extensions.code} ${message}`,
      );
    expect(await errorsOf('first: 1001')).toEqual([
      'BAD_USER_INPUT first: expected a whole number from 1 to 1000, got 1001',
    ]);
    expect(await errorsOf('administrator: "nobody"')).toEqual([
      'BAD_USER_INPUT administrator: expected one of the configured administrators (default), got "nobody"',
    ]);
    expect(await errorsOf('after: "12"')).toHaveLength(1);
  });
});
