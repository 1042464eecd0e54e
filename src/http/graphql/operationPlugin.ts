import { HeaderMap, type ApolloServerPlugin, type GraphQLResponse } from '@apollo/server';
import type { ExecutionResult, GraphQLFormattedError, GraphQLSchema } from 'graphql';
import { GatewayError } from '../../errors.js';
import type { GatewayContext } from '../../resolvers/context.js';
import { countCodes, countsIn, type Admit, type Cost } from './admission.js';
import type { ExecuteCompiled } from './compiledQueries.js';
import { toBePriced, type PricedOperation } from './cost.js';
import type { RequestInfo } from '../request/gate.js';
import { asHttpError } from '../request/refusal.js';

/** The context of an operation over HTTP. */
export interface HttpContext extends GatewayContext {
  readonly requestInfo: RequestInfo;
}

/** What callers see of an error. */
type FormatError = (formatted: GraphQLFormattedError, error: unknown) => GraphQLFormattedError;

/** Asks admission for every operation, and puts the request's id and the cost into `extensions` of every answer. */
export function createOperationPlugin(
  schema: GraphQLSchema,
  admit: Admit,
  executeCompiled: ExecuteCompiled,
  formatError: FormatError,
): ApolloServerPlugin<HttpContext> {
  return {
    async requestDidStart() {
      let asked: PricedOperation | null = null;
      let cost: Cost | null = null;
      return {
        async didResolveOperation({ contextValue, document, operation, request }) {
          // What names no operation is not executed, and its execution says so.
          if (operation === undefined) {
            return;
          }
          const operationName = request.operationName ?? null;
          asked = toBePriced(schema, {
            document,
            operation,
            operationName,
            variables: request.variables ?? {},
          });
          try {
            cost = await admit(contextValue.requestInfo, asked);
          } catch (error) {
            throw error instanceof GatewayError ? asHttpError(error) : error;
          }
        },
        async responseForOperation({ contextValue }) {
          // Without a cost its variables do not fit, and graphql-js says so.
          if (asked === null || cost === null) {
            return null;
          }
          const result = await executeCompiled(asked, contextValue);
          return result && asResponse(result, formatError);
        },
        async willSendResponse({ contextValue: { requestInfo }, response: { body } }) {
          if (body.kind !== 'single') {
            return;
          }
          const { singleResult } = body;
          const { operation } = requestInfo;
          requestInfo.errors = countCodes(singleResult.errors ?? []);
          if (operation?.type === 'mutation') {
            operation.counts = countsIn(singleResult.data);
          }
          singleResult.extensions = {
            ...singleResult.extensions,
            requestId: requestInfo.origin.requestId,
            ...(cost === null ? {} : { cost }),
          };
        },
      };
    },
  };
}

/** An executed operation as Apollo answers with it. The errors are those of fields: none has a status of its own. */
function asResponse({ data, errors }: ExecutionResult, formatError: FormatError): GraphQLResponse {
  const shown = errors?.map((error) => {
    const { extensions, ...json } = error.toJSON();
    return formatError({ ...json, extensions: { code: 'INTERNAL_SERVER_ERROR', ...extensions } }, error);
  });
  return {
    http: { headers: new HeaderMap() },
    body: { kind: 'single', singleResult: { data: data ?? null, ...(shown && { errors: shown }) } },
  };
}
