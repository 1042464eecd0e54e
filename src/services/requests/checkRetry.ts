import type { Administrator } from '../../membership.js';
import type { RetrySource } from '../../ports/requests.js';
import { wrongRequest } from './requestErrors.js';
import { isRetryable } from '../answers/retryPolicy.js';
import type { Fault } from '../input/faults.js';

/** Outcomes of one target that ended with one reason. */
type Ended = RetrySource['ended'][number];

/**
 * Returns the faults of a retry: the request has not finished, retention has erased it, it has no outcome to send again, or a
 * target of such an outcome is not configured any more. Empty: the request can be retried.
 *
 * @param administrator undefined if it is not configured any more.
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
  const retried = retriedOf(source, onlyRetryable);
  if (retried.length === 0) {
    return [wrongRequest('NOT_RETRYABLE', nothingToRetry(source.ended))];
  }
  if (administrator === undefined) {
    const message = `administrator ${source.administrator} is not configured any more`;
    return [wrongRequest('NOT_RETRYABLE', message)];
  }
  return removedTargets(retried, administrator).map((target) =>
    wrongRequest(
      'NOT_RETRYABLE',
      `administrator ${administrator.id} is not configured for ${target} any more`,
    ),
  );
}

/** Number of outcomes. */
export function sum(ended: readonly Ended[]): number {
  return ended.reduce((total, { outcomes }) => total + outcomes, 0);
}

/** The outcomes that a retry sends again. */
export function retriedOf({ ended }: RetrySource, onlyRetryable: boolean): Ended[] {
  return ended.filter(({ reasonCode }) => !onlyRetryable || (reasonCode !== null && isRetryable(reasonCode)));
}

/** The part that a retry needs and that retention has erased. Invitations need no e-mail address. */
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
    'no outcome of the request ended with a retryable reason; ' +
    `with onlyRetryable: false, ${sum(ended)} would be sent again (${reasons})`
  );
}

function removedTargets(retried: readonly Ended[], { services, regions }: Administrator): string[] {
  const removed = retried.filter(
    ({ service, region }) => !services.includes(service) || !regions.includes(region),
  );
  return [...new Set(removed.map(({ service, region }) => `${service} in ${region}`))];
}
