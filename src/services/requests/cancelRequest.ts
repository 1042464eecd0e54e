import type { HistoryStore } from '../../ports/history.js';
import type { CancelStore } from '../../ports/requests.js';
import { parseRequestId } from '../input/nodeId.js';
import { refused, type Services } from './mutations.js';
import { requestNotFound, wrongRequest } from './requestErrors.js';

/** Cancels the outcomes of a request that wait to be sent. Canceling an unfinished request twice has no further effect. */
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
