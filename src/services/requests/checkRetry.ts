import type { Administrator } from '../../membership.js';
import type { RetrySource } from '../../ports/requests.js';
import { wrongRequest } from './requestErrors.js';
import { isRetryable } from '../answers/retryPolicy.js';
import type { Fault } from '../input/faults.js';

type Ended = RetrySource['ended'][number];

/**
 * Checks that a request can be retried: it has finished, something in it is to be sent again, and the gateway is still
 * configured to send it there.
 *
 * @param administrator as configured now; undefined when it is not any more.
 */
export function checkRetry(
  source: RetrySource,
  onlyRetryable: boolean,
  administrator: Administrator | undefined,
): Fault[] {
  if (source.status === 'PENDING' || source.status === 'RUNNING') {
    const message = `expected a request that has finished, got one that is ${source.status}: wait for it, or cancel it first`;
    return [wrongRequest('NOT_RETRYABLE', message)];
  }
  const erased = erasedPart(source);
  if (erased !== null) {
    const message = `the ${erased} of the request were erased for their age: make a new request of its accounts`;
    return [wrongRequest('NOT_RETRYABLE', message)];
  }
  const taken = source.ended.filter(
    ({ reasonCode }) => !onlyRetryable || (reasonCode !== null && isRetryable(reasonCode)),
  );
  if (taken.length === 0) {
    return [wrongRequest('NOT_RETRYABLE', nothingToRetry(source.ended))];
  }
  if (administrator === undefined) {
    const message = `administrator ${source.administrator} is not configured any more`;
    return [wrongRequest('NOT_RETRYABLE', message)];
  }
  return lostTargets(taken, administrator).map((target) =>
    wrongRequest(
      'NOT_RETRYABLE',
      `administrator ${administrator.id} is not configured for ${target} any more`,
    ),
  );
}

// Invitations carry no e-mail address.
function erasedPart({ outcomesErased, emailsErased, operation }: RetrySource): string | null {
  if (outcomesErased) {
    return 'outcomes';
  }
  return emailsErased && operation === 'CREATE_MEMBERS' ? 'e-mail addresses' : null;
}

function nothingToRetry(ended: readonly Ended[]): string {
  if (ended.length === 0) {
    return 'no outcome of the request ended UNPROCESSED or FAILED';
  }
  const byReason = Map.groupBy(ended, ({ reasonCode }) => reasonCode ?? 'no reason');
  const reasons = [...byReason].map(([reason, some]) => `${reason} ${sum(some)}`).join(', ');
  return (
    'no outcome of the request ended with a reason that another send may cure; ' +
    `with onlyRetryable: false, ${sum(ended)} would be sent again (${reasons})`
  );
}

function lostTargets(taken: readonly Ended[], { services, regions }: Administrator): string[] {
  const lost = taken.filter(
    ({ service, region }) => !services.includes(service) || !regions.includes(region),
  );
  return [...new Set(lost.map(({ service, region }) => `${service} in ${region}`))];
}

function sum(ended: readonly Ended[]): number {
  return ended.reduce((total, { outcomes }) => total + outcomes, 0);
}
