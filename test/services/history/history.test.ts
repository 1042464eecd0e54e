import { describe, expect, it } from 'vitest';
import { LOCAL_CALLER, type Caller } from '../../../src/membership.js';
import type { OutcomesQuery } from '../../../src/services/input/checkFilters.js';
import { createHistory } from '../../../src/services/history/history.js';
import { createMemoryHistory, uuid } from './memoryHistory.js';

const GRANTED: Caller = { ...LOCAL_CALLER, administrators: ['security'] };

function setUp() {
  const store = createMemoryHistory();
  return { store, history: createHistory(store) };
}

describe('page arguments', () => {
  it('default to the first 50', async () => {
    const { store, history } = setUp();
    await history.requests(LOCAL_CALLER, {}, {});
    await history.calls(LOCAL_CALLER, {}, { first: null, after: null });
    await history.outcomes(LOCAL_CALLER, {}, { first: 1, after: 'cursor' });
    expect(store.readArguments.map((args) => args.at(-1))).toEqual([
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
      await expect(history.requests(LOCAL_CALLER, {}, { first })).rejects.toMatchObject(fault);
      await expect(history.outcomes(LOCAL_CALLER, {}, { first })).rejects.toMatchObject(fault);
      await expect(history.calls(LOCAL_CALLER, {}, { first })).rejects.toMatchObject(fault);
      expect(store.reads).toEqual([]);
    },
  );

  it('of 1 and of 100 entries are accepted', async () => {
    const { store, history } = setUp();
    await history.calls(LOCAL_CALLER, {}, { first: 1 });
    await history.calls(LOCAL_CALLER, {}, { first: 100 });
    expect(store.reads).toHaveLength(2);
  });
});

describe('a page read backward', () => {
  it('reaches the store as the last rows before a cursor, by default 50', async () => {
    const { store, history } = setUp();
    await history.requests(LOCAL_CALLER, {}, { last: 7 });
    await history.calls(LOCAL_CALLER, {}, { before: 'cursor' });
    expect(store.readArguments.map((args) => args.at(-1))).toEqual([
      { last: 7, before: null },
      { last: 50, before: 'cursor' },
    ]);
  });

  it.each([
    [{ first: 1, last: 1 }, 'first: expected none together with last;'],
    [{ first: 1, before: 'x' }, 'first: expected none together with before;'],
    [{ last: 1, after: 'x' }, 'after: expected none together with last;'],
    [{ before: 'x', after: 'x' }, 'after: expected none together with before;'],
    [{ last: 101 }, 'last: expected a whole number from 1 to 100, got 101'],
    [{ last: 0, before: 'x' }, 'last: expected a whole number from 1 to 100, got 0'],
  ])('is refused by the argument that is wrong: %j', async (page, message) => {
    const { store, history } = setUp();
    await expect(history.calls(LOCAL_CALLER, {}, page)).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
      message: expect.stringContaining(message),
    });
    expect(store.reads).toEqual([]);
  });
});

describe('the filter of outcomes', () => {
  it('reaches the store in the form of the port, with the caller', async () => {
    const { store, history } = setUp();
    const [settledAfter, settledBefore] = [new Date(1), new Date(2)];
    const asked: OutcomesQuery = {
      requestId: `request_${uuid(1)}`,
      accountId: ['000000000001'],
      operation: ['CREATE_MEMBERS'],
      status: ['FAILED'],
      reasonCode: ['THROTTLED'],
      administrator: 'security',
      service: 'SECURITY_HUB',
      region: 'eu-west-1',
      settledAfter,
      settledBefore,
    };
    const outcomes = await history.outcomes(GRANTED, asked, {});
    await outcomes.count();
    const filter = {
      requestId: uuid(1),
      accountIds: ['000000000001'],
      operations: ['CREATE_MEMBERS'],
      statuses: ['FAILED'],
      reasonCodes: ['THROTTLED'],
      administrator: 'security',
      service: 'SECURITY_HUB',
      region: 'eu-west-1',
      settledAfter,
      settledBefore,
    };
    expect(store.readArguments.map((args) => args.slice(0, 2))).toEqual([
      [GRANTED, filter],
      [GRANTED, filter],
    ]);
    expect(store.readArguments[1]?.[2]).toBe(10_000);
  });

  it('has no condition for an absent or null member', async () => {
    const { store, history } = setUp();
    await history.outcomes(LOCAL_CALLER, { requestId: null, accountId: null }, {});
    await history.requests(LOCAL_CALLER, {}, {});
    await history.calls(LOCAL_CALLER, { status: null }, {});
    for (const args of store.readArguments) {
      expect(new Set(Object.values(args[1] as object))).toEqual(new Set([null]));
    }
  });

  it('keeps an empty list, which matches no outcome', async () => {
    const { store, history } = setUp();
    await history.outcomes(LOCAL_CALLER, { accountId: [], status: [] }, {});
    expect(store.readArguments[0]?.[1]).toMatchObject({ accountIds: [], statuses: [] });
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

describe('the filters of requests and calls', () => {
  it.each([
    [{ accountId: '12' }, 'filter.accountId: expected an AWS account id of exactly 12 digits, got "12"'],
    [{ note: 'x'.repeat(1001) }, 'filter.note: expected 0 to 1000 characters, got 1001'],
    [
      { createdAfter: new Date(5), createdBefore: new Date(5) },
      'filter.createdBefore: expected a moment after filter.createdAfter, 1970-01-01T00:00:00.005Z, got 1970-01-01T00:00:00.005Z',
    ],
  ])('of requests refuse what cannot be meant: %j', async (asked, message) => {
    const { store, history } = setUp();
    await expect(history.requests(LOCAL_CALLER, asked, {})).rejects.toMatchObject({ message });
    expect(store.reads).toEqual([]);
  });

  it('of outcomes and of calls refuse a time that ends before it begins', async () => {
    const { history } = setUp();
    const [late, early] = [new Date(9), new Date(5)];
    await expect(
      history.outcomes(LOCAL_CALLER, { settledAfter: late, settledBefore: early }, {}),
    ).rejects.toMatchObject({
      message: expect.stringMatching(/^filter.settledBefore: expected a moment after/),
    });
    await expect(
      history.calls(LOCAL_CALLER, { startedAfter: late, startedBefore: early }, {}),
    ).rejects.toMatchObject({
      message: expect.stringMatching(/^filter.startedBefore: expected a moment after/),
    });
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
