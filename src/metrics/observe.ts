import { GatewayError } from '../errors.js';
import type { MembershipOperation } from '../membership.js';
import type { Metrics } from '../ports/metrics.js';
import type { AcceptedRequest, RequestStore } from '../ports/requests.js';
import type { Charge } from '../services/access/budget.js';
import type { DeniedAttempts } from '../services/access/deniedAttempts.js';

/** What takes requests into the record. */
interface Accepts<Request> {
  accept(request: Request): Promise<AcceptedRequest>;
}

/** The same store, that counts the requests it took; those that an idempotency key led to were taken before. */
export function countAccepted<
  Request extends { readonly id: string; readonly operation: MembershipOperation },
  Store extends Accepts<Request>,
>(store: Store & Accepts<Request>, metrics: Metrics): Store {
  return {
    ...store,
    async accept(request: Request) {
      const accepted = await store.accept(request);
      if (accepted.requestId === request.id) {
        metrics.accepted(request.operation);
      }
      return accepted;
    },
  };
}

/** The same store, that counts the requests it took, confirmed ones too. */
export function countRequests(store: RequestStore, metrics: Metrics): RequestStore {
  return {
    ...countAccepted(store, metrics),
    async acceptConfirmed(request, confirmation) {
      const accepted = await store.acceptConfirmed(request, confirmation);
      if ('requestId' in accepted && accepted.requestId === request.id) {
        metrics.accepted(request.operation);
      }
      return accepted;
    },
  };
}

/** The same charge, that counts whom it refuses. */
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

/** The same record of denied attempts, that counts them. */
export function countDenied(attempts: DeniedAttempts, metrics: Metrics): DeniedAttempts {
  return {
    ...attempts,
    record(caller, origin, code, reason) {
      metrics.denied(code);
      attempts.record(caller, origin, code, reason);
    },
    recordForbidden(caller, field, administrators) {
      if (administrators?.length !== 0) {
        metrics.denied('FORBIDDEN');
      }
      attempts.recordForbidden(caller, field, administrators);
    },
  };
}
