import type { FastifyRequest } from 'fastify';
import {
  getOperationAST,
  NoSchemaIntrospectionCustomRule,
  OperationTypeNode,
  parse,
  specifiedRules,
  validate,
  type DocumentNode,
  type GraphQLError,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql';
import { GatewayError } from '../../errors.js';
import { documentLimitsRule, type DocumentSize } from './documentLimits.js';
import type { ParsedOperation } from './parsedOperation.js';
import { parametersOf } from './parameters.js';
import { MAX_FAULTS } from './variables.js';

/** Most lexical tokens of a subscription: it selects some fields of one request. */
const MAX_TOKENS = 2_000;

/** The GraphQL parameters of a subscription, as the client sent them. */
export interface SubscriptionParameters {
  readonly query: string;
  readonly operationName: string | null;
  readonly variables: Record<string, unknown>;
}

/** How documents are validated. */
export interface ValidationOptions {
  readonly schema: GraphQLSchema;
  readonly limits: DocumentSize;
  readonly allowsIntrospection: boolean;
}

/** A document that is not valid: `faults` says why, in the words of graphql-js. */
export class InvalidDocument extends Error {
  constructor(readonly faults: readonly GraphQLError[]) {
    super('the document is not valid');
  }
}

/** @throws GatewayError BAD_REQUEST when the body is no GraphQL request. */
export function subscriptionParameters(request: FastifyRequest): SubscriptionParameters {
  const { query, operationName = null, variables = null } = parametersOf(request) ?? {};
  const isName = operationName === null || typeof operationName === 'string';
  if (typeof query !== 'string' || !isName || typeof variables !== 'object' || Array.isArray(variables)) {
    throw new GatewayError(
      'BAD_REQUEST',
      'expected a JSON object with query, and optionally variables and operationName, as the body',
    );
  }
  return { query, operationName, variables: { ...variables } };
}

/**
 * Parses and validates a subscription.
 *
 * @throws GraphQLError for a syntax error; InvalidDocument; GatewayError BAD_REQUEST when the request selects no subscription.
 */
export function parseSubscription(
  { query, operationName, variables }: SubscriptionParameters,
  options: ValidationOptions,
): ParsedOperation {
  const document = parse(query, { maxLexicalTokens: MAX_TOKENS, noLocation: true });
  const faults = validateDocument(document, options);
  if (faults.length > 0) {
    throw new InvalidDocument(faults);
  }
  return { document, operation: subscriptionIn(document, operationName), operationName, variables };
}

function validateDocument(
  document: DocumentNode,
  { schema, limits, allowsIntrospection }: ValidationOptions,
): readonly GraphQLError[] {
  const rules = [...specifiedRules, documentLimitsRule(limits)];
  if (!allowsIntrospection) {
    rules.push(NoSchemaIntrospectionCustomRule);
  }
  return validate(schema, document, rules, {
    hideSuggestions: !allowsIntrospection,
    maxErrors: MAX_FAULTS,
  });
}

function subscriptionIn(document: DocumentNode, operationName: string | null): OperationDefinitionNode {
  const operation = getOperationAST(document, operationName);
  if (operation?.operation !== OperationTypeNode.SUBSCRIPTION) {
    throw new GatewayError(
      'BAD_REQUEST',
      'expected one subscription; queries and mutations are for /graphql',
    );
  }
  return operation;
}
