import type { HistoryStore } from '../../ports/history.js';
import type { CancelStore } from '../../ports/requests.js';
import { askedRequestId, requestNotFound, wrongRequest } from './requestErrors.js';
import type { Services } from './mutations.js';

/**
 * Withdraws what a request has not sent yet. Once more does no harm: until the request has finished, it is told so and
 * nothing is left to withdraw.
 */
export function createCancelRequest(
  history: Pick<HistoryStore, 'requestsById'>,
  cancellations: CancelStore,
): Services['cancelRequest'] {
  return async (caller, input) => {
    const id = askedRequestId(input.requestId);
    const [request] = id === null ? [] : await history.requestsById(caller, [id]);
    if (!request) {
      return { requestId: null, userErrors: [requestNotFound(input.requestId)] };
    }
    if (await cancellations.cancel(request.id)) {
      return { requestId: request.id, userErrors: [] };
    }
    const message = 'the request has finished already: nothing of it waits to be sent or is in flight';
    return { requestId: null, userErrors: [wrongRequest('NOT_CANCELABLE', message)] };
  };
}
