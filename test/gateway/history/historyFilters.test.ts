import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  AccountStoryDocument,
  CreateMembersDocument,
  FilteredRequestsDocument,
  InviteMembersDocument,
  OutcomesDocument,
  type RequestFilter,
  StatisticsDocument,
} from '../../generated/graphql.js';
import { accounts, startGateway, type TestGateway } from '../../support/gateway.js';

/** Ends with an internal error twice, then is processed (the sandbox's magic ids). */
const MAGIC = '333355900021';

let gateway: TestGateway;
/** Ids of the requests, newest first. */
const ids: string[] = [];

beforeAll(async () => {
  gateway = await startGateway();
  for (let index = 0; index < 6; index += 1) {
    const input = { accounts: accounts(5, index), note: `Ticket ${index}` };
    const { createMembers } = await gateway.execute(CreateMembersDocument, { input });
    ids.unshift(createMembers!.request!.id);
  }
  const invitation = { accountIds: accounts(2).map(({ accountId }) => accountId), regions: ['us-east-1'] };
  const { inviteMembers } = await gateway.execute(InviteMembersDocument, { input: invitation });
  ids.unshift(inviteMembers!.request!.id);
});
afterAll(() => gateway.stop());

describe('requests', () => {
  const idsOf = async (filter: RequestFilter) => {
    const { requests } = await gateway.execute(FilteredRequestsDocument, { filter });
    expect(requests.totalCount).toBe(requests.nodes.length);
    return requests.nodes.map(({ id }) => id);
  };

  it('are filtered by each condition', async () => {
    const [first] = accounts(1);
    expect(await idsOf({ operation: ['INVITE_MEMBERS'] })).toEqual(ids.slice(0, 1));
    expect(await idsOf({ accountId: first!.accountId })).toEqual([ids[0], ids[6]]);
    expect(await idsOf({ note: 'ticket 3' })).toEqual([ids[3]]);
    expect(await idsOf({ requestedBy: 'local' })).toEqual(ids);
    expect(await idsOf({ requestedBy: 'somebody' })).toEqual([]);
    expect(await idsOf({ region: 'eu-west-1' })).toEqual(ids.slice(1));
    expect(await idsOf({ service: 'GUARDDUTY', status: ['SUCCEEDED'] })).toEqual([ids[0], ids[6]]);
    expect(await idsOf({ administrator: 'other' })).toEqual([]);
    expect(await idsOf({ createdBefore: '2000-01-01T00:00:00Z' })).toEqual([]);
  });

  it('are paged backward from the end, with the newest first in each page', async () => {
    const { requests } = await gateway.execute(FilteredRequestsDocument, { last: 3 });
    expect(requests.nodes.map(({ id }) => id)).toEqual(ids.slice(-3));
    expect(requests.pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: true });
    const before = requests.pageInfo.startCursor;
    const newer = (await gateway.execute(FilteredRequestsDocument, { last: 10, before })).requests;
    expect(newer.nodes.map(({ id }) => id)).toEqual(ids.slice(0, -3));
    expect(newer.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: false });
  });
});

describe('the history of an account', () => {
  it('has every request, send and reason, newest first', async () => {
    const [, , third] = accounts(3);
    const filter = { region: 'us-east-1', service: 'GUARDDUTY' as const };
    const { account } = await gateway.execute(AccountStoryDocument, { accountId: third!.accountId, filter });
    expect(account.outcomes.totalCount).toBe(3);
    expect(account.outcomes.nodes.map(({ request }) => request.note)).toEqual([
      'Ticket 2',
      'Ticket 1',
      'Ticket 0',
    ]);
    const [last, , first] = account.outcomes.nodes;
    expect(first).toMatchObject({
      status: 'PROCESSED',
      sends: 1,
      sendHistory: [{ reason: null, call: { status: 'ANSWERED' } }],
    });
    expect(last).toMatchObject({ status: 'UNPROCESSED', reasonCode: 'ALREADY_MEMBER' });
    expect(last!.sendHistory).toEqual([
      { reason: last!.reason, call: expect.objectContaining({ status: 'ANSWERED' }) },
    ]);
  });

  it('has every retry in order, with the text of the service each time', async () => {
    const input = {
      accounts: [{ accountId: MAGIC, email: 'a@example.com' }],
      services: ['SECURITY_HUB' as const],
      regions: ['us-east-1'],
    };
    await gateway.execute(CreateMembersDocument, { input });
    const { account } = await gateway.execute(AccountStoryDocument, { accountId: MAGIC });
    const [outcome] = account.outcomes.nodes;
    expect(outcome).toMatchObject({ status: 'PROCESSED', sends: 3, reason: null });
    const history = outcome!.sendHistory;
    const times = history.map(({ call }) => call!.startedAt);
    expect(times).toEqual(times.toSorted());
    expect(history.map(({ reason }) => typeof reason)).toEqual(['string', 'string', 'object']);
  });

  it('filtered by another account is empty; of an invalid account id it is refused', async () => {
    const none = await gateway.execute(AccountStoryDocument, {
      accountId: MAGIC,
      filter: { accountId: ['000000000000'] },
    });
    expect(none.account.outcomes.nodes).toEqual([]);
    const { body } = await gateway.post({ query: '{ account(accountId: "12") { accountId } }' });
    expect(body.errors?.[0]?.message).toBe(
      'accountId: expected an AWS account id of exactly 12 digits, got "12"',
    );
  });
});

describe('statistics', () => {
  it('agree with all outcomes that the lanes have settled', async () => {
    const { statistics } = await gateway.execute(StatisticsDocument, {
      groupBy: ['STATUS', 'SERVICE', 'REASON_CODE', 'DAY'],
    });
    expect(statistics.length).toBeGreaterThan(3);
    for (const { status, service, reasonCode, from, outcomes, accounts: distinct } of statistics) {
      const filter = {
        status: [status!],
        service: service!,
        ...(reasonCode ? { reasonCode: [reasonCode] } : {}),
        settledAfter: from,
      };
      const listed = (await gateway.execute(OutcomesDocument, { filter, first: 100 })).outcomes.nodes.filter(
        (node) => node.reasonCode === reasonCode,
      );
      expect(listed).toHaveLength(outcomes);
      expect(new Set(listed.map(({ accountId }) => accountId)).size).toBe(distinct);
    }
  });

  it.each([
    [
      '{ statistics(groupBy: [HOUR, DAY]) { outcomes } }',
      'groupBy: expected at most one of HOUR, DAY and MONTH, got HOUR and DAY',
    ],
    [
      '{ statistics(groupBy: [], filter: { settledAfter: "2026-02-01T00:00:00Z", settledBefore: "2026-01-01T00:00:00Z" }) { outcomes } }',
      'filter.settledBefore: expected a moment after filter.settledAfter, 2026-02-01T00:00:00.000Z, got 2026-01-01T00:00:00.000Z',
    ],
    [
      '{ requests(first: 1, last: 1) { nodes { id } } }',
      'first: expected none together with last; first and after page forward, last and before backward',
    ],
    ['{ calls(last: 101) { nodes { id } } }', 'last: expected a whole number from 1 to 100, got 101'],
  ])('and lists say what is wrong: %s', async (query, message) => {
    const { body } = await gateway.post({ query });
    expect(body.errors?.map((error) => error.message)).toEqual([message]);
    expect(body.errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
  });
});
