import { GraphQLError, type ExecutionResult } from 'graphql';
import type { OperationResult } from 'graphql-sse';
import type { CredentialWatch, WatchCredential } from '../../services/access/credentialWatch.js';
import { credentialOf, type RequestInfo } from '../request/requestInfo.js';

/**
 * Returns a stream of the same results that ends with an error `UNAUTHENTICATED` when the caller's credential expires or is
 * revoked. A result that is no stream is returned as it is.
 */
export function untilCredentialEnds(
  results: OperationResult,
  requestInfo: RequestInfo | null,
  watchCredential: WatchCredential,
): OperationResult {
  if (!(Symbol.asyncIterator in Object(results)) || requestInfo?.caller == null) {
    return results;
  }
  const watch = watchCredential(credentialOf(requestInfo));
  return endWith(results as AsyncGenerator<ExecutionResult>, watch);
}

/** No async generator, since `return` of a generator would wait until its pending `next` has resolved. */
function endWith(
  results: AsyncGenerator<ExecutionResult>,
  { ended, close }: CredentialWatch,
): AsyncGenerator<ExecutionResult, undefined> {
  const credentialEnd = ended.then((error) => ({ error }));
  let isDone = false;
  const end = (): { done: true; value: undefined } => {
    isDone = true;
    close();
    void results.return(undefined);
    return { done: true, value: undefined };
  };
  return {
    async next() {
      if (isDone) {
        return end();
      }
      const next = await Promise.race([results.next(), credentialEnd]);
      if (!('error' in next)) {
        return next.done === true ? end() : next;
      }
      end();
      const error = new GraphQLError(next.error.message, { originalError: next.error });
      return { done: false, value: { errors: [error] } };
    },
    return: async () => end(),
    async throw(error) {
      end();
      throw error;
    },
    [Symbol.asyncIterator]() {
      return this;
    },
    [Symbol.asyncDispose]: async () => void end(),
  };
}
