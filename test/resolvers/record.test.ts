import { LOCAL_CALLER } from '../../src/membership.js';
import { describe, expect, it } from 'vitest';
import { callRow, createMemoryHistory, fill, NONE, uuid } from '../services/history/memoryHistory.js';
import { execute } from './execute.js';

function filled(requests = 1, accounts = 3) {
  const store = createMemoryHistory();
  fill(store, requests, accounts);
  return store;
}

describe('request', () => {
  it('shows a request with its counts, targets and outcomes', async () => {
    const store = filled(1, 1);
    const { data, errors } = await execute(
      `query ($id: ID!) {
        request(id: $id) {
          id operation status note idempotencyKey createdAt startedAt finishedAt
          requestedBy { id kind }
          counts { total processed unprocessed }
          targets { administrator service region detectorId counts { total pending } }
          outcomes { totalCount nodes { id accountId email status reasonCode retryable sends settledAt } }
          calls { totalCount nodes { id durationMs attempts } }
        }
      }`,
      { id: `request_${uuid(1)}` },
      { store },
    );
    expect(errors).toEqual([]);
    expect(data).toEqual({
      request: {
        id: `request_${uuid(1)}`,
        operation: 'CREATE_MEMBERS',
        status: 'SUCCEEDED',
        note: null,
        idempotencyKey: null,
        createdAt: '2026-03-01T02:00:00.000Z',
        startedAt: '2026-03-01T02:00:01.000Z',
        finishedAt: '2026-03-01T02:00:05.000Z',
        requestedBy: { id: 'local', kind: 'LOCAL' },
        counts: { total: 1, processed: 1, unprocessed: 0 },
        targets: [
          {
            administrator: 'security',
            service: 'GUARDDUTY',
            region: 'eu-west-1',
            detectorId: null,
            counts: { total: 1, pending: 0 },
          },
        ],
        outcomes: {
          totalCount: 1,
          nodes: [
            {
              id: 'outcome_1_000000000001',
              accountId: '000000000001',
              email: 'member1@example.com',
              status: 'PROCESSED',
              reasonCode: null,
              retryable: false,
              sends: 1,
              settledAt: '2026-03-01T02:00:05.000Z',
            },
          ],
        },
        calls: { totalCount: null, nodes: [{ id: `call_${uuid(1001)}`, durationMs: 250, attempts: 1 }] },
      },
    });
  });

  it.each([`request_${uuid(9)}`, `call_${uuid(1001)}`, 'nonsense', ''])(
    'is null for %j, which is no request',
    async (id) => {
      const { data, errors } = await execute(
        'query ($id: ID!) { request(id: $id) { id } }',
        { id },
        { store: filled() },
      );
      expect({ data, errors }).toEqual({ data: { request: null }, errors: [] });
    },
  );

  it('is null for a caller that may not use its administrator', async () => {
    const caller = { ...LOCAL_CALLER, administrators: ['other'] };
    const id = `request_${uuid(1)}`;
    const source =
      'query ($id: ID!) { request(id: $id) { id } node(id: $id) { id } requests { nodes { id } } }';
    const { data } = await execute(source, { id }, { store: filled(), caller });
    expect(data).toEqual({ request: null, node: null, requests: { nodes: [] } });
  });
});

describe('the outcomes of a request', () => {
  it('are counted from the targets with the filter, without reading more outcomes', async () => {
    const store = filled(1, 3);
    store.outcomeRows[0] = { ...store.outcomeRows[0]!, status: 'UNPROCESSED', reasonCode: 'THROTTLED' };
    store.targetRows[0] = {
      ...store.targetRows[0]!,
      counts: { ...NONE, total: 3, processed: 2, unprocessed: 1 },
    };
    const { data } = await execute(
      `{ requests { nodes {
        processed: outcomes(first: 1, status: [PROCESSED], service: GUARDDUTY) { totalCount nodes { accountId } }
        elsewhere: outcomes(region: "us-east-1") { totalCount nodes { accountId } }
        nothing: outcomes(status: []) { totalCount nodes { accountId } }
        unprocessed { totalCount nodes { accountId retryable } }
      } } }`,
      {},
      { store },
    );
    expect(data).toEqual({
      requests: {
        nodes: [
          {
            processed: { totalCount: 2, nodes: [{ accountId: '000000000002' }] },
            elsewhere: { totalCount: 0, nodes: [] },
            nothing: { totalCount: 0, nodes: [] },
            unprocessed: { totalCount: 1, nodes: [{ accountId: '000000000001', retryable: true }] },
          },
        ],
      },
    });
  });

  it.each([
    ['UNPROCESSED', 'THROTTLED', true],
    ['FAILED', 'UNREACHABLE', true],
    ['FAILED', 'ACCESS_DENIED', false],
    ['UNPROCESSED', 'ALREADY_MEMBER', false],
    ['PENDING', null, false],
    ['CANCELED', null, false],
  ] as const)('that ended %s with %s are retryable: %s', async (status, reasonCode, retryable) => {
    const store = filled(1, 1);
    store.outcomeRows[0] = { ...store.outcomeRows[0]!, status, reasonCode };
    const { data } = await execute('{ outcomes { nodes { retryable } } }', {}, { store });
    expect(data).toEqual({ outcomes: { nodes: [{ retryable }] } });
  });
});

describe('node', () => {
  it.each([
    [`request_${uuid(1)}`, 'MembershipRequest'],
    [`call_${uuid(1001)}`, 'UpstreamCall'],
    ['outcome_1_000000000001', 'Outcome'],
  ])('finds %s, which is of type %s', async (id, type) => {
    const source = `query ($id: ID!) { node(id: $id) { __typename id
      ... on MembershipRequest { counts { total } } ... on UpstreamCall { accountCount } ... on Outcome { sends } } }`;
    const { data, errors } = await execute(source, { id }, { store: filled() });
    expect(errors).toEqual([]);
    expect(data).toMatchObject({ node: { __typename: type, id } });
    expect(Object.keys(data?.['node'] as object)).toHaveLength(3);
  });

  it.each(['', 'request_1', 'outcome_1', 'outcome_99_000000000001', `call_${uuid(9)}`])(
    'is null for %j',
    async (id) => {
      const { data, errors } = await execute(
        'query ($id: ID!) { node(id: $id) { id } }',
        { id },
        { store: filled() },
      );
      expect({ data, errors }).toEqual({ data: { node: null }, errors: [] });
    },
  );
});

describe('a call', () => {
  it('without an answer has no duration', async () => {
    const store = createMemoryHistory();
    store.callRows.push(callRow({ status: 'SENT', finishedAt: null, httpStatus: null, attempts: 0 }));
    const { data } = await execute(
      '{ calls { nodes { status durationMs finishedAt httpStatus } } }',
      {},
      { store },
    );
    expect(data).toEqual({
      calls: { nodes: [{ status: 'SENT', durationMs: null, finishedAt: null, httpStatus: null }] },
    });
  });
});

describe('an outcome', () => {
  it('without a call has none', async () => {
    const store = filled(1, 1);
    store.outcomeRows[0] = {
      ...store.outcomeRows[0]!,
      status: 'PENDING',
      callId: null,
      sends: 0,
      settledAt: null,
    };
    const { data } = await execute(
      '{ outcomes { nodes { sends call { id } request { id } } } }',
      {},
      { store },
    );
    expect(data).toEqual({
      outcomes: { nodes: [{ sends: 0, call: null, request: { id: `request_${uuid(1)}` } }] },
    });
  });
});

describe('administrators', () => {
  it('are those that the caller may use, without their credentials', async () => {
    const administrator = {
      id: 'security',
      accountId: '111122223333',
      roleArn: 'arn:aws:iam::111122223333:role/MembershipGateway',
      externalId: 'secret',
      profile: null,
      services: ['GUARDDUTY'],
      regions: ['eu-west-1'],
      detectorIds: {},
    } as const;
    const caller = { ...LOCAL_CALLER, administrators: ['security'] };
    const services = { administrators: (asking: unknown) => (asking === caller ? [administrator] : []) };
    const { data } = await execute(
      '{ administrators { id accountId services regions } }',
      {},
      { caller, services },
    );
    expect(data).toEqual({
      administrators: [
        { id: 'security', accountId: '111122223333', services: ['GUARDDUTY'], regions: ['eu-west-1'] },
      ],
    });
  });
});
