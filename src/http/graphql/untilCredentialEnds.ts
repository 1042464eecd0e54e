import type { ExecutionResult } from 'graphql';
import type { OperationResult } from 'graphql-sse';
import type { CredentialWatch, WatchCredential } from '../../services/access/credentialWatch.js';
import type { RequestInfo } from '../request/gate.js';
import { asHttpError } from '../request/refusal.js';

/**
 * The results for as long as the caller's credential is good, and then an error `UNAUTHENTICATED`. What is no stream of
 * results goes through as it is.
 */
export function untilCredentialEnds(
  results: OperationResult,
  requestInfo: RequestInfo | null,
  watchCredential: WatchCredential,
): OperationResult {
  if (!(Symbol.asyncIterator in Object(results)) || requestInfo?.caller == null) {
    return results;
  }
  const { caller, expiresAt } = requestInfo;
  const watch = watchCredential({ tokenId: caller.origin?.tokenId ?? null, expiresAt });
  return until(results as AsyncGenerator<ExecutionResult>, watch);
}

/** Not a generator: one that waits for its next value does not hear that its consumer has left. */
function until(
  results: AsyncGenerator<ExecutionResult>,
  { ended, close }: CredentialWatch,
): AsyncGenerator<ExecutionResult, undefined> {
  const over = ended.then((error) => ({ error }));
  let isOver = false;
  const end = (): { done: true; value: undefined } => {
    isOver = true;
    close();
    void results.return(undefined);
    return { done: true, value: undefined };
  };
  return {
    async next() {
      if (isOver) {
        return end();
      }
      const next = await Promise.race([results.next(), over]);
      if (!('error' in next)) {
        return next.done === true ? end() : next;
      }
      end();
      return { done: false, value: { errors: [asHttpError(next.error)] } };
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
