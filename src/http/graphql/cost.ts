import {
  getNamedType,
  getNullableType,
  isLeafType,
  isListType,
  Kind,
  type GraphQLNamedType,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql';
import { operationPrice, type Prices } from './operationPrice.js';
import type { CoercedOperation } from './parsedOperation.js';

/** Entries of a page: without `first` or `last`, and at most. */
const PAGE = { default: 50, max: 100 } as const;

/** Entries that are assumed for a list without pages, unless LONG_LISTS has the list. */
const LIST_ENTRIES = 10;

/** Entries that are assumed for lists that may be long. */
const LONG_LISTS: Readonly<Record<string, number>> = {
  // At most 10,000 rows.
  'Query.statistics': 2_000,
  // At most 1,000 tokens.
  'Query.tokens': 200,
};

/** Points of a mutation, its accounts not counted: a mutation writes. */
const MUTATION_POINTS = 10;

/** Points of a scalar or an enum: graphql-js completes ten of them in the time of one object. */
const LEAF_POINTS = 0.1;

/** Points of fields that read more than they return, by measurement (bench/prices.ts). Once for all entries of a list. */
const READING_POINTS: Readonly<Record<string, number>> = {
  // Distinct accounts: reads up to 2,000,000 outcomes.
  'StatisticsRow.accounts': 15_000,
  // Calls the services. All accounts of a list share the calls.
  'Account.members': 150,
  'Query.statistics': 60,
  // Reads the members of all targets.
  'Query.coverage': 1_000,
  'Query.reconcile': 1_000,
};

/** Points of `totalCount`, which reads up to 100,000 rows. */
const TOTAL_COUNT_POINTS = 280;

/** Most cached costs of one operation: clients send it with a few page sizes. */
const MAX_CACHED_COSTS = 20;

/**
 * Returns the cost of an operation in points, before it is executed. Throws the GraphQLError of an argument whose value does not
 * fit its type.
 *
 * - An object costs 1, a scalar or an enum LEAF_POINTS.
 * - A page costs 1, and the cost of one entry times the number of entries that it may have.
 * - A list without pages costs LIST_ENTRIES or LONG_LISTS times the cost of one entry; `Account.members` as many as there are
 *   targets, and at least LIST_ENTRIES.
 * - A field that reads many rows costs READING_POINTS or TOTAL_COUNT_POINTS more.
 * - Every member of a list in the arguments, such as an account, costs 1.
 * - A field that is no page, but limits a list by `first` or `limit`, costs as many points more.
 * - A mutation costs MUTATION_POINTS more. The plan of a dry run counts for each account.
 * - An object of introspection costs 1, and its scalars are free.
 */
export type CostOf = (operation: CoercedOperation) => number;

/** Costs are cached for as long as Apollo caches the document: computing one takes 10 % of the time of a page. */
export function createCostOf(schema: GraphQLSchema, targets = LIST_ENTRIES): CostOf {
  const prices = createPrices(targets);
  const cached = new WeakMap<OperationDefinitionNode, Map<string, number>>();

  return (coerced) => {
    const { operation, variables } = coerced;
    const key = cacheKeyOf(operation, variables);
    if (key === null) {
      return pointsOf(schema, prices, coerced);
    }
    let costs = cached.get(operation);
    if (costs === undefined) {
      cached.set(operation, (costs = new Map<string, number>()));
    }
    const known = costs.get(key);
    if (known !== undefined) {
      return known;
    }
    const cost = pointsOf(schema, prices, coerced);
    if (costs.size >= MAX_CACHED_COSTS) {
      costs.clear();
    }
    costs.set(key, cost);
    return cost;
  };
}

/** In whole points. */
function pointsOf(schema: GraphQLSchema, prices: Prices, operation: CoercedOperation): number {
  // 0.1 has no exact binary form: 0.1 + 0.2 must not cost a point more than 0.3.
  return Math.ceil(Number(operationPrice(schema, operation, prices).toFixed(3)));
}

/**
 * Types of variables whose values cannot change a cost: a value is no list, no page size and no condition of a directive. Null
 * can still be refused by an argument.
 */
const FREE_TYPES = new Set(['String', 'ID', 'DateTime', 'AwsAccountId', 'AwsRegion', 'EmailAddress']);

/** The values that the cost depends on, as JSON; null when the cost depends on the contents of a list or an input object. */
function cacheKeyOf(operation: OperationDefinitionNode, variables: Record<string, unknown>): string | null {
  const values: unknown[] = [];
  for (const { type, variable } of operation.variableDefinitions ?? []) {
    const named = type.kind === Kind.NON_NULL_TYPE ? type.type : type;
    if (named.kind === Kind.LIST_TYPE) {
      return null;
    }
    const isFree = FREE_TYPES.has(named.name.value);
    if (!isFree && named.name.value !== 'Int' && named.name.value !== 'Boolean') {
      return null;
    }
    // A variable that is absent gets its default, and null does not: [] stands for absent.
    const value = Object.hasOwn(variables, variable.name.value) ? variables[variable.name.value] : [];
    values.push(isFree && value !== null ? [] : value);
  }
  return JSON.stringify(values);
}

/** @param targets of all administrators: an account may be a member at each. */
const createPrices = (targets: number): Prices => ({
  entriesOf({ parent, field, args, parentEntries }) {
    if (isConnection(getNamedType(field.type))) {
      return pageSizeOf(args);
    }
    if (isConnection(parent)) {
      return parentEntries;
    }
    if (!isListType(getNullableType(field.type))) {
      return 1;
    }
    if (field.name === 'statistics' && (args['groupBy'] as readonly unknown[]).length === 0) {
      return 1;
    }
    if (nameOf(parent, field) === 'Account.members') {
      return Math.max(targets, LIST_ENTRIES);
    }
    return LONG_LISTS[nameOf(parent, field)] ?? (listMembersIn(args) || LIST_ENTRIES);
  },

  priceOf({ parent, field, args, parentEntries }, entries, selections) {
    const members = listMembersIn(args);
    if (parent.name === 'Mutation') {
      return MUTATION_POINTS + members + selections * plannedShareOf(args, members);
    }
    const reading = (READING_POINTS[nameOf(parent, field)] ?? 0) / parentEntries;
    if (isLeafType(getNamedType(field.type))) {
      const counting = field.name === 'totalCount' ? TOTAL_COUNT_POINTS : 0;
      return LEAF_POINTS + members + counting + reading;
    }
    if (isConnection(getNamedType(field.type))) {
      return 1 + members + selections;
    }
    if (isConnection(parent)) {
      return field.name === 'pageInfo' ? 1 + selections : entries * (1 + selections);
    }
    return 1 + members + limitOf(args) + reading + entries * selections;
  },
});

function nameOf(parent: GraphQLNamedType, field: { readonly name: string }): string {
  return `${parent.name}.${field.name}`;
}

function isConnection({ name }: GraphQLNamedType): boolean {
  return name.endsWith('Connection');
}

/** How many times the selections of a mutation count: the plan of a dry run has an entry for each account at each target. */
function plannedShareOf({ input }: Readonly<Record<string, unknown>>, members: number): number {
  const isDryRun = (input as { dryRun?: unknown } | undefined)?.dryRun === true;
  return isDryRun ? Math.max(1, members / LIST_ENTRIES) : 1;
}

/** The limit of a list inside a field that is no page. */
function limitOf({ first, input }: Readonly<Record<string, unknown>>): number {
  const limit = first ?? (input as { limit?: unknown } | undefined)?.limit;
  return typeof limit === 'number' && limit > 0 ? limit : 0;
}

function pageSizeOf(args: Readonly<Record<string, unknown>>): number {
  const size = args['first'] ?? args['last'];
  return typeof size === 'number' ? Math.min(Math.max(size, 1), PAGE.max) : PAGE.default;
}

/** The number of members of all lists in an argument, however deep. A coerced value is no deeper than its input type. */
function listMembersIn(value: unknown): number {
  if (Array.isArray(value)) {
    return value.length;
  }
  if (typeof value !== 'object' || value === null) {
    return 0;
  }
  return Object.values(value).reduce<number>((members, each) => members + listMembersIn(each), 0);
}
