import { GatewayError } from '../errors.js';
import type { Metrics } from '../ports/metrics.js';
import type { NotConfirmed } from '../ports/confirmations.js';
import type { NewRequest, NewRetry, RecordedRequest, RequestStore } from '../ports/requests.js';
import type { Charge } from '../services/access/budget.js';
import type { DeniedAttempts } from '../services/access/deniedAttempts.js';

/** The same store, with inserted requests counted. A request that an idempotency key found again is not counted. */
export function countRequests(store: RequestStore, metrics: Metrics): RequestStore {
  const count = (request: NewRequest | NewRetry, recorded: RecordedRequest | NotConfirmed): void => {
    if ('requestId' in recorded && recorded.requestId === request.id) {
      metrics.requestAccepted(request.operation);
    }
  };
  return {
    findByKey: (request) => store.findByKey(request),
    async insert(request) {
      const recorded = await store.insert(request);
      count(request, recorded);
      return recorded;
    },
    async insertRemoval(request, allowedBy) {
      const recorded = await store.insertRemoval(request, allowedBy);
      count(request, recorded);
      return recorded;
    },
  };
}

/** The same charge, with refusals counted. */
export function countRefusals(charge: Charge, metrics: Metrics): Charge {
  return async (...spent) => {
    try {
      return await charge(...spent);
    } catch (error) {
      if (error instanceof GatewayError && error.code === 'RATE_LIMITED') {
        metrics.budgetRefused();
      }
      throw error;
    }
  };
}

/** The same record of denied attempts, with attempts counted. */
export function countDenied(attempts: DeniedAttempts, metrics: Metrics): DeniedAttempts {
  return {
    ...attempts,
    record(caller, origin, code, reason) {
      metrics.attemptDenied(code);
      attempts.record(caller, origin, code, reason);
    },
    recordForbidden(caller, field, administrators) {
      // An empty list names no administrator that exists, so nothing is recorded.
      if (administrators?.length !== 0) {
        metrics.attemptDenied('FORBIDDEN');
      }
      attempts.recordForbidden(caller, field, administrators);
    },
  };
}
