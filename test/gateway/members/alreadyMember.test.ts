import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  AddAlreadyMembersDocument,
  OutcomesDocument,
  RetryAlreadyMembersDocument,
  type CreateMembersInput,
} from '../../generated/graphql.js';
import { accounts, startGateway, type TestGateway } from '../../support/gateway.js';

const [PRESENT, NEW, LATER] = accounts(3).map((account) => [account]) as [
  ReturnType<typeof accounts>,
  ReturnType<typeof accounts>,
  ReturnType<typeof accounts>,
];
/** The sandbox refuses this account each time. */
const REFUSED = { accountId: '234567900016', email: 'refused@example.com' };
const WORDS = expect.stringContaining('already a member') as string;

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startGateway();
  await add({ accounts: PRESENT });
});
afterAll(() => gateway.stop());

async function add(input: CreateMembersInput) {
  const where = { regions: ['us-east-1'], services: ['SECURITY_HUB' as const] };
  const done = await gateway.execute(AddAlreadyMembersDocument, { input: { ...where, ...input } });
  return done.createMembers ?? expect.unreachable();
}

describe('an account that is a member already', () => {
  it('is UNPROCESSED by default', async () => {
    const { request } = await add({ accounts: PRESENT });
    expect(request).toMatchObject({
      status: 'FAILED',
      alreadyMember: 'UNPROCESSED',
      outcomes: { nodes: [{ status: 'UNPROCESSED', reasonCode: 'ALREADY_MEMBER', reason: WORDS }] },
    });
  });

  it('is PROCESSED if the request says so, with the words and the code', async () => {
    const { request } = await add({ accounts: [...PRESENT, ...NEW], alreadyMember: 'PROCESSED' });
    expect(request).toMatchObject({ status: 'SUCCEEDED', alreadyMember: 'PROCESSED' });
    expect(new Map(request?.outcomes.nodes.map(({ accountId, ...one }) => [accountId, one]))).toEqual(
      new Map([
        [
          PRESENT[0]?.accountId,
          { status: 'PROCESSED', reasonCode: 'ALREADY_MEMBER', reason: WORDS, retryable: false },
        ],
        [NEW[0]?.accountId, { status: 'PROCESSED', reasonCode: null, reason: null, retryable: false }],
      ]),
    );
    for (const status of [undefined, ['PROCESSED' as const]]) {
      const filter = { reasonCode: ['ALREADY_MEMBER' as const], requestId: request?.id ?? '', status };
      const { outcomes } = await gateway.execute(OutcomesDocument, { filter, first: 10 });
      expect(outcomes.nodes).toMatchObject([{ accountId: PRESENT[0]?.accountId, status: 'PROCESSED' }]);
    }
  });

  it('counts for each request by itself, also when they share a call', async () => {
    await gateway.sandbox.put('latency', { ms: 300 });
    // The first call keeps the lane busy, so the two that follow leave together.
    const [, strict, lenient] = await Promise.all([
      add({ accounts: LATER }),
      add({ accounts: PRESENT }),
      add({ accounts: PRESENT, alreadyMember: 'PROCESSED' }),
    ]);
    await gateway.sandbox.put('latency', { ms: 0 });
    expect(strict.request?.outcomes.nodes).toMatchObject([{ status: 'UNPROCESSED' }]);
    expect(lenient.request?.outcomes.nodes).toMatchObject([{ status: 'PROCESSED' }]);
  });

  it('counts in a retry as in the request that it retries', async () => {
    const { request } = await add({ accounts: [REFUSED, ...PRESENT], alreadyMember: 'PROCESSED' });
    expect(request?.status).toBe('PARTIALLY_SUCCEEDED');
    const input = { requestId: request?.id ?? '', onlyRetryable: false };
    const { retryRequest } = await gateway.execute(RetryAlreadyMembersDocument, { input });
    expect(retryRequest).toMatchObject({ request: { alreadyMember: 'PROCESSED' }, userErrors: [] });
  });

  it('is shown by a dry run with how it would count', async () => {
    const dryRun = { accounts: PRESENT, dryRun: true };
    for (const alreadyMember of ['PROCESSED', 'UNPROCESSED'] as const) {
      expect(await add({ ...dryRun, alreadyMember })).toMatchObject({
        plan: { alreadyMember, targets: [{ accounts: [{ verdict: 'ALREADY_MEMBER' }] }] },
      });
    }
  });
});

it('is part of the input that an idempotency key identifies, unless it is the default', async () => {
  const keyed = { accounts: PRESENT, idempotencyKey: 'nightly' };
  const { request } = await add(keyed);
  expect((await add({ ...keyed, alreadyMember: 'UNPROCESSED' })).request?.id).toBe(request?.id);
  expect(await add({ ...keyed, alreadyMember: 'PROCESSED' })).toMatchObject({
    request: null,
    userErrors: [{ code: 'IDEMPOTENCY_KEY_REUSED' }],
  });
});
