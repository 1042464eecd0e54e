import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  CancelRequestDocument,
  CreateMembersDocument,
  RequestDocument,
  RequestsWithRetriesDocument,
  RetryRequestDocument,
  type CreateMembersInput,
  type RetryRequestInput,
} from '../../generated/graphql.js';
import { accounts, startGateway, type TestGateway } from '../../support/gateway.js';

/** Slow in Security Hub, so that a request can be canceled while it runs. */
const SECURITYHUB = { SECURITYHUB_RATE: '4', SECURITYHUB_BURST: '4' };
const FAST = { services: ['GUARDDUTY' as const], regions: ['us-east-1'] };
const SLOW = { services: ['SECURITY_HUB' as const], regions: ['us-east-1', 'eu-west-1'] };
/** In seconds. The second is long enough for a request to be canceled meanwhile. */
const RETRY_DELAYS = [0.05, 1, 0.05, 0.05, 0.05];
const NOTHING = 'no outcome of the request ended UNPROCESSED or FAILED';

let gateway: TestGateway;
/** Where the next test's accounts begin: every test has its own, since the sandbox remembers. */
let first = 0;

beforeAll(async () => {
  gateway = await startGateway({ environment: SECURITYHUB, intervals: { retryDelays: RETRY_DELAYS } });
});
afterAll(() => gateway.stop());
beforeEach(async () => {
  first += 10_000;
  await gateway.sandbox.put('faults', []);
  await gateway.sandbox.put('latency', { ms: 0 });
  await gateway.sandbox.clearLog();
});

const create = async (input: CreateMembersInput) =>
  (await gateway.execute(CreateMembersDocument, { input })).createMembers?.request ?? expect.unreachable();
const retry = async (input: RetryRequestInput) =>
  (await gateway.execute(RetryRequestDocument, { input })).retryRequest ?? expect.unreachable();
const cancel = async (requestId: string) =>
  (await gateway.execute(CancelRequestDocument, { input: { requestId } })).cancelRequest ??
  expect.unreachable();
const requestNow = async (id: string) => (await gateway.execute(RequestDocument, { id })).request;

/** Whole calls to GuardDuty fail inside the service, for good. */
const breakGuardDuty = () =>
  gateway.sandbox.put('faults', [
    { match: { service: 'guardduty', operation: 'CreateMembers' }, fault: 'access-denied' },
  ]);

describe('retryRequest', () => {
  it('sends again what the service could not do, and can itself be retried', async () => {
    // The sandbox's magic endings: 900022 always an internal error, 900003 always the administrator itself.
    const magic = ['777755900022', '777755900003'].map((accountId) => ({
      accountId,
      email: 'm@example.com',
    }));
    const old = await create({ ...FAST, accounts: [...magic, ...accounts(3, first)], waitSeconds: 60 });
    expect(old).toMatchObject({ status: 'PARTIALLY_SUCCEEDED', counts: { processed: 3, unprocessed: 2 } });
    await gateway.sandbox.clearLog();

    const again = await retry({ requestId: old.id, note: 'again', waitSeconds: 60 });
    expect(again).toMatchObject({
      userErrors: [],
      request: {
        operation: 'CREATE_MEMBERS',
        status: 'FAILED',
        note: 'again',
        retryOf: { id: old.id },
        counts: { total: 1, unprocessed: 1 },
      },
    });
    const sent = await gateway.sandbox.calls('CreateMembers');
    expect(new Set(sent.flatMap(({ accountIds }) => accountIds))).toEqual(new Set(['777755900022']));

    const third = await retry({ requestId: again.request?.id ?? '', waitSeconds: 0 });
    expect(third.request).toMatchObject({ retryOf: { id: again.request?.id }, counts: { total: 1 } });
    await cancel(third.request?.id ?? '');
    await expect.poll(async () => (await requestNow(third.request?.id ?? ''))?.finishedAt).not.toBeNull();
  });

  it('goes only where an account failed, and there with what cannot pass when told so', async () => {
    await breakGuardDuty();
    const where = { services: ['GUARDDUTY' as const, 'SECURITY_HUB' as const], regions: ['us-east-1'] };
    const old = await create({ ...where, accounts: accounts(2, first) });
    expect(old).toMatchObject({ status: 'PARTIALLY_SUCCEEDED', counts: { processed: 2, failed: 2 } });
    expect(await retry({ requestId: old.id })).toMatchObject({
      request: null,
      userErrors: [
        {
          code: 'NOT_RETRYABLE',
          message: expect.stringContaining('2 would be sent again (ACCESS_DENIED 2)') as string,
        },
      ],
    });
    await gateway.sandbox.put('faults', []);
    const again = await retry({ requestId: old.id, onlyRetryable: false });
    expect(again.request).toMatchObject({ status: 'SUCCEEDED', counts: { total: 2, processed: 2 } });
    for (const { service } of again.request?.outcomes.nodes ?? []) {
      expect(service).toBe('GUARDDUTY');
    }
    expect(await retry({ requestId: again.request?.id ?? '' })).toMatchObject({
      userErrors: [{ code: 'NOT_RETRYABLE', message: NOTHING }],
    });
  });

  it('makes one request of several with the same key at once, and minds another input', async () => {
    await breakGuardDuty();
    const old = await create({ ...FAST, accounts: accounts(60, first) });
    await gateway.sandbox.put('faults', []);
    await gateway.sandbox.clearLog();
    const input = { requestId: old.id, onlyRetryable: false, idempotencyKey: `retry ${first}` };
    const payloads = await Promise.all([retry(input), retry(input), retry(input)]);
    expect(new Set(payloads.map(({ request }) => request?.id)).size).toBe(1);
    for (const { request } of payloads) {
      expect(request?.status).toBe('SUCCEEDED');
    }
    expect(await gateway.sandbox.calls('CreateMembers')).toHaveLength(2);
    expect(await retry({ ...input, note: 'another' })).toMatchObject({
      request: null,
      userErrors: [{ code: 'IDEMPOTENCY_KEY_REUSED' }],
    });
  });

  it('finds no request by another id', async () => {
    for (const requestId of ['nonsense', 'request_00000000-0000-7000-8000-000000000000']) {
      expect(await retry({ requestId })).toMatchObject({
        request: null,
        userErrors: [{ code: 'NOT_FOUND' }],
      });
      expect(await cancel(requestId)).toMatchObject({ request: null, userErrors: [{ code: 'NOT_FOUND' }] });
    }
  });
});

describe('cancelRequest', () => {
  it('lets what is in flight settle, withdraws the rest, and nothing is sent after it', async () => {
    await gateway.sandbox.put('latency', { ms: 1_500 });
    const running = create({ ...SLOW, accounts: accounts(5_000, first), waitSeconds: 60 });
    await expect.poll(async () => (await gateway.sandbox.calls('CreateMembers')).length).toBeGreaterThan(2);
    const { requests } = await gateway.execute(RequestsWithRetriesDocument, { first: 1 });
    const id = requests.nodes[0]?.id ?? '';
    expect(await retry({ requestId: id })).toMatchObject({ userErrors: [{ code: 'NOT_RETRYABLE' }] });

    const { request, userErrors } = await cancel(id);
    expect(userErrors).toEqual([]);
    expect(request).toMatchObject({ status: 'RUNNING', counts: { total: 10_000, pending: 0 } });
    const { inFlight = 0, canceled = 0, processed = 0 } = request?.counts ?? {};
    expect(inFlight).toBeGreaterThan(0);
    expect(inFlight + canceled + processed).toBe(10_000);

    // Callers that wait for the request are told.
    expect(await running).toMatchObject({
      id,
      status: 'PARTIALLY_SUCCEEDED',
      counts: { total: 10_000, processed: processed + inFlight, canceled },
    });
    const sent = await gateway.sandbox.calls('CreateMembers');
    expect(sent.flatMap(({ accountIds }) => accountIds)).toHaveLength(processed + inFlight);
    await sleep(1_000);
    expect(await gateway.sandbox.calls('CreateMembers')).toHaveLength(sent.length);
    expect(await cancel(id)).toMatchObject({ request: null, userErrors: [{ code: 'NOT_CANCELABLE' }] });
    expect(await retry({ requestId: id, onlyRetryable: false })).toMatchObject({
      userErrors: [{ code: 'NOT_RETRYABLE', message: NOTHING }],
    });
    // The lane goes on with what comes next.
    expect(await create({ ...SLOW, accounts: accounts(1, first + 6_000) })).toMatchObject({
      status: 'SUCCEEDED',
    });
  });

  it('ends at once a request whose accounts all wait to be sent again', async () => {
    await gateway.sandbox.put('faults', [
      { match: { service: 'guardduty', operation: 'CreateMembers' }, fault: 'throttle' },
    ]);
    const { id } = await create({ ...FAST, accounts: accounts(1, first), waitSeconds: 0 });
    // The delay before the third send is a second.
    await expect
      .poll(async () => (await requestNow(id))?.outcomes.nodes[0])
      .toMatchObject({ status: 'PENDING', sends: 2 });
    expect(await cancel(id)).toMatchObject({ request: { status: 'CANCELED', counts: { canceled: 1 } } });
    const sent = await gateway.sandbox.calls('CreateMembers');
    await sleep(1_500);
    expect(await gateway.sandbox.calls('CreateMembers')).toHaveLength(sent.length);
  });
});

describe('a page of requests with their retries nested', () => {
  it('takes the same statements for one request as for ten', async () => {
    await breakGuardDuty();
    const old = await create({ ...FAST, accounts: accounts(1, first) });
    for (let n = 0; n < 9; n += 1) {
      await retry({ requestId: old.id, onlyRetryable: false });
    }
    const statementsOf = async (page: number): Promise<number> => {
      const statements: string[] = [];
      const stop = gateway.database.onStatement((sql) => statements.push(sql));
      const { requests } = await gateway.execute(RequestsWithRetriesDocument, { first: page });
      stop();
      expect(requests.nodes).toHaveLength(page);
      if (page === 10) {
        expect(requests.nodes[9]).toMatchObject({ id: old.id, retryOf: null });
      }
      if (page === 10) {
        expect(requests.nodes[9]?.retries).toHaveLength(9);
      }
      return statements.filter((sql) => !/waiting_in_lane|claim_call|FROM lane/.test(sql)).length;
    };
    const one = await statementsOf(1);
    expect(await statementsOf(10)).toBeLessThanOrEqual(one + 2);
    expect(await statementsOf(10)).toBeLessThanOrEqual(7);
  });
});
