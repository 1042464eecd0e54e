import { GatewayError } from '../errors.js';
import type { MembershipOperation } from '../membership.js';
import type { Metrics } from '../ports/metrics.js';
import type { AcceptedRequest, RequestStore } from '../ports/requests.js';
import type { Charge } from '../services/access/budget.js';
import type { DeniedAttempts } from '../services/access/deniedAttempts.js';

/** A store that records requests. */
interface AcceptingStore<Request> {
  accept(request: Request): Promise<AcceptedRequest>;
}

/** The same store, with recorded requests counted. A request that an idempotency key found again is not counted. */
export function countAccepted<
  Request extends { readonly id: string; readonly operation: MembershipOperation },
  Store extends AcceptingStore<Request>,
>(store: Store & AcceptingStore<Request>, metrics: Metrics): Store {
  return {
    ...store,
    async accept(request: Request) {
      const accepted = await store.accept(request);
      if (accepted.requestId === request.id) {
        metrics.requestAccepted(request.operation);
      }
      return accepted;
    },
  };
}

/** The same store, with recorded requests counted, confirmed removals included. */
export function countRequests(store: RequestStore, metrics: Metrics): RequestStore {
  return {
    ...countAccepted(store, metrics),
    async acceptConfirmed(request, confirmation) {
      const accepted = await store.acceptConfirmed(request, confirmation);
      if ('requestId' in accepted && accepted.requestId === request.id) {
        metrics.requestAccepted(request.operation);
      }
      return accepted;
    },
  };
}

/** The same charge, with refusals counted. */
export function countRefusals(charge: Charge, metrics: Metrics): Charge {
  return async (caller, points) => {
    try {
      return await charge(caller, points);
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
