import type { ApolloServerPlugin } from '@apollo/server';
import { GatewayError } from '../errors.js';
import type { GatewayContext } from '../resolvers/context.js';
import { countCodes, countsIn, type Admit, type Cost } from './admission.js';
import type { Visit } from './gate.js';
import { asHttpError } from './refusal.js';

/** The context of an operation over HTTP. */
export interface HttpContext extends GatewayContext {
  readonly visit: Visit;
}

/** Asks admission for every operation, and puts the request's id and the cost into `extensions` of every answer. */
export function createOperationPlugin(admit: Admit): ApolloServerPlugin<HttpContext> {
  return {
    async requestDidStart() {
      let cost: Cost | null = null;
      return {
        async didResolveOperation({ contextValue, document, operation, request }) {
          // What names no operation is not executed, and its execution says so.
          if (operation === undefined) return;
          try {
            cost = await admit(contextValue.visit, {
              document,
              operation,
              operationName: request.operationName ?? null,
              variables: request.variables ?? {},
            });
          } catch (error) {
            throw error instanceof GatewayError ? asHttpError(error) : error;
          }
        },
        async willSendResponse({ contextValue: { visit }, response: { body } }) {
          if (body.kind !== 'single') return;
          const { singleResult } = body;
          const { operation } = visit;
          visit.errors = countCodes(singleResult.errors ?? []);
          if (operation?.type === 'mutation') operation.counts = countsIn(singleResult.data);
          singleResult.extensions = {
            ...singleResult.extensions,
            requestId: visit.origin.requestId,
            ...(cost === null ? {} : { cost }),
          };
        },
      };
    },
  };
}
