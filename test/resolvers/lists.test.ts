import { describe, expect, it } from 'vitest';
import { createMemoryHistory, fill, requestRow, uuid } from '../services/history/memoryHistory.js';
import { execute } from './execute.js';

function filled(requests = 1, accounts = 3) {
  const store = createMemoryHistory();
  fill(store, requests, accounts);
  return store;
}

describe('a list', () => {
  it('is paged forward by cursor', async () => {
    const source = `query ($after: String) { outcomes(first: 2, after: $after) {
      totalCount edges { cursor node { accountId } } nodes { accountId }
      pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }`;
    const store = filled(1, 3);
    const first = await execute(source, {}, { store });
    expect(first.data).toEqual({
      outcomes: {
        totalCount: 3,
        edges: [
          { cursor: '0', node: { accountId: '000000000001' } },
          { cursor: '1', node: { accountId: '000000000002' } },
        ],
        nodes: [{ accountId: '000000000001' }, { accountId: '000000000002' }],
        pageInfo: { hasNextPage: true, hasPreviousPage: false, startCursor: '0', endCursor: '1' },
      },
    });
    const second = await execute(source, { after: '1' }, { store });
    expect(second.data).toMatchObject({
      outcomes: {
        nodes: [{ accountId: '000000000003' }],
        pageInfo: { hasNextPage: false, hasPreviousPage: true, startCursor: '2', endCursor: '2' },
      },
    });
  });

  it('without entries has no cursors', async () => {
    const { data } = await execute(
      '{ calls { nodes { id } pageInfo { hasNextPage startCursor endCursor } } }',
    );
    expect(data).toEqual({
      calls: { nodes: [], pageInfo: { hasNextPage: false, startCursor: null, endCursor: null } },
    });
  });

  it.each(['requests(first: 0)', 'outcomes(first: 101)', 'calls(first: -1)'])(
    'refuses a page of a wrong size: %s',
    async (field) => {
      const { errors } = await execute(`{ ${field} { nodes { id } } }`);
      expect(errors).toEqual([
        expect.stringMatching(/^first: expected a whole number from 1 to 100, got -?\d+$/),
      ]);
    },
  );

  it.each(['outcomes', 'unprocessed', 'calls'])(
    'inside a request has 50 entries when first is null: %s',
    async (field) => {
      const store = filled();
      await execute(
        `{ requests(first: null) { nodes { ${field}(first: null) { nodes { id } } } } }`,
        {},
        { store },
      );
      expect(store.readArguments.map((args) => args.at(-1))).toEqual([
        { first: 50, after: null },
        { first: 50, after: null },
      ]);
    },
  );

  it('of outcomes is narrowed by its filter', async () => {
    const { data } = await execute(
      'query ($filter: OutcomeFilter) { outcomes(filter: $filter) { nodes { id } } }',
      { filter: { requestId: `request_${uuid(2)}`, accountId: ['000000000002'], status: ['PROCESSED'] } },
      { store: filled(3, 3) },
    );
    expect(data).toEqual({ outcomes: { nodes: [{ id: 'outcome_2_000000000002' }] } });
  });
});

describe('the reads of an operation', () => {
  it('are as many for 20 requests as for one, with nested lists too', async () => {
    const source = `{ requests(first: 20) { nodes {
      counts { total } targets { counts { total } }
      outcomes(first: 10) { totalCount nodes { request { id counts { total } } call { id outcomes { nodes { id } } } } }
      unprocessed { totalCount nodes { id } }
      calls { nodes { id outcomes { nodes { request { id } } } } }
    } } }`;
    const one = filled(1, 1);
    const many = filled(20, 10);
    const { errors } = await execute(source, {}, { store: one });
    await execute(source, {}, { store: many });
    expect(errors).toEqual([]);
    expect(many.reads.toSorted()).toEqual([
      'callsById',
      'callsOfRequests',
      'outcomesOfCalls',
      'outcomesOfRequests',
      'outcomesOfRequests',
      'requests',
      'requestsById',
      'targetsOfRequests',
    ]);
    expect(one.reads.toSorted()).toEqual(many.reads.toSorted());
  });

  it('count nothing unless totalCount is selected', async () => {
    const store = createMemoryHistory();
    store.requestRows.push(requestRow());
    await execute('{ requests { nodes { outcomes { nodes { id } } } } }', {}, { store });
    expect(store.reads).toEqual(['requests', 'outcomesOfRequests']);
  });
});
