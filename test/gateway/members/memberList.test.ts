import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { MembersDocument, type MembersQueryVariables, type MemberStatus } from '../../generated/graphql.js';
import { accounts, startGateway, type TestGateway } from '../../support/gateway.js';

const WHERE = { account: '111122223333', region: 'us-east-1', service: 'securityhub' };
const HUB = { service: 'SECURITY_HUB', region: 'us-east-1' } as const;
/** More than what one answer with a filter reads (500 members), in the sandbox's order. */
const MEMBERS = accounts(620).map(({ accountId, email }, n) => ({ accountId, email, status: statusOf(n) }));

/** Two are enabled at the beginning, two behind what one answer reads. */
function statusOf(n: number): string {
  if ([3, 60, 555, 610].includes(n)) {
    return 'Enabled';
  }
  return n % 3 === 0 ? 'Removed' : 'Resigned';
}

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startGateway();
  await gateway.sandbox.seed(WHERE, MEMBERS);
});
beforeEach(() => gateway.sandbox.clearLog());
afterAll(() => gateway.stop());

const list = async (asked: Partial<MembersQueryVariables> = {}) =>
  (await gateway.execute(MembersDocument, { ...HUB, ...asked })).members;
const calls = async () => (await gateway.sandbox.calls('ListMembers')).length;

/** Pages from the beginning, or from a cursor, to the end. */
async function walk(asked: Partial<MembersQueryVariables>) {
  const pages = [await list(asked)];
  for (;;) {
    const last = pages.at(-1) ?? expect.unreachable();
    if (!last.pageInfo.hasNextPage) {
      return pages;
    }
    pages.push(await list({ ...asked, after: last.pageInfo.endCursor }));
  }
}

describe('the members of a target', () => {
  it('are listed page by page, each once, with any status, at one call a page', async () => {
    const pages = await walk({});
    expect(pages).toHaveLength(13);
    expect(await calls()).toBe(13);
    const nodes = pages.flatMap((page) => page.nodes);
    expect(nodes.map(({ accountId, serviceStatus }) => [accountId, serviceStatus])).toEqual(
      MEMBERS.map(({ accountId, status }) => [accountId, status]),
    );
    expect(new Set(nodes.map(({ status }) => status))).toEqual(new Set(['ENABLED', 'REMOVED', 'RESIGNED']));
    expect(pages.map(({ pageInfo }) => pageInfo.hasPreviousPage)).toEqual([false, ...Array(12).fill(true)]);
    for (const { pageInfo, edges, totalCount } of pages) {
      expect(totalCount).toBeNull();
      expect([pageInfo.startCursor, pageInfo.endCursor]).toEqual([edges[0]?.cursor, edges.at(-1)?.cursor]);
    }
  });

  it.each([7, 100])('are all there with pages of %d', async (first) => {
    const pages = await walk({ first });
    for (const page of pages.slice(0, -1)) {
      expect(page.nodes).toHaveLength(first);
    }
    const ids = pages.flatMap((page) => page.nodes.map(({ accountId }) => accountId));
    expect(ids).toEqual(MEMBERS.map(({ accountId }) => accountId));
  });

  it('continue after any of them', async () => {
    const { edges } = await list({ first: 60 });
    const after = edges[51]?.cursor ?? null;
    expect((await list({ after, first: 2 })).nodes.map(({ accountId }) => accountId)).toEqual([
      MEMBERS[52]?.accountId,
      MEMBERS[53]?.accountId,
    ]);
  });

  it('are an empty list at a target without members', async () => {
    const { nodes, pageInfo } = await list({ service: 'GUARDDUTY' });
    expect(nodes).toEqual([]);
    expect(pageInfo).toEqual({
      hasNextPage: false,
      hasPreviousPage: false,
      startCursor: null,
      endCursor: null,
    });
  });
});

describe('the members of one status', () => {
  const status: MemberStatus[] = ['ENABLED'];

  it('are searched in at most ten pages of the service, then from the cursor', async () => {
    const first = await list({ status });
    expect(await calls()).toBe(10);
    expect(first.nodes.map(({ accountId }) => accountId)).toEqual([
      MEMBERS[3]?.accountId,
      MEMBERS[60]?.accountId,
    ]);
    expect(first.pageInfo).toMatchObject({ hasNextPage: true });
    const second = await list({ status, after: first.pageInfo.endCursor });
    expect(await calls()).toBe(13);
    expect(second.nodes.map(({ accountId }) => accountId)).toEqual([
      MEMBERS[555]?.accountId,
      MEMBERS[610]?.accountId,
    ]);
    expect(second.pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: true });
  });

  it('may be missing on a page before the last one', async () => {
    const { nodes, pageInfo } = await list({ status: ['INVITED', 'NOT_A_MEMBER'] });
    expect(nodes).toEqual([]);
    expect(pageInfo).toMatchObject({ hasNextPage: true, startCursor: null });
    expect(pageInfo.endCursor).toMatch(/^[\w-]+$/);
  });

  it('fill exactly one page', async () => {
    const pages = await walk({ status: ['REMOVED', 'ENABLED'], first: 20 });
    const wanted = MEMBERS.filter((member) => member.status !== 'Resigned').map(({ accountId }) => accountId);
    expect(pages.flatMap((page) => page.nodes.map(({ accountId }) => accountId))).toEqual(wanted);
    for (const page of pages) {
      expect(page.nodes.length).toBeLessThanOrEqual(20);
    }
  });

  it('are an empty list without a call when no status is given', async () => {
    expect(await list({ status: [] })).toMatchObject({ nodes: [], pageInfo: { hasNextPage: false } });
    expect(await calls()).toBe(0);
  });
});

describe('a list of members that fails', () => {
  const QUERY = `query ($region: AwsRegion!, $after: String, $first: Int, $status: [MemberStatus!]) {
    members(service: SECURITY_HUB, region: $region, after: $after, first: $first, status: $status) { nodes { email } }
  }`;
  const ask = async (variables: Record<string, unknown>) => {
    const { errors = [] } = (
      await gateway.post({ query: QUERY, variables: { region: 'us-east-1', ...variables } })
    ).body;
    return errors.map(({ message, extensions }) => `${extensions.code} ${message}`);
  };

  it('names the argument that is wrong', async () => {
    const { pageInfo } = await list();
    const after = pageInfo.endCursor;
    expect(await ask({ after, status: ['ENABLED'] })).toEqual([
      expect.stringMatching(/^BAD_USER_INPUT after: expected a cursor from a list of members with the same/),
    ]);
    expect(await ask({ region: 'mars-1' })).toEqual([
      'BAD_USER_INPUT region: expected one of the configured regions (us-east-1, eu-west-1), got "mars-1"',
    ]);
    expect(await ask({ first: 101 })).toEqual([
      'BAD_USER_INPUT first: expected a whole number from 1 to 100, got 101',
    ]);
  });

  it('has the words of the service', async () => {
    await gateway.sandbox.put('faults', [{ match: { operation: 'ListMembers' }, fault: 'access-denied' }]);
    expect(await ask({})).toEqual([
      expect.stringMatching(/^UPSTREAM_FAILED SECURITY_HUB in us-east-1 as default: \w+/),
    ]);
  });
});
