import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CreateMembersDocument } from '../../generated/graphql.js';
import { accounts, startGateway, type TestGateway } from '../../support/gateway.js';

/** After this number of executions, a document is compiled (src/http/graphql/compiledQueries.ts). */
const TIMES = 3;

let gateway: TestGateway;
let request: string;

beforeAll(async () => {
  gateway = await startGateway();
  const input = { accounts: accounts(4), note: 'as text' };
  const { createMembers } = await gateway.execute(CreateMembersDocument, { input });
  request = createMembers?.request?.id ?? '';
});
afterAll(() => gateway.stop());

interface Answer {
  /** The HTTP status, and the body as received. */
  readonly status: number;
  readonly text: string;
  /** The SQL statements that list outcomes. */
  readonly statements: readonly string[];
}

async function ask(query: string, variables: object): Promise<Answer> {
  const statements: string[] = [];
  const stop = gateway.database.onStatement((sql) => {
    // The reads of lists; lanes are at rest, and what they look up aggregates nothing.
    if (/string_agg|json_agg|counted AS/.test(sql)) {
      statements.push(sql);
    }
  });
  const response = await fetch(`${gateway.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-request-id': 'the-same' },
    body: JSON.stringify({ query, variables }),
  });
  const text = await response.text();
  stop();
  return { status: response.status, text, statements };
}

/** The responses to a new document, and to the same one after it was compiled. */
async function firstAndLast(query: string, variables: object): Promise<[Answer, Answer]> {
  const first = await ask(query, variables);
  for (let time = 2; time < TIMES; time += 1) {
    await ask(query, variables);
  }
  return [first, await ask(query, variables)];
}

const isText = ({ statements }: Answer): boolean => statements.some((sql) => sql.includes('string_agg'));

const PAGE = `query Page($first: Int, $after: String, $last: Int, $before: String, $filter: OutcomeFilter) {
  page: outcomes(first: $first, after: $after, last: $last, before: $before, filter: $filter) {
    total: totalCount
    nodes { __typename id accountId email operation administrator where: service region status reasonCode reason retryable sends settledAt }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor next: hasNextPage }
    __typename
  }
}`;

describe('a page of outcomes that PostgreSQL writes as text', () => {
  it.each([
    ['{ outcomes { nodes { id } } }', 1],
    ['{ outcomes(first: 2) { pageInfo { endCursor } nodes { status id status } } }', 1],
    ['{ outcomes(filter: { status: PROCESSED, region: "eu-west-1" }) { totalCount nodes { region } } }', 2],
    [
      '{ a: outcomes(last: 3) { ...b } } fragment b on OutcomeConnection { nodes { ...c } } fragment c on Outcome { b: id ... on Outcome { ... { sends } } }',
      1,
    ],
    ['query ($n: Int = 2) { ... { outcomes(first: $n) { nodes { region email } } } }', 1],
    ['query A { outcomes(first: 1) { nodes { id } __typename } }', 1],
  ])('%s is the same to the last byte, of %d statements', async (query, statements) => {
    const [first, last] = await firstAndLast(query, {});
    expect([isText(first), isText(last)]).toEqual([false, true]);
    expect(last.text).toBe(first.text);
    expect(JSON.parse(last.text)).not.toHaveProperty('errors');
    expect(last.statements).toHaveLength(statements);
  });

  it.each([
    {},
    { first: 3 },
    { last: 3 },
    { first: 5, filter: { accountId: [accounts(1)[0]?.accountId] } },
    { filter: { status: ['FAILED'], service: 'GUARDDUTY' } },
    { filter: { status: [] } },
    { filter: { administrator: 'nobody' } },
    { filter: null, first: null },
    { filter: { settledAfter: '2020-01-01T00:00:00Z', operation: ['CREATE_MEMBERS'] } },
  ])('and so it is for the variables %j', async (variables) => {
    const [first, last] = await firstAndLast(`${PAGE} # ${JSON.stringify(variables)}`, variables);
    expect(last.text).toBe(first.text);
    expect(last.status).toBe(200);
    expect(isText(last)).toBe(true);
  });

  it('continues at its cursors, and can be filtered by request', async () => {
    const { data } = JSON.parse((await ask(PAGE, { first: 3 })).text) as {
      data: { page: { pageInfo: { endCursor: string } } };
    };
    const after = data.page.pageInfo.endCursor;
    for (const variables of [
      { first: 3, after },
      { last: 2, before: after },
      { filter: { requestId: request } },
    ]) {
      const [first, last] = await firstAndLast(`${PAGE} # ${JSON.stringify(variables)}`, variables);
      expect(last.text).toBe(first.text);
      expect(isText(last)).toBe(true);
    }
  });

  it.each([
    { first: 101 },
    { first: 1, last: 1 },
    { after: 'x' },
    { filter: { requestId: 'x' } },
    { filter: { region: 'with \0 in it' } },
    { filter: { accountId: ['1'] } },
    { filter: { status: ['WHAT'] } },
    { first: 'many' },
  ])('has the same errors for %j', async (variables) => {
    const [first, last] = await firstAndLast(`${PAGE} # ${JSON.stringify(variables)}`, variables);
    expect(JSON.parse(first.text)).toHaveProperty('errors');
    expect(last.text).toBe(first.text);
    expect(last.status).toBe(first.status);
  });

  it.each([
    '{ outcomes(first: 2) { edges { cursor node { id } } } }',
    '{ outcomes(first: 2) { nodes { id } edges { cursor } } }',
    '{ outcomes(first: 2) { nodes { id request { id } } } }',
    '{ outcomes(first: 2) { nodes { id memberStatus } } }',
    '{ outcomes(first: 2) { nodes { id @include(if: false) status } } }',
    'query ($yes: Boolean = true) { outcomes(first: 2) @skip(if: $yes) { nodes { id } } administrators { id } }',
    '{ outcomes(first: 2) { nodes { id } nodes { status } } }',
    '{ outcomes(first: 2) { nodes { ... on Node { id } } } }',
    '{ outcomes(first: 2) { pageInfo { endCursor } } }',
    '{ outcomes(first: 2) { nodes { id } } b: outcomes(first: 1) { nodes { id } } }',
    '{ outcomes(first: 2) { nodes { id } } __typename }',
    '{ outcomes(first: 2) { a: nodes { id } b: nodes { status } } }',
    '{ outcomes(first: 2) { nodes { __proto__: id } } }',
  ])('is none of %s, and the answer is the same', async (query) => {
    const [first, last] = await firstAndLast(query, {});
    expect(last.text).toBe(first.text);
    expect(isText(last)).toBe(false);
  });
});
