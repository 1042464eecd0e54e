import {
  getNamedType,
  getNullableType,
  isLeafType,
  isListType,
  Kind,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql';
import { operationPrice, type PricedField } from './operationPrice.js';
import type { CoercedOperation } from './parsedOperation.js';

/** Entries of a page: without `first` or `last`, and at most. */
const PAGE = { default: 50, max: 100 } as const;

/** Entries that are assumed for a list without pages. */
const LIST_ENTRIES = 10;

/** Points of a mutation, its accounts not counted: a mutation writes. */
const MUTATION_POINTS = 10;

/** Most cached costs of one operation: clients send it with a few page sizes. */
const MAX_CACHED_COSTS = 20;

/**
 * Returns the cost of an operation in points, before it is executed. Throws the GraphQLError of an argument whose value does not
 * fit its type.
 *
 * - A record costs 1.
 * - A page costs 1, and the cost of one entry times the number of entries that it may have.
 * - A list without pages costs LIST_ENTRIES times the cost of one entry.
 * - Every member of a list in the arguments, such as an account, costs 1.
 * - A field that is no page, but limits a list by `first` or `limit`, costs as many points more.
 * - A mutation costs MUTATION_POINTS more.
 * - Scalars and enums are free, in introspection too.
 */
export type CostOf = (operation: CoercedOperation) => number;

/** Costs are cached for as long as Apollo caches the document: computing one takes 10 % of the time of a page. */
export function createCostOf(schema: GraphQLSchema): CostOf {
  const cached = new WeakMap<OperationDefinitionNode, Map<string, number>>();

  return (coerced) => {
    const { operation, variables } = coerced;
    const key = cacheKeyOf(operation, variables);
    if (key === null) {
      return operationPrice(schema, coerced, priceOf);
    }
    let costs = cached.get(operation);
    if (costs === undefined) {
      cached.set(operation, (costs = new Map<string, number>()));
    }
    const known = costs.get(key);
    if (known !== undefined) {
      return known;
    }
    const cost = operationPrice(schema, coerced, priceOf);
    if (costs.size >= MAX_CACHED_COSTS) {
      costs.clear();
    }
    costs.set(key, cost);
    return cost;
  };
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

function priceOf({ parent, field, args, selections }: PricedField): number {
  const named = getNamedType(field.type);
  const members = listMembersIn(args);
  if (parent.name === 'Mutation') {
    return MUTATION_POINTS + members + selections;
  }
  if (isLeafType(named)) {
    return members;
  }
  if (named.name.endsWith('Connection')) {
    return 1 + members + pageSizeOf(args) * selections;
  }
  // The connection has already multiplied by the number of entries.
  if (parent.name.endsWith('Connection')) {
    return field.name === 'nodes' ? 1 + selections : selections;
  }
  const isList = isListType(getNullableType(field.type));
  return 1 + members + limitOf(args) + (isList ? members || LIST_ENTRIES : 1) * selections;
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
