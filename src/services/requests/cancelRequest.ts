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
    const end = await cancellations.cancel(request.id);
    if (end === 'CANCELED') {
      return { requestId: request.id, userErrors: [] };
    }
    return refused([wrongRequest('NOT_CANCELABLE', WHY_NOT[end])]);
  };
}

const WHY_NOT = {
  FINISHED: 'the request has finished already: nothing of it waits to be sent or is in flight',
  IN_FLIGHT:
    'nothing of the request waits to be sent: all its open accounts are in flight. They end with their answers, and are not sent again',
};
