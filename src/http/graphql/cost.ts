import {
  getNamedType,
  getNullableType,
  getVariableValues,
  GraphQLError,
  isLeafType,
  isListType,
  Kind,
  type DocumentNode,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql';
import { getComplexity, type ComplexityEstimatorArgs } from 'graphql-query-complexity';

/** Entries of a page that does not say how many it wants, and most that any page has. */
const PAGE = { default: 50, max: 100 } as const;

/** Entries that a list without pages is taken to have. */
const LIST_ENTRIES = 10;

/** Points of a mutation, besides its accounts: it writes. */
const MUTATION_POINTS = 10;

/** Costs that are remembered of one operation: it comes with a few page sizes. */
const MAX_CACHED_COSTS = 20;

/** An operation that has been parsed and validated, and its variables as they came. */
export interface PricedOperation {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly operationName: string | null;
  readonly variables: Record<string, unknown>;
  /** The variables as their types have them; null when they do not fit. */
  readonly coerced: Record<string, unknown> | null;
}

/** An operation as Apollo and graphql-js know it, to be priced. */
export function toBePriced(schema: GraphQLSchema, asked: Omit<PricedOperation, 'coerced'>): PricedOperation {
  const { operation, variables } = asked;
  const { coerced } = getVariableValues(schema, operation.variableDefinitions ?? [], variables);
  return { ...asked, coerced: coerced ?? null };
}

/**
 * What an operation costs, in points. A record costs 1; a page as many times what is asked of each entry as it may have
 * entries; a list without pages ten times; every member of a list in the arguments, an account say, 1; an answer that is no
 * page but may have so many entries (`first`, `limit`), as many more; a mutation 10 more. Leaves are free, of the schema itself too. Null when the variables do not fit: then nothing is executed.
 */
export type CostOf = (asked: PricedOperation) => number | null;

/** @returns a function that remembers costs for as long as the document is kept: reckoning takes a tenth of a page's time. */
export function createCostOf(schema: GraphQLSchema): CostOf {
  const cached = new WeakMap<OperationDefinitionNode, Map<string, number>>();

  return (asked) => {
    const { operation, variables, coerced } = asked;
    if (coerced === null) {
      return null;
    }
    const sizes = sizesIn(operation, variables);
    if (sizes === null) {
      return reckon(schema, asked);
    }
    let costs = cached.get(operation);
    if (costs === undefined) {
      cached.set(operation, (costs = new Map<string, number>()));
    }
    const known = costs.get(sizes);
    if (known !== undefined) {
      return known;
    }
    const cost = reckon(schema, asked);
    if (costs.size >= MAX_CACHED_COSTS) {
      costs.clear();
    }
    if (cost !== null) {
      costs.set(sizes, cost);
    }
    return cost;
  };
}

/** Types of variables whose values change no cost: they are one value each, and no size of a page and no condition. */
const SINGLE_VALUES = new Set(['String', 'ID', 'DateTime', 'AwsAccountId', 'AwsRegion', 'EmailAddress']);

/** The values that the cost depends on, as a key; null when it depends on what lists and input objects hold. */
function sizesIn(operation: OperationDefinitionNode, variables: Record<string, unknown>): string | null {
  const sizes: unknown[] = [];
  for (const { type, variable } of operation.variableDefinitions ?? []) {
    const named = type.kind === Kind.NON_NULL_TYPE ? type.type : type;
    if (named.kind === Kind.LIST_TYPE) {
      return null;
    }
    if (SINGLE_VALUES.has(named.name.value)) {
      continue;
    }
    if (named.name.value !== 'Int' && named.name.value !== 'Boolean') {
      return null;
    }
    // What is absent has its default, and null has none.
    const name = variable.name.value;
    sizes.push(name in variables ? variables[name] : []);
  }
  return JSON.stringify(sizes);
}

function reckon(
  schema: GraphQLSchema,
  { document, operationName, variables }: PricedOperation,
): number | null {
  try {
    return getComplexity({
      schema,
      query: document,
      variables,
      estimators: [estimate],
      ...(operationName === null ? {} : { operationName }),
    });
  } catch (error) {
    if (error instanceof GraphQLError) {
      return null;
    }
    throw error;
  }
}

function estimate({ type, field, args, childComplexity }: ComplexityEstimatorArgs): number {
  const named = getNamedType(field.type);
  const asked = membersOf(args);
  if (type.name === 'Mutation') {
    return MUTATION_POINTS + asked + childComplexity;
  }
  if (isLeafType(named)) {
    return asked;
  }
  if (named.name.endsWith('Connection')) {
    return 1 + asked + pageSize(args) * childComplexity;
  }
  // The entries of a page, which the page has multiplied already.
  if (type.name.endsWith('Connection')) {
    return field.name === 'nodes' ? 1 + childComplexity : childComplexity;
  }
  const isList = isListType(getNullableType(field.type));
  return 1 + asked + entriesOf(args) + (isList ? asked || LIST_ENTRIES : 1) * childComplexity;
}

/** Entries that the argument lets into an answer that is no page. */
function entriesOf({ first, input }: Readonly<Record<string, unknown>>): number {
  const wanted = first ?? (input as { limit?: unknown } | undefined)?.limit;
  return typeof wanted === 'number' && wanted > 0 ? wanted : 0;
}

function pageSize(args: Readonly<Record<string, unknown>>): number {
  const wanted = args['first'] ?? args['last'];
  return typeof wanted === 'number' ? Math.min(Math.max(wanted, 1), PAGE.max) : PAGE.default;
}

/** The members of all lists in an argument, however deep they lie: the coerced value is no deeper than its input type. */
function membersOf(value: unknown): number {
  if (Array.isArray(value)) {
    return value.length;
  }
  if (typeof value !== 'object' || value === null) {
    return 0;
  }
  return Object.values(value).reduce<number>((members, each) => members + membersOf(each), 0);
}
