import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  CallsDocument,
  CreateMembersDocument,
  NodeDocument,
  OutcomesDocument,
  RequestDocument,
  RequestsDocument,
  RequestsWithEverythingDocument,
} from '../../generated/graphql.js';
import { accounts, startGateway, type TestGateway } from '../../support/gateway.js';

const REQUESTS = 12;
const ACCOUNTS = 7;

let gateway: TestGateway;
/** Ids of the requests, newest first. */
let ids: string[];

beforeAll(async () => {
  gateway = await startGateway();
  ids = [];
  for (let index = 0; index < REQUESTS; index += 1) {
    // One account of each request was added by the request before.
    const input = { accounts: accounts(ACCOUNTS, index * (ACCOUNTS - 1)), note: `request ${index}` };
    const { createMembers } = await gateway.execute(CreateMembersDocument, { input });
    ids.unshift(createMembers?.request?.id ?? '');
  }
});
afterAll(() => gateway.stop());

/** The SQL statements of the gateway during `action`; its lanes are idle then. */
async function statementsOf(action: () => Promise<unknown>): Promise<string[]> {
  const statements: string[] = [];
  const stop = gateway.database.onStatement((sql) => statements.push(sql));
  await action();
  stop();
  return statements.filter((sql) => !/waiting_in_lane|claim_call|FROM lane/.test(sql));
}

describe('the history', () => {
  it('pages through requests, newest first, each once', async () => {
    const seen: string[] = [];
    let after: string | null | undefined;
    do {
      const { requests } = await gateway.execute(RequestsDocument, { first: 5, after });
      seen.push(...requests.nodes.map(({ id }) => id));
      after = requests.pageInfo.hasNextPage ? requests.pageInfo.endCursor : null;
    } while (after);
    expect(seen).toEqual(ids);
  });

  it('pages through the outcomes of a request, each once', async () => {
    const seen: string[] = [];
    let after: string | null | undefined;
    do {
      const { request } = await gateway.execute(RequestDocument, { id: ids[0] ?? '', first: 9, after });
      seen.push(...(request?.outcomes.nodes.map(({ id }) => id) ?? []));
      after = request?.outcomes.pageInfo.hasNextPage ? request.outcomes.pageInfo.endCursor : null;
    } while (after);
    expect(seen).toHaveLength(4 * ACCOUNTS);
    expect(new Set(seen).size).toBe(seen.length);
  });

  it('filters outcomes by request, account and status, alone and together', async () => {
    const accountId = accounts(1, ACCOUNTS - 1)[0]?.accountId ?? '';
    const outcomes = async (filter: object) =>
      (await gateway.execute(OutcomesDocument, { filter, first: 100 })).outcomes.nodes;
    expect(await outcomes({ requestId: ids[0] })).toHaveLength(4 * ACCOUNTS);
    expect(await outcomes({ accountId: [accountId] })).toHaveLength(8);
    expect(await outcomes({ status: ['UNPROCESSED'] })).toHaveLength(4 * (REQUESTS - 1));
    const story = await outcomes({ accountId: [accountId], status: ['UNPROCESSED'] });
    expect(story).toHaveLength(4);
    for (const outcome of story) {
      expect(outcome).toMatchObject({ accountId, reasonCode: 'ALREADY_MEMBER' });
    }
    expect(await outcomes({ accountId: [accountId], requestId: ids[0], status: ['UNPROCESSED'] })).toEqual(
      [],
    );
  });

  it('records every call with the answer of AWS', async () => {
    const { calls } = await gateway.execute(CallsDocument, { first: 100 });
    expect(calls.nodes).toHaveLength(4 * REQUESTS);
    const sent = await gateway.sandbox.calls('CreateMembers');
    expect(new Set(calls.nodes.map(({ awsRequestId }) => awsRequestId))).toEqual(
      new Set(sent.map(({ requestId }) => requestId)),
    );
    for (const call of calls.nodes) {
      expect(call).toMatchObject({
        status: 'ANSWERED',
        httpStatus: 200,
        attempts: 1,
        accountCount: ACCOUNTS,
        errorCode: null,
      });
    }
  });

  it('finds every record by its id, and none by another id', async () => {
    const [outcome] = (await gateway.execute(OutcomesDocument, { first: 1 })).outcomes.nodes;
    const [call] = (await gateway.execute(CallsDocument, { first: 1 })).calls.nodes;
    for (const [id, type] of [
      [ids[0], 'MembershipRequest'],
      [outcome?.id, 'Outcome'],
      [call?.id, 'UpstreamCall'],
    ] as const) {
      expect((await gateway.execute(NodeDocument, { id: id ?? '' })).node).toEqual({ __typename: type, id });
    }
    expect((await gateway.execute(NodeDocument, { id: `${ids[0]}0` })).node).toBeNull();
  });

  it('reads a page of twelve requests and their nested lists in as many statements as a page of one', async () => {
    const page = (first: number) => gateway.execute(RequestsWithEverythingDocument, { first });
    const one = await statementsOf(() => page(1));
    const twelve = await statementsOf(async () => {
      expect((await page(12)).requests.nodes).toHaveLength(12);
    });
    expect(one.length).toBeGreaterThan(0);
    expect(twelve).toHaveLength(one.length);
    expect(one.length).toBeLessThanOrEqual(8);
  });

  it.each([
    [
      'requests',
      '{ requests(first: 101) { nodes { id } } }',
      'first: expected a whole number from 1 to 100, got 101',
    ],
    ['calls', '{ calls(first: 0) { nodes { id } } }', 'first: expected a whole number from 1 to 100, got 0'],
    ['outcomes', '{ outcomes(after: "nonsense") { nodes { id } } }', 'after'],
  ])('says what is wrong with a page of %s', async (_list, query, words) => {
    const { body } = await gateway.post({ query });
    expect(body.errors).toHaveLength(1);
    expect(body.errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
    expect(body.errors?.[0]?.message).toContain(words);
  });
});
