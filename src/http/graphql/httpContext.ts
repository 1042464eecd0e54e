import type { FastifyRequest } from 'fastify';
import type { Caller } from '../../membership.js';
import type { GatewayContext } from '../../resolvers/context.js';
import type { RequestInfo } from '../request/requestInfo.js';

/** What the context of an operation is made from. */
export interface OperationInput {
  readonly caller: Caller;
  /** The `Idempotency-Key` header; null without one. */
  readonly idempotencyKey: string | null;
  /** Whether the operation is a query; known once it has been admitted. Only queries have a deadline. */
  readonly isQuery: () => boolean;
}

/** The context of an operation over HTTP. */
export interface HttpContext extends GatewayContext {
  readonly requestInfo: RequestInfo;
}

/** Makes the context of the operation in a request that has passed the gate. */
export type HttpContextOf = (request: FastifyRequest) => HttpContext;

export function createHttpContextOf(contextOf: (input: OperationInput) => GatewayContext): HttpContextOf {
  return ({ requestInfo, headers }) => {
    if (requestInfo === null) {
      throw new Error('a route with data behind it has no gate');
    }
    const caller = requestInfo.caller ?? { ...ANONYMOUS, origin: { ...requestInfo.origin, tokenId: null } };
    // Node joins a header that was sent twice with commas, but types it as a list.
    const idempotencyKey = headers['idempotency-key']?.toString() ?? null;
    const isQuery = (): boolean => requestInfo.operation?.type === 'query';
    return Object.assign(contextOf({ caller, idempotencyKey, isQuery }), { requestInfo });
  };
}

/** An anonymous caller: admission allows introspection queries only, and no administrator is granted. */
const ANONYMOUS: Omit<Caller, 'origin'> = { id: '', kind: 'USER', role: 'VIEWER', administrators: [] };
