import type { FastifyInstance, FastifyRequest } from 'fastify';
import {
  getOperationAST,
  GraphQLError,
  OperationTypeNode,
  parse,
  validate,
  type ExecutionArgs,
  type ExecutionResult,
  type GraphQLFormattedError,
  type GraphQLSchema,
} from 'graphql';
import type { RequestParams, Response } from 'graphql-sse';
import { createHandler } from 'graphql-sse/lib/use/fastify';
import type { GatewayContext } from '../resolvers/context.js';

/** Most lexical tokens of a subscription: it selects some fields of one request. */
const MAX_TOKENS = 2_000;

/** What subscriptions need. */
export interface StreamOptions {
  readonly schema: GraphQLSchema;
  /** The context of one operation, made as for /graphql: the same rules hold. */
  readonly contextOf: (request: FastifyRequest) => GatewayContext;
  /** What callers see of an error, as on /graphql. */
  readonly formatError: (formatted: GraphQLFormattedError, error: unknown) => GraphQLFormattedError;
}

/**
 * Subscriptions on POST /graphql/stream: GraphQL over SSE in distinct connections mode, by graphql-sse. Queries and
 * mutations belong to /graphql and are refused. A client that goes away ends its subscription.
 */
export function registerStream(app: FastifyInstance, options: StreamOptions): void {
  const { schema, contextOf } = options;
  const handle = createHandler({
    // Distinct connections only: nothing is kept here between two requests.
    authenticate: () => null,
    onSubscribe: (request, params) => prepare(schema, contextOf(request.raw), params),
    onNext: (_context, _request, result) => withFormattedErrors(result as ExecutionResult, options),
  });
  app.post('/graphql/stream', (request, reply) => handle(request, reply));
}

function prepare(
  schema: GraphQLSchema,
  contextValue: GatewayContext,
  { query, operationName, variables }: RequestParams,
): (ExecutionArgs & { contextValue: Record<string, unknown> }) | Response {
  try {
    const document = parse(query, { maxLexicalTokens: MAX_TOKENS });
    const errors = validate(schema, document);
    if (errors.length > 0) return refusal(errors);
    if (getOperationAST(document, operationName)?.operation !== OperationTypeNode.SUBSCRIPTION) {
      const extensions = { code: 'BAD_REQUEST' };
      throw new GraphQLError('expected one subscription; queries and mutations are for /graphql', {
        extensions,
      });
    }
    return {
      schema,
      document,
      contextValue: { ...contextValue },
      operationName,
      variableValues: variables,
    };
  } catch (error) {
    if (error instanceof GraphQLError) return refusal([error]);
    throw error;
  }
}

function refusal(errors: readonly GraphQLError[]): Response {
  const headers = { 'content-type': 'application/json; charset=utf-8' };
  return [JSON.stringify({ errors }), { status: 400, statusText: 'Bad Request', headers }];
}

function withFormattedErrors(
  result: ExecutionResult,
  { formatError }: StreamOptions,
): ExecutionResult | undefined {
  if (result.errors === undefined) return undefined;
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
