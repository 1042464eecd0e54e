import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  CreateMembersDocument,
  DeleteMembersDocument,
  PlanCreateMembersDocument,
  RefreshInventoryDocument,
  RequestDocument,
} from '../../generated/graphql.js';
import type { PassingCall, ReplaceAnswer } from '../../support/answerProxy.js';
import { accounts, startGateway, type TestGateway } from '../../support/gateway.js';
import { members, OWN, REGION, seedMembers, SERVICES } from '../../support/removalFixture.js';
import { QUICK_RETRIES } from '../../support/speed.js';

const GRAPHQL = { guardduty: 'GUARDDUTY', securityhub: 'SECURITY_HUB' } as const;
const HOSTILE = 'a\u0000b\uD800';

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startGateway({ proxied: true, intervals: { retryDelays: QUICK_RETRIES } });
});
afterAll(() => gateway.stop());
beforeEach(async () => {
  gateway.proxy.replace(null);
  await gateway.sandbox.put('faults', []);
});

/** Every spelling of a field that either service uses. */
const both = (fields: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(fields).flatMap(([name, value]) => [
      [name, value],
      [name.slice(0, 1).toUpperCase() + name.slice(1), value],
    ]),
  );

const isRead = ({ path }: PassingCall): boolean => path.endsWith('/get');
const isDeletion = ({ path }: PassingCall): boolean => path.endsWith('/delete');
const isCreation = ({ path, method }: PassingCall): boolean => method === 'POST' && /\/members?$/.test(path);
const isList = ({ path, method }: PassingCall): boolean => method === 'GET' && /\/members?\?/.test(path);

async function create(first: number, count = 3) {
  const input = { accounts: accounts(count, first), regions: [REGION], waitSeconds: 20 };
  return (await gateway.execute(CreateMembersDocument, { input })).createMembers?.request;
}

/** Texts in places where a service has its own. */
const UNPROCESSED = both({
  unprocessedAccounts: [
    both({ accountId: accounts(1, 100)[0]?.accountId, result: HOSTILE, processingResult: HOSTILE }),
    both({ accountId: 5, result: 5, processingResult: 5 }),
    both({ accountId: HOSTILE, result: 'x'.repeat(500_000), processingResult: null }),
  ],
});
const HOSTILE_ANSWERS: Record<string, Exclude<ReturnType<ReplaceAnswer>, undefined>> = {
  'results and account ids': { body: UNPROCESSED },
  'an error': { status: 400, body: both({ message: HOSTILE, code: HOSTILE, __type: HOSTILE }) },
  'an error whose words are numbers': { status: 400, body: both({ message: 5, __type: 5 }) },
  'a body of 10 MB': { body: { ...UNPROCESSED, x: 'x'.repeat(10_000_000) } },
};

describe.each(Object.entries(HOSTILE_ANSWERS))('%s that PostgreSQL cannot hold', (_what, answer) => {
  it('end one request, and stop no other', async () => {
    gateway.proxy.replace((call) => (isCreation(call) ? answer : undefined));
    expect(await create(100)).toMatchObject({ status: expect.stringMatching(/SUCCEEDED|FAILED/) });
    gateway.proxy.replace(null);
    expect(await create(200 + 10 * Object.values(HOSTILE_ANSWERS).indexOf(answer))).toMatchObject({
      status: 'SUCCEEDED',
    });
  });
});

it.each([429, 503])('a %i with Retry-After gets no other request before', async (status) => {
  const times: number[] = [];
  gateway.proxy.replace((call) => {
    if (call.service !== 'securityhub') {
      return undefined;
    }
    times.push(performance.now());
    return times.length > 1 ? undefined : { status, headers: { 'retry-after': '1' }, body: {} };
  });
  expect(await create(status)).toMatchObject({ status: 'SUCCEEDED' });
  // The call itself after 429; after 503, which may have done the work, the read-back.
  expect(times[1]! - times[0]!).toBeGreaterThanOrEqual(1_000);
});

it('a status that is a number, and an address with NUL, are read like any other', async () => {
  const accountId = members(1, 300)[0] ?? '';
  const member = both({
    accountId,
    email: HOSTILE,
    relationshipStatus: 5,
    memberStatus: 5,
    updatedAt: '-271821-04-20T00:00:00Z',
  });
  gateway.proxy.replace((call) =>
    isList(call) && call.service === 'guardduty' ? { body: both({ members: [member] }) } : undefined,
  );
  // Another region: the share of a removal is counted in an inventory that is young.
  const input = { regions: ['eu-west-1'], services: ['GUARDDUTY' as const], waitSeconds: 20 };
  const { refreshInventory } = await gateway.execute(RefreshInventoryDocument, { input });
  expect(refreshInventory?.targets).toMatchObject([{ status: 'OBSERVED', members: 1 }]);
});

/** Reads that say nothing of their accounts. */
const NOTHING: Record<string, (call: PassingCall) => Record<string, unknown>> = {
  'an empty object': () => ({}),
  'empty lists': () => both({ members: [], unprocessedAccounts: [] }),
  'an internal error for each account': ({ input }) => {
    const { accountIds, AccountIds } = input as { accountIds?: string[]; AccountIds?: string[] };
    const words = 'Internal error';
    const entries = (accountIds ?? AccountIds ?? []).map((accountId) =>
      both({ accountId, result: words, processingResult: words }),
    );
    return both({ members: [], unprocessedAccounts: entries });
  },
};

describe.each(Object.entries(NOTHING))('a GetMembers that answers with %s', (_what, bodyOf) => {
  const readsSayNothing: ReplaceAnswer = (call) => (isRead(call) ? { body: bodyOf(call) } : undefined);

  it.each(SERVICES)('confirms no removal at %s', async (service) => {
    await seedMembers(gateway.sandbox, members(50, 400));
    gateway.proxy.replace(readsSayNothing);
    const input = {
      accountIds: members(5, 400),
      services: [GRAPHQL[service]],
      regions: [REGION],
      dryRun: true,
    };
    const { deleteMembers } = await gateway.execute(DeleteMembersDocument, { input });
    expect(deleteMembers).toMatchObject({
      plan: { confirm: null, targets: [{ accounts: expect.any(Array) }] },
    });
    for (const account of deleteMembers?.plan?.targets[0]?.accounts ?? expect.unreachable()) {
      expect(account).toMatchObject({ verdict: 'UNKNOWN', memberStatus: null });
    }
  });

  it.each(SERVICES)('decides nothing of a deletion at %s that never arrived', async (service) => {
    await seedMembers(gateway.sandbox, members(100, 500), 'Removed');
    const input = {
      accountIds: members(5, 500),
      services: [GRAPHQL[service]],
      regions: [REGION],
      waitSeconds: 1,
    };
    const preview = await gateway.execute(DeleteMembersDocument, { input: { ...input, dryRun: true } });
    const confirm = preview.deleteMembers?.plan?.confirm ?? expect.unreachable();
    let lost = 0;
    gateway.proxy.replace((call) => {
      if (isDeletion(call) && lost++ === 0) {
        return { status: 502, headers: { 'content-type': 'text/html' }, body: '<html>' };
      }
      return readsSayNothing(call);
    });
    const { deleteMembers } = await gateway.execute(DeleteMembersDocument, { input: { ...input, confirm } });
    expect(deleteMembers?.request).toMatchObject({ counts: { inFlight: 5, processed: 0 } });
    gateway.proxy.replace(null);
    const id = deleteMembers?.request?.id ?? '';
    await expect
      .poll(async () => (await gateway.execute(RequestDocument, { id })).request)
      .toMatchObject({ status: 'SUCCEEDED', counts: { processed: 5 } });
    expect(await gateway.sandbox.members(OWN, REGION, service)).not.toContainEqual(
      expect.objectContaining({ accountId: members(1, 500)[0] }),
    );
  });
});

it('an account of which GetMembers says nothing does not hold up the others of its call', async () => {
  const [first = ''] = members(1, 600);
  let lost = 0;
  let silent = true;
  gateway.proxy.replace((call) => {
    if (isCreation(call) && call.service === 'guardduty' && lost++ === 0) {
      return { performed: true, status: 500, body: 'lost' };
    }
    if (!isRead(call) || call.service !== 'guardduty' || !silent) {
      return undefined;
    }
    const { accountIds } = call.input as { accountIds: string[] };
    const updatedAt = new Date().toISOString();
    const seen = accountIds.filter((accountId) => accountId !== first);
    return {
      body: {
        members: seen.map((accountId) => ({ accountId, relationshipStatus: 'Created', updatedAt })),
        unprocessedAccounts: [],
      },
    };
  });
  const input = {
    accounts: accounts(4, 600),
    regions: [REGION],
    services: ['GUARDDUTY' as const],
    waitSeconds: 1,
  };
  const { createMembers } = await gateway.execute(CreateMembersDocument, { input });
  expect(createMembers?.request).toMatchObject({ counts: { inFlight: 1, processed: 3 } });
  silent = false;
  const id = createMembers?.request?.id ?? '';
  await expect
    .poll(async () => (await gateway.execute(RequestDocument, { id })).request)
    .toMatchObject({ status: 'SUCCEEDED', counts: { processed: 4 } });
});

it('an account that cannot be read leaves the others of a preview known', async () => {
  const [first = '', second = ''] = members(2, 650);
  await seedMembers(gateway.sandbox, members(40, 650), 'Removed');
  gateway.proxy.replace((call) => {
    const { AccountIds = [] } = (call.input ?? {}) as { AccountIds?: string[] };
    const known = AccountIds.filter((accountId) => accountId !== first);
    return isRead(call) && call.service === 'securityhub'
      ? {
          body: {
            Members: known.map((AccountId) => ({ AccountId, MemberStatus: 'Removed' })),
            UnprocessedAccounts: [{ AccountId: first, ProcessingResult: 'Internal error' }],
          },
        }
      : undefined;
  });
  const where = { services: ['SECURITY_HUB' as const], regions: [REGION], dryRun: true };
  const { deleteMembers } = await gateway.execute(DeleteMembersDocument, {
    input: { ...where, accountIds: [first, second] },
  });
  const { createMembers } = await gateway.execute(PlanCreateMembersDocument, {
    input: { ...where, accounts: accounts(2, 650) },
  });
  const unknown = { accountId: first, verdict: 'UNKNOWN', memberStatus: null };
  expect(deleteMembers).toMatchObject({
    plan: {
      confirm: null,
      targets: [
        {
          reasonCode: 'INTERNAL_ERROR',
          going: [{ status: 'REMOVED', members: 1 }],
          share: { counted: 2 },
          accounts: [unknown, { accountId: second, verdict: 'WOULD_DELETE', memberStatus: 'REMOVED' }],
        },
      ],
    },
    userErrors: [
      {
        code: 'PREVIEW_INCOMPLETE',
        message: expect.stringContaining(`1 of 2 accounts could not be read, such as ${first}: `),
      },
    ],
  });
  expect(createMembers?.plan?.targets).toMatchObject([
    {
      reasonCode: 'INTERNAL_ERROR',
      limitChecked: false,
      accounts: [unknown, { accountId: second, verdict: 'WOULD_CREATE' }],
    },
  ]);
});

it('an empty list does not replace the inventory the first time', async () => {
  await seedMembers(gateway.sandbox, members(100, 700));
  const input = { regions: [REGION], services: ['SECURITY_HUB' as const], waitSeconds: 20 };
  const refresh = async () =>
    (await gateway.execute(RefreshInventoryDocument, { input })).refreshInventory?.targets[0];
  const known = (await refresh())?.members ?? 0;
  expect(known).toBeGreaterThanOrEqual(100);
  let lists = 0;
  gateway.proxy.replace((call) => (isList(call) && lists++ === 0 ? { body: {} } : undefined));
  expect(await refresh()).toMatchObject({ status: 'OBSERVED', members: known });
});

it.each(SERVICES)('a quota of %s refuses a call once, and is no throttle', async (service) => {
  await gateway.sandbox.clearLog();
  await gateway.sandbox.put('faults', [{ match: { service, operation: 'CreateMembers' }, fault: 'quota' }]);
  const input = {
    accounts: accounts(2, 900),
    regions: [REGION],
    services: [GRAPHQL[service]],
    waitSeconds: 20,
  };
  const { createMembers } = await gateway.execute(CreateMembersDocument, { input });
  const ending = { status: 'FAILED', reasonCode: 'MEMBER_LIMIT_REACHED', retryable: false };
  expect(createMembers?.request).toMatchObject({
    status: 'FAILED',
    outcomes: { nodes: [ending, ending] },
  });
  expect(await gateway.sandbox.calls('CreateMembers')).toHaveLength(1);
});

it('one cause has one text in both services of a request', async () => {
  await gateway.sandbox.put('faults', [{ fault: 'access-denied' }]);
  await gateway.sandbox.put('detectors', { account: OWN, region: 'eu-west-1', detectorId: 'f'.repeat(32) });
  const input = { accounts: accounts(1, 950), regions: ['eu-west-1'], waitSeconds: 20 };
  const { createMembers } = await gateway.execute(CreateMembersDocument, { input });
  const reasons = createMembers?.request?.outcomes.nodes.map(({ reason }) => reason ?? '') ?? [];
  expect(reasons).toHaveLength(2);
  for (const reason of reasons) {
    expect(reason).toMatch(/^User: .* is not authorized to perform: /);
  }
});

it('a ListDetectors without its list is no answer', async () => {
  let lookups = 0;
  const other = 'eu-west-1';
  gateway.proxy.replace(({ path }) => (path === '/detector' && lookups++ === 0 ? { body: {} } : undefined));
  const input = {
    accounts: accounts(2, 800),
    regions: [other],
    services: ['GUARDDUTY' as const],
    waitSeconds: 20,
  };
  expect((await gateway.execute(CreateMembersDocument, { input })).createMembers?.request).toMatchObject({
    status: 'SUCCEEDED',
  });
});
