import { GraphQLError, type GraphQLSchema } from 'graphql';
import { GatewayError } from '../../errors.js';
import type { Budget, Charge } from '../../services/access/budget.js';
import { callerKey } from '../../services/callerKey.js';
import { createFairTurns } from '../../services/fairTurns.js';
import { noCredentials } from '../request/gate.js';
import { bodyPoints } from '../request/jsonBody.js';
import type { UnreadBytes } from '../request/unreadBytes.js';
import type { RequestInfo } from '../request/requestInfo.js';
import { createCostOf, type CostOf } from './cost.js';
import { SCHEMA_POINTS } from './introspectionPrice.js';
import { isIntrospection, operationInfoOf } from './operationInfo.js';
import type { CoercedOperation, ParsedOperation } from './parsedOperation.js';
import { coerceVariables, FaultyInput } from './variables.js';

/** The cost of an operation in points: `extensions.cost` of the answer. */
export interface Cost {
  readonly complexity: number;
  readonly maximum: number;
  /** The caller's budget after the operation; null for a caller without a budget. */
  readonly budget: Budget | null;
}

/**
 * Queries that are executed at once: those of one caller have MAX_COMPLEXITY points together, and those of all callers three
 * times as many. A point takes up to 2 kB of memory. Mutations and subscriptions mostly wait, and are not counted.
 */
const CALLERS_AT_ONCE = 3;

/** Most queries of one caller that wait until others of the caller have been executed. */
const WAITING_QUERIES = 1_000;

/** Points that every operation is charged beside its cost, for the HTTP request, authentication and parsing. */
export const OPERATION_POINTS = 10;

/** An operation that may be executed. */
export interface Admission {
  readonly operation: CoercedOperation;
  readonly cost: Cost;
}

/**
 * Resolves with an operation that may be executed. Only such operations are executed: each has a cost, and its variables and
 * arguments fit their types.
 *
 * - An anonymous caller may run introspection queries only.
 * - An authenticated caller may run any operation within MAX_COMPLEXITY and the caller's budget.
 * - An introspection query may cost SCHEMA_POINTS; MAX_COMPLEXITY does not apply to it.
 *
 * Checks the caller first, then the variables, then the cost. A query then waits until it may be executed beside the others.
 * Sets `operation` of the request, for the log, and `endExecution`. Rejects with UNAUTHENTICATED, FaultyInput, LIMIT_EXCEEDED
 * or RATE_LIMITED.
 */
export type Admit = (requestInfo: RequestInfo, parsed: ParsedOperation) => Promise<Admission>;

/** What admission works with. */
export interface AdmissionDependencies {
  readonly maxComplexity: number;
  /** Configured targets of all administrators. */
  readonly targets: number;
  readonly charge: Charge;
  readonly unread: UnreadBytes;
}

export function createAdmit(
  schema: GraphQLSchema,
  { maxComplexity, targets, charge, unread }: AdmissionDependencies,
): Admit {
  const executions = createFairTurns({
    total: CALLERS_AT_ONCE * maxComplexity,
    perCaller: maxComplexity,
    waiting: WAITING_QUERIES,
  });
  const priceOf = refuseFaultyArguments(createCostOf(schema, targets));
  return async (requestInfo, parsed) => {
    const { caller } = requestInfo;
    const info = operationInfoOf(parsed);
    requestInfo.operation = info;
    const readsSchema = isIntrospection(info);
    if (caller === null && !readsSchema) {
      throw noCredentials();
    }
    const operation = coerceVariables(schema, parsed);
    const complexity = priceOf(operation);
    info.cost = complexity;
    const maximum = readsSchema ? SCHEMA_POINTS : maxComplexity;
    if (complexity > maximum) {
      throw readsSchema ? introspectionTooCostly(complexity) : tooComplex(complexity, maximum);
    }
    const points = complexity + OPERATION_POINTS;
    const unpaid = Math.max(OPERATION_POINTS, points - bodyPoints(requestInfo.bodyLength));
    const budget = caller === null ? null : await charge(caller, unpaid);
    if (info.type === 'query') {
      requestInfo.endExecution = await executions.take(callerKey(caller), points, caller?.disconnected);
    }
    // After the turn: answers of the caller's other operations may have become ready in the meantime.
    unread.check(caller);
    return { operation, cost: { complexity, maximum, budget } };
  };
}

/** The same prices, with FaultyInput for an argument whose value does not fit its type. */
function refuseFaultyArguments(costOf: CostOf): CostOf {
  return (operation) => {
    try {
      return costOf(operation);
    } catch (error) {
      throw error instanceof GraphQLError ? new FaultyInput([error]) : error;
    }
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
