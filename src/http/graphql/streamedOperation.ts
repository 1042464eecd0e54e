import type { ApolloServer } from '@apollo/server';
import type { UnreadBytes } from '../request/unreadBytes.js';
import type { HttpContext } from './httpContext.js';
import type { OperationParameters } from './parameters.js';
import { RefusedOperation } from './refusedOperation.js';
import type { Subscribe } from './subscription.js';
import { stringifyResult } from './textPages/jsonText.js';

/** An operation whose results go out on a stream. */
export interface StreamedOperation {
  /** Each result as JSON in one line. */
  readonly results: AsyncIterable<string> | Iterable<string>;
  /** To be called when the client has all results, or is gone; a second call has no effect. */
  readonly end: () => void;
}

/**
 * Resolves with an operation that has been admitted: a query or a mutation has been executed, a subscription has begun. Rejects with
 * RefusedOperation for any other.
 */
export type StartOperation = (
  context: HttpContext,
  parameters: OperationParameters,
) => Promise<StreamedOperation>;

export function createStartOperation(
  apollo: ApolloServer<HttpContext>,
  { subscribe, unread }: { readonly subscribe: Subscribe; readonly unread: UnreadBytes },
): StartOperation {
  return async (context, parameters) => {
    const results = await subscribe(context, parameters);
    if (results !== null) {
      return { results, end: () => undefined };
    }
    const answer = await executeOnce(apollo, context, parameters);
    return { results: [answer], end: unread.hold(context.caller, Buffer.byteLength(answer)) };
  };
}

/** Executes a query or a mutation as /graphql does, and resolves with the answer. */
async function executeOnce(
  apollo: ApolloServer<HttpContext>,
  context: HttpContext,
  { query, operationName, variables, extensions }: OperationParameters,
): Promise<string> {
  const request = { query, variables, extensions, ...(operationName !== null && { operationName }) };
  try {
    const { body, http } = await apollo.executeOperation(request, { contextValue: context });
    if (body.kind !== 'single') {
      throw new Error('expected a single result: the schema has no @defer and no @stream');
    }
    const { status = 200, headers } = http;
    if (status >= 400) {
      throw new RefusedOperation(body.singleResult, { status, headers: Object.fromEntries(headers) });
    }
    return stringifyResult(body.singleResult).trimEnd();
  } finally {
    context.requestInfo.endExecution?.();
  }
}
