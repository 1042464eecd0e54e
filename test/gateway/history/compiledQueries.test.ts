import { readFileSync } from 'node:fs';
import {
  buildSchema,
  getOperationAST,
  Kind,
  OperationTypeNode,
  parse,
  print,
  validate,
  type DocumentNode,
} from 'graphql';
import { compileQuery, isCompiledQuery } from 'graphql-jit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createGenerator } from '../../hostile/generate.js';
import { CreateMembersDocument } from '../../generated/graphql.js';
import { accounts, startGateway, type GraphQLAnswer, type TestGateway } from '../../support/gateway.js';
import { byRunLength } from '../../support/runLength.js';

const schema = buildSchema(readFileSync('schema.graphql', 'utf8'));

/** Posted so often: the last time it is compiled (src/http/graphql/compiledQueries.ts), the first time it is not. */
const TIMES = 3;

/** Number of generated documents; each is posted as often. */
const GENERATED = byRunLength(60, 250);

/** Values that differ in every response. */
const PASSING = new Set(['observedAt', 'requestsLeft', 'throttledAt', 'incident', 'requestId']);

let gateway: TestGateway;
let request: string;
/** Two regions, an account that was added before, and one that a service refuses. */
beforeAll(async () => {
  gateway = await startGateway();
  for (const from of [0, 2]) {
    const input = { accounts: accounts(4, from), note: `from ${from}` };
    const { createMembers } = await gateway.execute(CreateMembersDocument, { input });
    request = createMembers?.request?.id ?? '';
  }
});
afterAll(() => gateway.stop());

/** The queries of the test suite, each with the fragments it needs. */
function queriesOfTheSuite(): Map<string, DocumentNode> {
  const texts = JSON.parse(readFileSync('test/generated/trusted-documents.json', 'utf8')) as object;
  const operations = Object.values(texts).map((text: string) => {
    const document = parse(text);
    return { document, operation: getOperationAST(document) };
  });
  return new Map(
    operations
      .filter(({ operation }) => operation?.operation === OperationTypeNode.QUERY)
      .map(({ document, operation }) => [operation?.name?.value ?? '', document]),
  );
}

/** The first and the last response to the same document. */
async function firstAndLast(query: string, variables: object): Promise<[unknown, unknown]> {
  const answers: unknown[] = [];
  for (let time = 0; time < TIMES; time += 1) {
    const { status, body } = await gateway.post({ query, variables });
    answers.push(
      JSON.parse(JSON.stringify({ status, body }), (key, value: unknown) =>
        PASSING.has(key) ? null : value,
      ),
    );
  }
  return [answers[0], answers.at(-1)];
}

describe('a compiled query has the same response as before', () => {
  const accountId = accounts(1)[0]?.accountId ?? '';
  const variables: Record<string, () => object[]> = {
    AccountStory: () => [{ accountId, filter: { service: 'GUARDDUTY' } }, { accountId: 'x' }, {}],
    Statistics: () => [
      { groupBy: ['STATUS', 'SERVICE'] },
      { groupBy: ['MONTH', 'MONTH'] },
      { groupBy: null },
    ],
    FilteredRequests: () => [
      { first: 1, filter: { note: 'from' } },
      { last: 1 },
      { first: 101 },
      { after: 'x' },
      { filter: { status: ['X'] } },
    ],
    CallsOfRequest: () => [{ id: request }, { id: 'x' }, { id: 7 }],
    Members: () => [
      { service: 'GUARDDUTY', region: 'us-east-1', first: 2 },
      { service: 'GUARDDUTY', region: 'x' },
    ],
    AccountMembers: () => [{ accountId }, { accountId, regions: ['x'] }],
    AccountsMembers: () => [
      { accountIds: accounts(3).map((account) => account.accountId) },
      { accountIds: [] },
    ],
    Request: () => [{ id: request, first: 2 }, { id: request, after: 'x' }, { first: 2 }],
    Outcomes: () => [{ first: 3 }, { filter: { accountId: [accountId] } }, { first: null, filter: null }],
    Node: () => [{ id: request }, { id: `outcome_1_${accountId}` }, { id: 'x' }],
  };

  it.each([...queriesOfTheSuite()])('%s', async (name, document) => {
    expect(isCompiledQuery(compileQuery(schema, document, name))).toBe(true);
    for (const [index, each] of (variables[name]?.() ?? [{}, { first: 2 }]).entries()) {
      // A separate document for each, so that each is new.
      const [first, last] = await firstAndLast(`${print(document)} # ${index}`, each);
      expect(last).toEqual(first);
    }
  });

  it.each([
    '{ requests(first: 1) { a: nodes { __proto__: id constructor: id } nodes { toString: status } } }',
    '{ ...a } fragment a on Query { outcomes(first: 2) { ...b totalCount } } fragment b on OutcomeConnection { nodes { id } }',
    'query ($yes: Boolean = true) { outcomes(first: 2) { nodes @include(if: $yes) { id } pageInfo @skip(if: $yes) { endCursor } } }',
    '{ node(id: "x") { id } b: node(id: "request_01a1fc84-6b0b-7357-ad8c-145f65014dad") { ... on MembershipRequest { note } } }',
    '{ requests(first: 0) { nodes { id } } administrators { id } calls(after: "x") { nodes { id } } }',
    '{ __schema { queryType { name } } __type(name: "Outcome") { fields { name } } __typename }',
  ])('%s', async (query) => {
    const [first, last] = await firstAndLast(query, {});
    expect(last).toEqual(first);
  });

  it(`for ${GENERATED} generated documents`, { timeout: 120_000 }, async () => {
    const generate = createGenerator(schema, 7);
    const seen = new Set<string>();
    let failed = 0;
    while (seen.size < GENERATED) {
      const { query } = generate();
      if (typeof query !== 'string' || !query.startsWith('query {') || seen.has(query)) {
        continue;
      }
      const document = tryToParse(query);
      if (document === null || validate(schema, document).length > 0) {
        continue;
      }
      // By an alias it would not be known again.
      if ([...PASSING].some((field) => query.includes(field))) {
        continue;
      }
      seen.add(query);
      const [first, last] = await firstAndLast(query, {});
      if (JSON.stringify(first).includes('"errors"')) {
        failed += 1;
      }
      // If several errors make the whole response null, graphql-js reports the first one, the compiled query any one.
      if (isNothing(first) && isNothing(last)) {
        continue;
      }
      expect({ query, answer: last }).toEqual({ query, answer: first });
    }
    // Errors are compared too.
    expect(failed).toBeGreaterThan(GENERATED / 10);
  });
});

function isNothing(answer: unknown): boolean {
  const { body } = answer as { body: GraphQLAnswer };
  return body.data === null && body.errors?.length === 1;
}

function tryToParse(query: string): DocumentNode | null {
  try {
    const document = parse(query);
    return document.definitions.every(({ kind }) => kind === Kind.OPERATION_DEFINITION) ? document : null;
  } catch {
    return null;
  }
}
