import type { GraphQLSchema } from 'graphql';
import { GatewayError } from '../../errors.js';
import type { Budget, Charge } from '../../services/access/budget.js';
import { noCredentials } from '../request/gate.js';
import type { RequestInfo } from '../request/requestInfo.js';
import { createCostOf } from './cost.js';
import { isIntrospection, operationInfoOf } from './operationInfo.js';
import type { ParsedOperation } from './parsedOperation.js';

/** The cost of an operation in points: `extensions.cost` of the answer. */
export interface Cost {
  readonly complexity: number;
  readonly maximum: number;
  /** The caller's budget after the operation; null for a caller without a budget. */
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
 * - An introspection query may cost SCHEMA_POINTS; MAX_COMPLEXITY does not apply to it.
 *
 * Sets `operation` of the request, for the log. Rejects with UNAUTHENTICATED, LIMIT_EXCEEDED or RATE_LIMITED.
 */
export type Admit = (requestInfo: RequestInfo, parsed: ParsedOperation) => Promise<Cost | null>;

export function createAdmit(
  schema: GraphQLSchema,
  { maxComplexity, charge }: { maxComplexity: number; charge: Charge },
): Admit {
  const costOf = createCostOf(schema);
  return async (requestInfo, parsed) => {
    const { caller } = requestInfo;
    const operation = operationInfoOf(parsed);
    requestInfo.operation = operation;
    const readsSchema = isIntrospection(operation);
    if (caller === null && !readsSchema) {
      throw noCredentials();
    }
    const complexity = costOf(parsed);
    if (complexity === null) {
      return null;
    }
    operation.cost = complexity;
    const maximum = readsSchema ? SCHEMA_POINTS : maxComplexity;
    if (complexity > maximum) {
      throw readsSchema ? introspectionTooCostly(complexity) : tooComplex(complexity, maximum);
    }
    // One more point, so that an operation of scalars alone is charged too.
    const budget = caller === null ? null : await charge(caller, complexity + 1);
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

function introspectionTooCostly(actual: number): GatewayError {
  return new GatewayError(
    'LIMIT_EXCEEDED',
    `expected an introspection query of at most ${SCHEMA_POINTS} points, got ${actual}: select the schema once`,
    { details: { limit: 'SCHEMA_POINTS', maximum: SCHEMA_POINTS, actual } },
  );
}
