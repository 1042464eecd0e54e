import {
  getOperationAST,
  GraphQLError,
  NoSchemaIntrospectionCustomRule,
  OperationTypeNode,
  specifiedRules,
  validate,
  type DocumentNode,
  type ExecutionResult,
  type GraphQLSchema,
} from 'graphql';
import { GatewayError } from '../../errors.js';
import type { Charge } from '../../services/access/budget.js';
import type { WatchCredential } from '../../services/access/credentialWatch.js';
import { callerKey } from '../../services/callerKey.js';
import type { TakeLoopTurn } from '../../services/eventLoopTurns.js';
import { headOf } from '../request/errorStatus.js';
import { credentialOf } from '../request/requestInfo.js';
import { OPERATION_POINTS, type Admit } from './admission.js';
import { documentLimitsRule, type DocumentSize } from './documentLimits.js';
import type { ChargeRefused } from './documentText.js';
import type { FormatError } from './formatError.js';
import type { HttpContext } from './httpContext.js';
import { countCodes } from './operationInfo.js';
import type { OperationParameters } from './parameters.js';
import { parseOrNull, type ParsedOperation } from './parsedOperation.js';
import { RefusedOperation } from './refusedOperation.js';
import { subscriptionResults } from './subscriptionResults.js';
import { FaultyInput, MAX_FAULTS } from './variables.js';

/** What subscriptions work with; most of it is shared with queries and mutations. */
export interface SubscriptionDependencies {
  readonly schema: GraphQLSchema;
  readonly limits: DocumentSize & { readonly tokens: number };
  readonly allowsIntrospection: boolean;
  readonly admit: Admit;
  readonly charge: Charge;
  readonly takeLoopTurn: TakeLoopTurn;
  readonly chargeRefused: ChargeRefused;
  readonly watchCredential: WatchCredential;
  readonly formatError: FormatError;
}

/**
 * Resolves with the results of a subscription, as JSON, once it is admitted; with null for any other operation, and for a document
 * that cannot be parsed. Rejects with RefusedOperation when the subscription is not valid or not admitted.
 */
export type Subscribe = (
  context: HttpContext,
  parameters: OperationParameters,
) => Promise<AsyncIterable<string> | null>;

export function createSubscribe(dependencies: SubscriptionDependencies): Subscribe {
  return async (context, parameters) => {
    const { query, operationName, variables } = parameters;
    if (!isMaybeSubscription(query)) {
      return null;
    }
    // To parse, validate and begin a subscription takes 2 ms: many that come together would keep the event loop for seconds.
    await dependencies.takeLoopTurn(callerKey(context.caller));
    const found = subscriptionIn(query, operationName, dependencies.limits.tokens);
    if (found === null) {
      return null;
    }
    try {
      return await subscribe(dependencies, context, { ...found, operationName, variables });
    } catch (error) {
      return refuse(dependencies, { context, query, error });
    }
  };
}

/** The subscription that a request selects; null if it selects another operation, and for a document that cannot be parsed. */
export function subscriptionIn(
  query: string,
  operationName: string | null,
  maxTokens: number,
): Pick<ParsedOperation, 'document' | 'operation'> | null {
  if (!isMaybeSubscription(query)) {
    return null;
  }
  const document = parseOrNull(query, maxTokens);
  const operation = document && getOperationAST(document, operationName);
  return document !== null && operation?.operation === OperationTypeNode.SUBSCRIPTION
    ? { document, operation }
    : null;
}

/** The keyword has no other spelling. A document without it is not parsed here, as Apollo parses it anyway. */
function isMaybeSubscription(query: string): boolean {
  return query.includes(OperationTypeNode.SUBSCRIPTION);
}

async function subscribe(
  dependencies: SubscriptionDependencies,
  context: HttpContext,
  parsed: ParsedOperation,
): Promise<AsyncIterable<string>> {
  const { schema, admit, charge, takeLoopTurn, watchCredential, formatError } = dependencies;
  const { document, operationName, variables: variableValues } = parsed;
  validateDocument(document, dependencies);
  const { cost } = await admit(context.requestInfo, parsed);
  const results = subscriptionResults({
    args: { schema, document, contextValue: context, operationName, variableValues },
    caller: context.caller,
    points: cost.complexity + OPERATION_POINTS,
    charge,
    takeLoopTurn,
    watch: () => watchCredential(credentialOf(context.requestInfo)),
  });
  return toJson(results, formatError);
}

/** A document that is not valid: `faults` says why, in the words of graphql-js. */
class InvalidDocument extends Error {
  constructor(readonly faults: readonly GraphQLError[]) {
    super('the document is not valid');
  }
}

/** @throws InvalidDocument */
function validateDocument(
  document: DocumentNode,
  { schema, limits, allowsIntrospection }: SubscriptionDependencies,
): void {
  const rules = [...specifiedRules, documentLimitsRule(limits)];
  if (!allowsIntrospection) {
    rules.push(NoSchemaIntrospectionCustomRule);
  }
  const faults = validate(schema, document, rules, {
    hideSuggestions: !allowsIntrospection,
    maxErrors: MAX_FAULTS,
  });
  if (faults.length > 0) {
    throw new InvalidDocument(faults);
  }
}

interface Refused {
  readonly context: HttpContext;
  readonly query: string;
  readonly error: unknown;
}

/** Rejects with the answer to a subscription that is not valid or not admitted. */
async function refuse(
  { chargeRefused, formatError }: SubscriptionDependencies,
  { context: { requestInfo }, query, error }: Refused,
): Promise<never> {
  const [faults, code] = faultsOf(error);
  await chargeRefused(requestInfo, query);
  const errors = faults.map((one) => formatError(one, code));
  requestInfo.errors = countCodes(errors);
  const { requestId } = requestInfo.origin;
  throw new RefusedOperation({ errors, extensions: { requestId } }, headOf(faults[0]));
}

/** The errors of a refused operation, and the code for those without one. */
function faultsOf(error: unknown): [readonly (GatewayError | GraphQLError)[], string] {
  if (error instanceof InvalidDocument) {
    return [error.faults, 'GRAPHQL_VALIDATION_FAILED'];
  }
  if (error instanceof FaultyInput) {
    return [error.faults, 'BAD_USER_INPUT'];
  }
  if (error instanceof GatewayError || error instanceof GraphQLError) {
    return [[error], 'BAD_REQUEST'];
  }
  throw error;
}

/** The same results as JSON, with errors as callers see them. */
async function* toJson(
  results: AsyncIterable<ExecutionResult>,
  formatError: FormatError,
): AsyncGenerator<string> {
  for await (const { errors, ...result } of results) {
    yield JSON.stringify(
      errors === undefined ? result : { errors: errors.map((error) => formatError(error)), ...result },
    );
  }
}
