import {
  getNamedType,
  isLeafType,
  isObjectType,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
} from 'graphql';
import type { BenchAccount } from './mutations.js';

/** An operation whose CPU time is compared with its points. */
export interface PricedOperation {
  readonly name: string;
  readonly query: string;
  readonly variables?: Record<string, unknown>;
}

/** How deep generated selections go into objects that are no pages. */
const OBJECT_DEPTH = 2;

/**
 * Operations over the whole schema: every field of Query with all its scalars, with its objects, and with pages of 100 inside
 * pages; the reads that aggregate many rows; dry runs; introspection.
 */
export function pricedOperations(
  schema: GraphQLSchema,
  accounts: readonly BenchAccount[],
): PricedOperation[] {
  const query = schema.getQueryType();
  if (query == null) {
    throw new Error('the schema has no queries');
  }
  return [...generated(query, accounts), ...CHOSEN, ...dryRuns(accounts)];
}

function* generated(query: GraphQLObjectType, accounts: readonly BenchAccount[]): Generator<PricedOperation> {
  const args = argumentsOf(accounts);
  for (const field of Object.values(query.getFields())) {
    const type = getNamedType(field.type);
    if (!isObjectType(type)) {
      continue;
    }
    const call = `${field.name}${args[field.name] ?? (isPage(field) ? '(first: 100)' : '')}`;
    for (const [name, depth] of [
      ['scalars', 0],
      ['objects', OBJECT_DEPTH],
    ] as const) {
      const selection = selectionOf(type, depth);
      yield { name: `${field.name}, ${name}`, query: `{ ${call} ${selection} }` };
    }
  }
}

/** The arguments of fields that need some. */
function argumentsOf(accounts: readonly BenchAccount[]): Readonly<Record<string, string>> {
  const [first] = accounts;
  const ids = accounts.slice(0, 100).map(({ accountId }) => `"${accountId}"`);
  const expected = accounts
    .slice(0, 1_000)
    .map(({ accountId, email }) => `{ accountId: "${accountId}", email: "${email}" }`);
  return {
    account: `(accountId: "${first?.accountId ?? ''}")`,
    accounts: `(accountIds: [${ids.join(', ')}])`,
    coverage: '(first: 1000)',
    members: '(service: GUARDDUTY, region: "us-east-1", first: 100)',
    reconcile: `(input: { limit: 1000, maxAgeSeconds: 86400, accounts: [${expected.join(', ')}] })`,
    request: '(id: "request_unknown")',
    statistics: '(groupBy: [HOUR, SERVICE, STATUS], filter: { region: "us-east-1" })',
  };
}

/** All scalars of a type, and its objects to a depth; pages have 5 entries. */
function selectionOf(type: GraphQLObjectType, depth: number): string {
  const fields = Object.values(type.getFields());
  if (type.name.endsWith('Connection')) {
    const nodes = type.getFields()['nodes'];
    return `{ ${nodes === undefined ? '' : `nodes ${objectSelection(nodes, depth)}`} pageInfo { hasNextPage endCursor } }`;
  }
  const selected = fields.flatMap((field) => {
    const named = getNamedType(field.type);
    // Measured by itself: distinct accounts, and live reads of single members.
    if (field.name === 'accounts' && type.name === 'StatisticsRow') {
      return [];
    }
    if (isLeafType(named)) {
      return [field.name];
    }
    if (depth === 0 || !isObjectType(named) || field.args.some(({ type: of }) => String(of).endsWith('!'))) {
      return [];
    }
    return [`${field.name}${isPage(field) ? '(first: 5)' : ''} ${selectionOf(named, depth - 1)}`];
  });
  return selected.length === 0 ? '{ __typename }' : `{ ${selected.join(' ')} }`;
}

function objectSelection(field: GraphQLField<unknown, unknown>, depth: number): string {
  const type = getNamedType(field.type);
  return isObjectType(type) ? selectionOf(type, depth) : '';
}

function isPage({ args }: GraphQLField<unknown, unknown>): boolean {
  return args.some(({ name }) => name === 'first');
}

const CHOSEN: readonly PricedOperation[] = [
  {
    name: 'outcomes of requests, pages of 100 in pages of 100',
    query:
      '{ requests(first: 100) { nodes { id outcomes(first: 100) { nodes { id accountId status reason settledAt } } } } }',
  },
  {
    name: 'outcomes with request and call, a page of 100',
    query:
      '{ outcomes(first: 100) { nodes { id request { id status counts { total } } call { id status outcomes(first: 100) { nodes { id } } } } } }',
  },
  { name: 'totalCount of outcomes', query: '{ outcomes(first: 1) { totalCount } }' },
  {
    name: 'totalCount of outcomes that fail',
    query:
      '{ outcomes(first: 1, filter: { status: [FAILED], reasonCode: [INTERNAL_ERROR] }) { totalCount } }',
  },
  { name: 'totalCount of requests', query: '{ requests(first: 1) { totalCount } }' },
  { name: 'totalCount of calls', query: '{ calls(first: 1) { totalCount } }' },
  { name: 'totalCount of the inventory', query: '{ inventory(first: 1) { totalCount } }' },
  { name: 'distinct accounts', query: '{ statistics(groupBy: []) { accounts } }' },
  {
    name: 'distinct accounts by month',
    query: '{ statistics(groupBy: [MONTH, SERVICE]) { accounts outcomes } }',
  },
  { name: 'statistics without groups', query: '{ statistics(groupBy: []) { outcomes } }' },
  { name: 'statistics by month', query: '{ statistics(groupBy: [MONTH]) { from outcomes } }' },
  {
    name: 'statistics of one account',
    query: '{ statistics(groupBy: [MONTH], filter: { accountId: ["100000000005"] }) { from outcomes } }',
  },
  {
    name: '50 aliases of a scalar',
    query: `{ ${Array.from({ length: 50 }, (_, n) => `a${n}: request(id: "x") { id }`).join(' ')} }`,
  },
  {
    name: 'introspection',
    query: '{ __schema { types { name fields { name args { name } type { name ofType { name } } } } } }',
  },
];

function dryRuns(accounts: readonly BenchAccount[]): PricedOperation[] {
  const thousand = accounts.slice(0, 1_000);
  const query =
    'mutation ($input: CreateMembersInput!) { createMembers(input: $input) { plan { targets { region accounts { accountId verdict memberStatus } } } userErrors { message } } }';
  return [
    { name: 'dry run of 1,000 accounts', query, variables: { input: { accounts: thousand, dryRun: true } } },
  ];
}
