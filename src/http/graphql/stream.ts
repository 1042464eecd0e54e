import type { FastifyInstance } from 'fastify';
import {
  getOperationAST,
  GraphQLError,
  NoSchemaIntrospectionCustomRule,
  OperationTypeNode,
  parse,
  specifiedRules,
  validate,
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql';
import type { RequestParams, Response } from 'graphql-sse';
import { createHandler } from 'graphql-sse/lib/use/fastify';
import { GatewayError } from '../../errors.js';
import type { WatchCredential } from '../../services/access/credentialWatch.js';
import { headOf } from '../request/errorStatus.js';
import type { Gate } from '../request/gate.js';
import type { Admit } from './admission.js';
import { documentLimitsRule, type DocumentSize } from './documentLimits.js';
import type { ChargeRefused, CheckDocumentText } from './documentText.js';
import type { FormatError } from './formatError.js';
import type { HttpContext, HttpContextOf } from './httpContext.js';
import { countCodes } from './operationInfo.js';
import type { TrustedDocuments } from './trustedDocuments.js';
import { untilCredentialEnds } from './untilCredentialEnds.js';
import { FaultyInput, MAX_FAULTS } from './variables.js';

/** Most lexical tokens of a subscription: it selects some fields of one request. */
const MAX_TOKENS = 2_000;

/** What subscriptions work with; all but `watchCredential` is shared with /graphql. */
export interface StreamDependencies {
  readonly schema: GraphQLSchema;
  readonly contextOf: HttpContextOf;
  readonly watchCredential: WatchCredential;
  readonly formatError: FormatError;
  readonly gate: Gate;
  readonly trustedDocuments: TrustedDocuments;
  readonly checkDocumentText: CheckDocumentText;
  readonly admit: Admit;
  readonly chargeRefused: ChargeRefused;
  readonly limits: DocumentSize;
  readonly allowsIntrospection: boolean;
}

/**
 * Registers POST /graphql/stream: subscriptions over server-sent events in distinct connections mode, by graphql-sse. A
 * query or a mutation gets BAD_REQUEST. A subscription ends when its client disconnects, and with an error
 * `UNAUTHENTICATED` when its credential ends. A body must be JSON, which a page of another origin cannot send without a
 * preflight.
 */
export function registerStream(app: FastifyInstance, dependencies: StreamDependencies): void {
  const { contextOf, watchCredential, formatError, gate } = dependencies;
  const preHandler = [dependencies.trustedDocuments, dependencies.checkDocumentText];
  const handle = createHandler({
    // Null: distinct connections mode, in which the process keeps nothing between two requests.
    authenticate: () => null,
    onSubscribe: (request, params) => prepare(dependencies, contextOf(request.raw), params),
    onOperation: (_context, { raw }, _args, results) =>
      untilCredentialEnds(results, raw.requestInfo, watchCredential),
    onNext: (_context, _request, result) => withFormattedErrors(result as ExecutionResult, formatError),
  });
  app.post('/graphql/stream', { onRequest: gate, preHandler }, (request, reply) => handle(request, reply));
}

/** Returns what graphql-js executes, or the HTTP answer that refuses the operation. */
async function prepare(
  dependencies: StreamDependencies,
  contextValue: HttpContext,
  params: RequestParams,
): Promise<(ExecutionArgs & { contextValue: Record<string, unknown> }) | Response> {
  const { schema, admit, chargeRefused, formatError } = dependencies;
  const { requestInfo } = contextValue;
  const { query, operationName, variables } = params;
  const refuse = async (
    errors: readonly (GatewayError | GraphQLError)[],
    code: string,
  ): Promise<Response> => {
    await chargeRefused(requestInfo, query);
    const shown = errors.map((error) => formatError(error, code));
    requestInfo.errors = countCodes(shown);
    const { status, headers } = headOf(errors[0]);
    return [
      JSON.stringify({ errors: shown }),
      {
        status,
        statusText: 'Refused',
        headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
      },
    ];
  };
  try {
    const document = parse(query, { maxLexicalTokens: MAX_TOKENS, noLocation: true });
    const errors = validateDocument(document, dependencies);
    if (errors.length > 0) {
      return await refuse(errors, 'GRAPHQL_VALIDATION_FAILED');
    }
    const parsed = {
      document,
      operation: subscriptionIn(document, operationName),
      operationName: operationName ?? null,
      variables: variables ?? {},
    };
    await admit(requestInfo, parsed);
    return {
      schema,
      document,
      contextValue: contextValue as HttpContext & Record<string, unknown>,
      operationName,
      variableValues: variables,
    };
  } catch (error) {
    if (error instanceof FaultyInput) {
      return refuse(error.faults, 'BAD_USER_INPUT');
    }
    if (error instanceof GatewayError || error instanceof GraphQLError) {
      return refuse([error], 'GRAPHQL_PARSE_FAILED');
    }
    throw error;
  }
}

function validateDocument(
  document: DocumentNode,
  { schema, limits, allowsIntrospection }: StreamDependencies,
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

/** @throws GatewayError BAD_REQUEST when the request selects no subscription. */
function subscriptionIn(document: DocumentNode, operationName?: string | null): OperationDefinitionNode {
  const operation = getOperationAST(document, operationName);
  if (operation?.operation !== OperationTypeNode.SUBSCRIPTION) {
    throw new GatewayError(
      'BAD_REQUEST',
      'expected one subscription; queries and mutations are for /graphql',
    );
  }
  return operation;
}

/** The same result with errors as callers see them; undefined for a result without errors, which is sent as it is. */
function withFormattedErrors(result: ExecutionResult, formatError: FormatError): ExecutionResult | undefined {
  if (result.errors === undefined) {
    return undefined;
  }
  const errors = result.errors.map((error) => {
    const { message, extensions = {}, path = null } = formatError(error);
    return new GraphQLError(message, { extensions, path });
  });
  return { ...result, errors };
}
