import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { GraphQLError, type ExecutionResult } from 'graphql';
import { GatewayError } from '../../errors.js';
import type { Caller } from '../../membership.js';
import type { Charge } from '../../services/access/budget.js';
import type { CallerLimit } from '../../services/access/callerLimit.js';
import type { CredentialWatch, WatchCredential } from '../../services/access/credentialWatch.js';
import { headOf } from '../request/errorStatus.js';
import { noCredentials, type Gate } from '../request/gate.js';
import { whenClosed } from '../request/whenClosed.js';
import { credentialOf } from '../request/requestInfo.js';
import { OPERATION_POINTS, type Admit } from './admission.js';
import type { ChargeRefused, CheckDocumentText } from './documentText.js';
import { EVENT_STREAM_HEADERS, toEventStream } from './eventStream.js';
import type { FormatError } from './formatError.js';
import type { HttpContext, HttpContextOf } from './httpContext.js';
import { countCodes } from './operationInfo.js';
import {
  InvalidDocument,
  parseSubscription,
  subscriptionParameters,
  type SubscriptionParameters,
  type ValidationOptions,
} from './subscription.js';
import { subscriptionResults } from './subscriptionResults.js';
import type { TrustedDocuments } from './trustedDocuments.js';
import { FaultyInput } from './variables.js';

/** What subscriptions work with; most of it is shared with /graphql. */
export interface StreamDependencies extends ValidationOptions {
  readonly contextOf: HttpContextOf;
  readonly watchCredential: WatchCredential;
  readonly formatError: FormatError;
  readonly gate: Gate;
  readonly trustedDocuments: TrustedDocuments;
  readonly checkDocumentText: CheckDocumentText;
  readonly admit: Admit;
  readonly charge: Charge;
  readonly chargeRefused: ChargeRefused;
  /** The streams of a caller that are open at once. */
  readonly openStreams: CallerLimit;
}

/**
 * Registers POST /graphql/stream: subscriptions over server-sent events, in the distinct connections mode of GraphQL over SSE.
 * A query or a mutation gets BAD_REQUEST. A caller with too many open streams gets LIMIT_EXCEEDED.
 *
 * A subscription ends when its client disconnects, and with an error `UNAUTHENTICATED` when its credential ends. A body must be
 * JSON, which a page of another origin cannot send without a preflight.
 */
export function registerStream(app: FastifyInstance, dependencies: StreamDependencies): void {
  const { contextOf, gate, trustedDocuments, checkDocumentText, openStreams } = dependencies;
  const preHandler = [checkDocumentText, trustedDocuments];
  app.post('/graphql/stream', { onRequest: gate, preHandler }, async (request, reply) => {
    const caller = request.requestInfo?.caller;
    if (caller == null) {
      throw noCredentials();
    }
    if (!acceptsEvents(request)) {
      throw new GatewayError('BAD_REQUEST', 'expected an Accept header with text/event-stream');
    }
    const parameters = subscriptionParameters(request);
    whenClosed(reply.raw, openStreams.open(caller));
    const context = contextOf(request);
    try {
      const results = await subscribe(dependencies, { caller, context, parameters });
      const events = toEventStream(results);
      whenClosed(reply.raw, () => events.destroy());
      return await reply.headers(EVENT_STREAM_HEADERS).send(events);
    } catch (error) {
      return refuse(dependencies, { context, parameters, reply }, error);
    }
  });
}

function acceptsEvents({ headers }: FastifyRequest): boolean {
  return headers.accept?.includes('text/event-stream') === true;
}

interface StreamRequest {
  readonly context: HttpContext;
  readonly parameters: SubscriptionParameters;
  readonly reply: FastifyReply;
}

/** Resolves with the results of the subscription, once it is admitted. */
async function subscribe(
  dependencies: StreamDependencies,
  { caller, context, parameters }: Omit<StreamRequest, 'reply'> & { readonly caller: Caller },
): Promise<AsyncIterable<ExecutionResult>> {
  const { schema, admit, charge, watchCredential, formatError } = dependencies;
  const parsed = parseSubscription(parameters, dependencies);
  const { cost } = await admit(context.requestInfo, parsed);
  const watch = (): CredentialWatch => watchCredential(credentialOf(context.requestInfo));
  const { document, operationName, variables: variableValues } = parsed;
  const args = { schema, document, contextValue: context, operationName, variableValues };
  const points = cost.complexity + OPERATION_POINTS;
  return withFormattedErrors(subscriptionResults({ args, caller, points, charge, watch }), formatError);
}

/** Answers with the errors that refuse the operation. */
async function refuse(
  { chargeRefused, formatError }: StreamDependencies,
  { context: { requestInfo }, parameters, reply }: StreamRequest,
  error: unknown,
): Promise<FastifyReply> {
  const [errors, code] = refusalOf(error);
  await chargeRefused(requestInfo, parameters.query);
  const shown = errors.map((one) => formatError(one, code));
  requestInfo.errors = countCodes(shown);
  const { status, headers } = headOf(errors[0]);
  return reply.code(status).headers(headers).send({ errors: shown });
}

/** The errors of a refused operation, and the code for those without one. */
function refusalOf(error: unknown): [readonly (GatewayError | GraphQLError)[], string] {
  if (error instanceof InvalidDocument) {
    return [error.faults, 'GRAPHQL_VALIDATION_FAILED'];
  }
  if (error instanceof FaultyInput) {
    return [error.faults, 'BAD_USER_INPUT'];
  }
  if (error instanceof GatewayError || error instanceof GraphQLError) {
    return [[error], 'GRAPHQL_PARSE_FAILED'];
  }
  throw error;
}

/** The same results, with errors as callers see them. */
async function* withFormattedErrors(
  results: AsyncIterable<ExecutionResult>,
  formatError: FormatError,
): AsyncGenerator<ExecutionResult> {
  for await (const result of results) {
    yield result.errors === undefined
      ? result
      : { ...result, errors: result.errors.map((error) => toShown(formatError, error)) };
  }
}

function toShown(formatError: FormatError, error: GraphQLError): GraphQLError {
  const { message, extensions = {}, path = null } = formatError(error);
  return new GraphQLError(message, { extensions, path });
}
