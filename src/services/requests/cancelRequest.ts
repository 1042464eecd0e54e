import type { HistoryStore } from '../../ports/history.js';
import type { CancelStore } from '../../ports/requests.js';
import { parseRequestId } from '../input/nodeId.js';
import { refused, type Services } from './mutations.js';
import { requestNotFound, wrongRequest } from './requestErrors.js';

/**
 * Withdraws what a request has not sent yet. Once more does no harm: until the request has finished, it is told so and
 * nothing is left to withdraw.
 */
export function createCancelRequest(
  history: Pick<HistoryStore, 'requestsById'>,
  cancellations: CancelStore,
): Services['cancelRequest'] {
  return async (caller, input) => {
    const id = parseRequestId(input.requestId);
    const [request] = id === null ? [] : await history.requestsById(caller, [id]);
    if (!request) {
      return refused([requestNotFound(input.requestId)]);
    }
    if (await cancellations.cancel(request.id)) {
      return { requestId: request.id, userErrors: [] };
    }
    const message = 'the request has finished already: nothing of it waits to be sent or is in flight';
    return refused([wrongRequest('NOT_CANCELABLE', message)]);
  };
}
