import { HeaderMap, type ApolloServerPlugin, type GraphQLResponse } from '@apollo/server';
import { GraphQLError, OperationTypeNode, type ExecutionResult, type OperationDefinitionNode } from 'graphql';
import { GatewayError } from '../../errors.js';
import { callerKey } from '../../services/callerKey.js';
import type { TakeLoopTurn } from '../../services/eventLoopTurns.js';
import { headOf } from '../request/errorStatus.js';
import { LONG_BODY } from '../request/jsonBody.js';
import type { Admission, Admit } from './admission.js';
import type { ExecuteCompiled } from './compiledQueries.js';
import type { ChargeRefused } from './documentText.js';
import type { ExecuteMutation } from './executeMutation.js';
import type { FormatError } from './formatError.js';
import type { HttpContext } from './httpContext.js';
import { countCodes, requestCountsIn } from './operationInfo.js';
import type { CoercedOperation } from './parsedOperation.js';
import { FaultyInput } from './variables.js';

/** What admitted operations are executed with. */
interface Execution {
  readonly executeCompiled: ExecuteCompiled;
  readonly executeMutation: ExecuteMutation;
  readonly takeLoopTurn: TakeLoopTurn;
}

/** What the plugin works with. */
export interface OperationPluginDependencies extends Execution {
  readonly admit: Admit;
  readonly chargeRefused: ChargeRefused;
  readonly formatError: FormatError;
}

/**
 * An Apollo plugin that admits every operation, executes mutations and frequent queries, and adds the request id and the cost to
 * `extensions` of every answer.
 */
export function createOperationPlugin({
  admit,
  chargeRefused,
  formatError,
  ...execution
}: OperationPluginDependencies): ApolloServerPlugin<HttpContext> {
  return {
    async requestDidStart() {
      let admission: Admission | null = null;
      let refused: FaultyInput | null = null;
      return {
        async didResolveOperation({ contextValue, document, operation, request }) {
          // Apollo refuses a request that selects no operation when it comes to execute it.
          if (operation === undefined) {
            return;
          }
          refuseSubscription(operation);
          const operationName = request.operationName ?? null;
          const parsed = { document, operation, operationName, variables: request.variables ?? {} };
          try {
            admission = await admit(contextValue.requestInfo, parsed);
          } catch (error) {
            if (!(error instanceof FaultyInput)) {
              throw error instanceof GatewayError ? withHttpStatus(error) : error;
            }
            refused = error;
          }
        },
        async responseForOperation({ contextValue }) {
          if (refused !== null) {
            return toRefusal(refused, formatError);
          }
          if (admission === null) {
            return null;
          }
          const result = await executeAdmitted(execution, admission.operation, contextValue);
          return result && toResponse(result, formatError);
        },
        async willSendResponse({ contextValue: { requestInfo }, response: { body }, source }) {
          // A request without a document has no source, although Apollo types one.
          if (admission === null && (source as string | undefined) !== undefined) {
            await chargeRefused(requestInfo, source);
          }
          if (body.kind !== 'single') {
            return;
          }
          const { singleResult } = body;
          const { operation } = requestInfo;
          requestInfo.errors = countCodes(singleResult.errors ?? []);
          if (operation?.type === 'mutation') {
            operation.counts = requestCountsIn(singleResult.data);
          }
          singleResult.extensions = {
            ...singleResult.extensions,
            requestId: requestInfo.origin.requestId,
            ...(admission && { cost: admission.cost }),
          };
        },
      };
    },
  };
}

/** Executes an operation; null for a query that Apollo shall execute. A long one has kept the event loop when its variables were coerced. */
async function executeAdmitted(
  { executeCompiled, executeMutation, takeLoopTurn }: Execution,
  admitted: CoercedOperation,
  context: HttpContext,
): Promise<ExecutionResult | null> {
  if (context.requestInfo.bodyLength > LONG_BODY) {
    await takeLoopTurn(callerKey(context.caller));
  }
  const isMutation = admitted.operation.operation === OperationTypeNode.MUTATION;
  return (isMutation ? executeMutation : executeCompiled)(admitted, context);
}

/** @throws GraphQLError BAD_REQUEST for a subscription, whose client did not ask for a stream in its Accept header. */
function refuseSubscription({ operation }: OperationDefinitionNode): void {
  if (operation === OperationTypeNode.SUBSCRIPTION) {
    const message =
      'expected a query or a mutation, got a subscription: POST it to /graphql/stream, or here, with Accept: text/event-stream';
    throw withHttpStatus(new GatewayError('BAD_REQUEST', message));
  }
}

/** The error with the HTTP status and headers that Apollo reads from `extensions.http`. */
function withHttpStatus(error: GatewayError): GraphQLError {
  const { status, headers } = headOf(error);
  return new GraphQLError(error.message, {
    originalError: error,
    extensions: { http: { status, headers: new HeaderMap(Object.entries(headers)) } },
  });
}

/** The answer to an operation that is not executed, since its variables or arguments do not fit. */
function toRefusal({ faults }: FaultyInput, formatError: FormatError): GraphQLResponse {
  return {
    http: { status: 400, headers: new HeaderMap() },
    body: {
      kind: 'single',
      singleResult: { errors: faults.map((fault) => formatError(fault, 'BAD_USER_INPUT')) },
    },
  };
}

/** An executed operation as an answer of Apollo. The errors are of fields, so that the HTTP status stays 200. */
function toResponse({ data, errors }: ExecutionResult, formatError: FormatError): GraphQLResponse {
  const formatted = errors?.map((error) => formatError(error));
  return {
    http: { headers: new HeaderMap() },
    body: {
      kind: 'single',
      singleResult: { data: data ?? null, ...(formatted && { errors: formatted }) },
    },
  };
}
