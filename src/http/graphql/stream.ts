import type { FastifyInstance, FastifyRequest } from 'fastify';
import {
  getOperationAST,
  GraphQLError,
  NoSchemaIntrospectionCustomRule,
  OperationTypeNode,
  parse,
  specifiedRules,
  validate,
  type ExecutionArgs,
  type ExecutionResult,
  type GraphQLFormattedError,
  type GraphQLSchema,
} from 'graphql';
import type { RequestParams, Response } from 'graphql-sse';
import { createHandler } from 'graphql-sse/lib/use/fastify';
import { GatewayError } from '../../errors.js';
import { countCodes, type Admit } from './admission.js';
import { toBePriced } from './cost.js';
import { documentLimitsRule, type DocumentLimits } from './documentLimits.js';
import type { Gate, RequestInfo } from '../request/gate.js';
import type { HttpContext } from './operationPlugin.js';
import type { WatchCredential } from '../../services/access/credentialWatch.js';
import { asHttpError } from '../request/refusal.js';
import type { TrustedDocuments } from './trustedDocuments.js';
import { untilCredentialEnds } from './untilCredentialEnds.js';

/** Most lexical tokens of a subscription: it selects some fields of one request. */
const MAX_TOKENS = 2_000;

/** What subscriptions need. */
export interface StreamOptions {
  readonly schema: GraphQLSchema;
  /** The context of one operation, made as for /graphql: the same rules hold. */
  readonly contextOf: (request: FastifyRequest) => HttpContext;
  readonly watchCredential: WatchCredential;
  /** What callers see of an error, as on /graphql. */
  readonly formatError: (formatted: GraphQLFormattedError, error: unknown) => GraphQLFormattedError;
  readonly gate: Gate;
  readonly trustedDocuments: TrustedDocuments;
  readonly admit: Admit;
  readonly limits: DocumentLimits;
  readonly mayIntrospect: boolean;
}

/**
 * Subscriptions on POST /graphql/stream: GraphQL over SSE in distinct connections mode, by graphql-sse. Queries and
 * mutations belong to /graphql and are refused. A client that goes away ends its subscription, and so does a credential
 * that is good no longer: with an error `UNAUTHENTICATED`. Only JSON is taken as a body, which no page of another origin can
 * send without asking first.
 */
export function registerStream(app: FastifyInstance, options: StreamOptions): void {
  const handle = createHandler({
    // Distinct connections only: nothing is kept here between two requests.
    authenticate: () => null,
    onSubscribe: (request, params) => prepare(options, options.contextOf(request.raw), params),
    onOperation: (_context, { raw }, _args, results) =>
      untilCredentialEnds(results, raw.requestInfo, options.watchCredential),
    onNext: (_context, _request, result) => withFormattedErrors(result as ExecutionResult, options),
  });
  const hooks = { onRequest: options.gate, preHandler: options.trustedDocuments };
  app.post('/graphql/stream', hooks, (request, reply) => handle(request, reply));
}

async function prepare(
  options: StreamOptions,
  contextValue: HttpContext,
  { query, operationName, variables }: RequestParams,
): Promise<(ExecutionArgs & { contextValue: Record<string, unknown> }) | Response> {
  const { schema, limits, mayIntrospect } = options;
  const { requestInfo } = contextValue;
  try {
    const document = parse(query, { maxLexicalTokens: MAX_TOKENS });
    const rules = [
      ...specifiedRules,
      documentLimitsRule(limits),
      ...(mayIntrospect ? [] : [NoSchemaIntrospectionCustomRule]),
    ];
    const errors = validate(schema, document, rules, { hideSuggestions: !mayIntrospect });
    if (errors.length > 0) {
      return refusal(options, requestInfo, errors, 'GRAPHQL_VALIDATION_FAILED');
    }
    const operation = getOperationAST(document, operationName);
    if (operation?.operation !== OperationTypeNode.SUBSCRIPTION) {
      throw new GraphQLError('expected one subscription; queries and mutations are for /graphql');
    }
    const asked = { document, operation, operationName: operationName ?? null, variables: variables ?? {} };
    await options.admit(requestInfo, toBePriced(schema, asked));
    return {
      schema,
      document,
      contextValue: contextValue as HttpContext & Record<string, unknown>,
      operationName,
      variableValues: variables,
    };
  } catch (error) {
    if (error instanceof GatewayError) {
      return refusal(options, requestInfo, [asHttpError(error)], 'BAD_REQUEST');
    }
    if (error instanceof GraphQLError) {
      return refusal(
        options,
        requestInfo,
        [error],
        error.message.startsWith('Syntax Error') ? 'GRAPHQL_PARSE_FAILED' : 'BAD_REQUEST',
      );
    }
    throw error;
  }
}

/** An answer to an operation that is not begun; `code` is for errors that have none of their own. */
function refusal(
  { formatError }: StreamOptions,
  requestInfo: RequestInfo,
  errors: readonly GraphQLError[],
  code: string,
): Response {
  const http = errors[0]?.extensions['http'] as { status: number; headers: Map<string, string> } | undefined;
  const shown = errors.map((error) => {
    const { extensions, ...json } = error.toJSON();
    return formatError({ ...json, extensions: { code, ...extensions } }, error);
  });
  requestInfo.errors = countCodes(shown);
  const headers = {
    'content-type': 'application/json; charset=utf-8',
    ...Object.fromEntries(http?.headers ?? []),
  };
  return [JSON.stringify({ errors: shown }), { status: http?.status ?? 400, statusText: 'Refused', headers }];
}

function withFormattedErrors(
  result: ExecutionResult,
  { formatError }: StreamOptions,
): ExecutionResult | undefined {
  if (result.errors === undefined) {
    return undefined;
  }
  const errors = result.errors.map((error) => {
    const json = error.toJSON();
    // The code Apollo gives what carries none, so that both ways are formatted alike.
    const extensions = { code: 'INTERNAL_SERVER_ERROR', ...json.extensions };
    const { message, ...formatted } = formatError({ ...json, extensions }, error);
    return new GraphQLError(message, {
      extensions: formatted.extensions ?? {},
      path: formatted.path ?? null,
    });
  });
  return { ...result, errors };
}
