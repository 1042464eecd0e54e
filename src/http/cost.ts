import {
  getNamedType,
  getNullableType,
  GraphQLError,
  isLeafType,
  isListType,
  type DocumentNode,
  type GraphQLSchema,
} from 'graphql';
import { getComplexity, type ComplexityEstimatorArgs } from 'graphql-query-complexity';

/** Entries of a page that does not say how many it wants, and most that any page has. */
const PAGE = { default: 50, max: 100 } as const;

/** Entries that a list without pages is taken to have. */
const LIST_ENTRIES = 10;

/** Points of a mutation, besides its accounts: it writes. */
const MUTATION_POINTS = 10;

/**
 * What an operation costs, in points. A record costs 1; a page as many times what is asked of each entry as it may have
 * entries; a list without pages ten times; every member of a list in the arguments, an account say, 1; a mutation 10
 * more. Leaves are free, of the schema itself too. Null when the variables do not fit: then nothing is executed.
 */
export function costOf(
  schema: GraphQLSchema,
  query: DocumentNode,
  operationName: string | null,
  variables: Record<string, unknown>,
): number | null {
  try {
    return getComplexity({
      schema,
      query,
      variables,
      estimators: [estimate],
      ...(operationName === null ? {} : { operationName }),
    });
  } catch (error) {
    if (error instanceof GraphQLError) return null;
    throw error;
  }
}

function estimate({ type, field, args, childComplexity }: ComplexityEstimatorArgs): number {
  const named = getNamedType(field.type);
  const asked = membersOf(args);
  if (type.name === 'Mutation') return MUTATION_POINTS + asked + childComplexity;
  if (isLeafType(named)) return asked;
  if (named.name.endsWith('Connection')) return 1 + asked + pageSize(args) * childComplexity;
  // The entries of a page, which the page has multiplied already.
  if (type.name.endsWith('Connection')) return field.name === 'nodes' ? 1 + childComplexity : childComplexity;
  const isList = isListType(getNullableType(field.type));
  return 1 + asked + (isList ? asked || LIST_ENTRIES : 1) * childComplexity;
}

function pageSize(args: Readonly<Record<string, unknown>>): number {
  const wanted = args['first'] ?? args['last'];
  return typeof wanted === 'number' ? Math.min(Math.max(wanted, 1), PAGE.max) : PAGE.default;
}

/** The members of all lists in an argument, however deep they lie: the coerced value is no deeper than its input type. */
function membersOf(value: unknown): number {
  if (Array.isArray(value)) return value.length;
  if (typeof value !== 'object' || value === null) return 0;
  return Object.values(value).reduce<number>((members, each) => members + membersOf(each), 0);
}
