import { describe, expect, it } from 'vitest';
import { LOCAL_CALLER, type Caller } from '../../../src/membership.js';
import { createLoaders } from '../../../src/services/history/loaders.js';
import { createMemoryHistory, fill, uuid } from './memoryHistory.js';

function setUp(requests = 3, accounts = 2, caller: Caller = LOCAL_CALLER) {
  const store = createMemoryHistory();
  fill(store, requests, accounts);
  return { store, loaders: createLoaders(store, caller) };
}

const ids = (count: number) => Array.from({ length: count }, (_, i) => uuid(i + 1));

describe('lookups by key', () => {
  it('of one tick are one statement, with each key once', async () => {
    const { store, loaders } = setUp();
    const found = await Promise.all([uuid(2), uuid(1), uuid(2)].map((id) => loaders.request(id)));
    expect(found.map((row) => row?.id)).toEqual([uuid(2), uuid(1), uuid(2)]);
    expect(store.reads).toEqual(['requestsById']);
    expect(store.readArguments[0]?.[1]).toEqual([uuid(2), uuid(1)]);
  });

  it('find outcomes by target and account', async () => {
    const { store, loaders } = setUp();
    const key = { targetId: '1', accountId: '000000000002' };
    const [one, same, other, none] = await Promise.all([
      loaders.outcome(key),
      loaders.outcome({ ...key }),
      loaders.outcome({ targetId: '2', accountId: '000000000002' }),
      loaders.outcome({ targetId: '9', accountId: '000000000002' }),
    ]);
    expect([one?.targetId, same?.targetId, other?.targetId, none]).toEqual(['1', '1', '2', null]);
    expect(store.reads).toEqual(['outcomesByKey']);
    expect(store.readArguments[0]?.[1]).toHaveLength(3);
  });

  it('answer null for records that are not granted to the caller', async () => {
    const { loaders } = setUp(1, 1, { ...LOCAL_CALLER, administrators: ['other'] });
    expect(await loaders.request(uuid(1))).toBeNull();
    expect(await loaders.call(uuid(1001))).toBeNull();
  });

  it('of 10,000 keys are one statement, and one more key begins a second', async () => {
    const { store, loaders } = setUp(0);
    await Promise.all(ids(10_001).map((id) => loaders.call(id)));
    expect(store.readArguments.map(([, keys]) => (keys as string[]).length)).toEqual([10_000, 1]);
  });

  it('are cached until forget', async () => {
    const { store, loaders } = setUp();
    await loaders.request(uuid(1));
    await loaders.request(uuid(1));
    expect(store.reads).toHaveLength(1);
    loaders.forget();
    await loaders.request(uuid(1));
    expect(store.reads).toHaveLength(2);
  });
});

describe('lists inside records', () => {
  it('are read for all parents together, each answered with its own', async () => {
    const { store, loaders } = setUp();
    const pages = await Promise.all(ids(3).map((id) => loaders.outcomesOfRequest(id, {}, { first: 1 })));
    expect(pages.map((page) => page.edges.map(({ node }) => node.requestId))).toEqual(
      ids(3).map((id) => [id]),
    );
    await Promise.all(ids(3).map((id) => loaders.targets(id)));
    await Promise.all(ids(3).map((id) => loaders.callsOfRequest(id, {})));
    await Promise.all([1001, 1002].map((n) => loaders.outcomesOfCall(uuid(n), {})));
    expect(store.reads).toEqual([
      'outcomesOfRequests',
      'targetsOfRequests',
      'callsOfRequests',
      'outcomesOfCalls',
    ]);
  });

  it('share a statement only if their arguments are equal', async () => {
    const { store, loaders } = setUp();
    const page = { first: 10 };
    await Promise.all([
      loaders.outcomesOfRequest(uuid(1), { statuses: ['FAILED', 'PROCESSED'] }, page),
      loaders.outcomesOfRequest(uuid(2), { statuses: ['PROCESSED', 'FAILED', 'FAILED'], region: null }, page),
      loaders.outcomesOfRequest(uuid(3), { statuses: ['PROCESSED'] }, page),
      loaders.outcomesOfRequest(uuid(3), { statuses: ['PROCESSED'] }, { first: 10, after: '0' }),
    ]);
    expect(store.readArguments.map(([parents]) => parents)).toEqual([
      [uuid(1), uuid(2)],
      [uuid(3)],
      [uuid(3)],
    ]);
  });

  it('are read for at most 100 parents in a statement', async () => {
    const { store, loaders } = setUp(0);
    await Promise.all(ids(101).map((id) => loaders.outcomesOfRequest(id, {}, {})));
    expect(store.readArguments.map(([parents]) => (parents as string[]).length)).toEqual([100, 1]);
  });

  it('refuse a page that is too long before anything is read', async () => {
    const { store, loaders } = setUp();
    const fault = {
      code: 'BAD_USER_INPUT',
      message: 'first: expected a whole number from 1 to 100, got 101',
    };
    const page = { first: 101 };
    await expect(loaders.outcomesOfRequest(uuid(1), {}, page)).rejects.toMatchObject(fault);
    await expect(loaders.outcomesOfCall(uuid(1001), page)).rejects.toMatchObject(fault);
    await expect(loaders.callsOfRequest(uuid(1), page)).rejects.toMatchObject(fault);
    expect(store.reads).toEqual([]);
  });
});
