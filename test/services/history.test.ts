import { describe, expect, it } from 'vitest';
import { LOCAL_CALLER, type Caller } from '../../src/membership.js';
import { createHistory, type AskedOutcomes } from '../../src/services/history.js';
import { createMemoryHistory, uuid } from './memoryHistory.js';

const GRANTED: Caller = { ...LOCAL_CALLER, administrators: ['security'] };

function setUp() {
  const store = createMemoryHistory();
  return { store, history: createHistory(store) };
}

describe('page arguments', () => {
  it('default to the first 50', async () => {
    const { store, history } = setUp();
    await history.requests(LOCAL_CALLER, {});
    await history.calls(LOCAL_CALLER, { first: null, after: null });
    await history.outcomes(LOCAL_CALLER, {}, { first: 1, after: 'cursor' });
    expect(store.asked.map((args) => args.at(-1))).toEqual([
      { first: 50, after: null },
      { first: 50, after: null },
      { first: 1, after: 'cursor' },
    ]);
  });

  it.each([0, -1, 101, 1.5, Number.NaN])(
    'of %d entries are refused before the store is asked',
    async (first) => {
      const { store, history } = setUp();
      const fault = {
        code: 'BAD_USER_INPUT',
        message: `first: expected a whole number from 1 to 100, got ${first}`,
      };
      await expect(history.requests(LOCAL_CALLER, { first })).rejects.toMatchObject(fault);
      await expect(history.outcomes(LOCAL_CALLER, {}, { first })).rejects.toMatchObject(fault);
      await expect(history.calls(LOCAL_CALLER, { first })).rejects.toMatchObject(fault);
      expect(store.reads).toEqual([]);
    },
  );

  it('of 1 and of 100 entries are fine', async () => {
    const { store, history } = setUp();
    await history.calls(LOCAL_CALLER, { first: 1 });
    await history.calls(LOCAL_CALLER, { first: 100 });
    expect(store.reads).toHaveLength(2);
  });
});

describe('the filter of outcomes', () => {
  it('reaches the store in its own terms, with the caller', async () => {
    const { store, history } = setUp();
    const asked: AskedOutcomes = {
      requestId: `request_${uuid(1)}`,
      accountId: ['000000000001'],
      status: ['FAILED'],
      service: 'SECURITY_HUB',
      region: 'eu-west-1',
    };
    await history.outcomes(GRANTED, asked, {});
    expect(store.asked[0]?.slice(0, 2)).toEqual([
      GRANTED,
      {
        requestId: uuid(1),
        accountIds: ['000000000001'],
        statuses: ['FAILED'],
        service: 'SECURITY_HUB',
        region: 'eu-west-1',
      },
    ]);
  });

  it('does not narrow by what is absent or null', async () => {
    const { store, history } = setUp();
    await history.outcomes(LOCAL_CALLER, { requestId: null, accountId: null }, {});
    expect(store.asked[0]?.[1]).toEqual({
      requestId: null,
      accountIds: null,
      statuses: null,
      service: null,
      region: null,
    });
  });

  it('leaves an empty list empty, which matches nothing', async () => {
    const { store, history } = setUp();
    await history.outcomes(LOCAL_CALLER, { accountId: [], status: [] }, {});
    expect(store.asked[0]?.[1]).toMatchObject({ accountIds: [], statuses: [] });
  });

  it.each([
    [
      { accountId: ['000000000001', '12'] },
      'filter.accountId.1: expected an AWS account id of exactly 12 digits, got "12"',
    ],
    [
      { requestId: 'outcome_1_000000000001' },
      'filter.requestId: expected the id of a MembershipRequest, request_ and a UUID, got "outcome_1_000000000001"',
    ],
    [
      { requestId: '' },
      'filter.requestId: expected the id of a MembershipRequest, request_ and a UUID, got ""',
    ],
  ])('%j is refused by name before the store is asked', async (asked, message) => {
    const { store, history } = setUp();
    await expect(history.outcomes(LOCAL_CALLER, asked, {})).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
      message,
    });
    expect(store.reads).toEqual([]);
  });
});

describe('the accounts of a filter', () => {
  it('are at most 100', async () => {
    const { store, history } = setUp();
    const accountId = (count: number) => ({ accountId: Array<string>(count).fill('222233334444') });
    await history.outcomes(LOCAL_CALLER, accountId(100), {});
    await expect(history.outcomes(LOCAL_CALLER, accountId(101), {})).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
      message: 'filter.accountId: expected at most 100 accounts, got 101',
    });
    expect(store.reads).toHaveLength(1);
  });
});
