import { Kind, type DocumentNode, type GraphQLSchema, type OperationDefinitionNode } from 'graphql';
import { GatewayError } from '../../errors.js';
import type { Budget, Charge } from '../../services/access/budget.js';
import { createCostOf, type PricedOperation } from './cost.js';
import { noCredentials, type RequestInfo } from '../request/gate.js';

/** What an operation costs, and what its caller has left: `extensions.cost` of the answer. */
export interface Cost {
  readonly complexity: number;
  readonly maximum: number;
  /** Null for callers without a budget. */
  readonly budget: Budget | null;
}

/** Most points of an introspection query. The standard one that tools send costs about half of that. */
const SCHEMA_POINTS = 30_000;

/**
 * Resolves with the cost of an operation that may be executed; null when the variables do not fit their types, which
 * graphql-js reports when it executes the operation.
 *
 * - An anonymous caller may run introspection queries only.
 * - An authenticated caller may run any operation within MAX_COMPLEXITY and the caller's budget.
 * - An introspection query may cost SCHEMA_POINTS, whoever the caller is and whatever MAX_COMPLEXITY says.
 *
 * Fills in `operation` of the request for the log. Rejects with UNAUTHENTICATED, LIMIT_EXCEEDED or RATE_LIMITED.
 */
export type Admit = (requestInfo: RequestInfo, asked: PricedOperation) => Promise<Cost | null>;

export function createAdmit(
  schema: GraphQLSchema,
  { maxComplexity, charge }: { maxComplexity: number; charge: Charge },
): Admit {
  const costOf = createCostOf(schema);
  return async (requestInfo, asked) => {
    const { document, operation } = asked;
    const fields = [...rootFields(document, operation)];
    const notes = {
      type: operation.operation,
      name: operation.name?.value ?? null,
      fields,
      cost: null,
      counts: [],
    };
    requestInfo.operation = notes;
    const asksForSchema = fields.every((field) => field.startsWith('__'));
    if (requestInfo.caller === null && !asksForSchema) {
      throw noCredentials();
    }
    const complexity = costOf(asked);
    if (complexity === null) {
      return null;
    }
    requestInfo.operation.cost = complexity;
    const maximum = asksForSchema ? SCHEMA_POINTS : maxComplexity;
    if (complexity > maximum) {
      throw asksForSchema ? tooMuchSchema(complexity) : tooComplex(complexity, maximum);
    }
    const budget = requestInfo.caller === null ? null : await charge(requestInfo.caller, complexity + 1);
    return { complexity, maximum, budget };
  };
}

function tooComplex(actual: number, maximum: number): GatewayError {
  return new GatewayError(
    'LIMIT_EXCEEDED',
    `expected an operation of at most ${maximum} points, got ${actual}: ask for smaller pages or fewer accounts`,
    { details: { limit: 'MAX_COMPLEXITY', maximum, actual } },
  );
}

function tooMuchSchema(actual: number): GatewayError {
  return new GatewayError(
    'LIMIT_EXCEEDED',
    `expected introspection of at most ${SCHEMA_POINTS} points, got ${actual}: ask for the schema once`,
    { details: { limit: 'SCHEMA_POINTS', maximum: SCHEMA_POINTS, actual } },
  );
}

/** The names of the fields that an operation begins with, in fragments too. */
function rootFields(document: DocumentNode, operation: OperationDefinitionNode): Set<string> {
  const names = new Set<string>();
  const seen = new Set<string>();
  const sets = [operation.selectionSet];
  for (const set of sets) {
    for (const selection of set.selections) {
      if (selection.kind === Kind.FIELD) {
        names.add(selection.name.value);
      } else if (selection.kind === Kind.INLINE_FRAGMENT) {
        sets.push(selection.selectionSet);
      } else if (!seen.has(selection.name.value)) {
        seen.add(selection.name.value);
        for (const definition of document.definitions) {
          if (
            definition.kind === Kind.FRAGMENT_DEFINITION &&
            definition.name.value === selection.name.value
          ) {
            sets.push(definition.selectionSet);
          }
        }
      }
    }
  }
  return names;
}

/** How often each code comes up among errors. */
export function countCodes(
  errors: readonly { readonly extensions?: { readonly code?: unknown } }[],
): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { extensions } of errors) {
    const code = typeof extensions?.code === 'string' ? extensions.code : 'INTERNAL_ERROR';
    counts[code] = (counts[code] ?? 0) + 1;
  }
  return counts;
}

/** The counts of the requests that mutations answer with, for the log. */
export function countsIn(data: unknown): unknown[] {
  return Object.values((data ?? {}) as Record<string, { request?: { counts?: unknown } } | null>)
    .map((payload) => payload?.request?.counts)
    .filter((counts) => counts !== undefined);
}
