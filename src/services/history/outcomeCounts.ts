import type { OutcomeStatus } from '../../membership.js';
import type { NestedOutcomeFilter, OutcomeCounts, TargetRow } from '../../ports/history.js';

const COUNT_OF_STATUS: Readonly<Record<OutcomeStatus, keyof OutcomeCounts>> = {
  PENDING: 'pending',
  IN_FLIGHT: 'inFlight',
  PROCESSED: 'processed',
  UNPROCESSED: 'unprocessed',
  FAILED: 'failed',
  CANCELED: 'canceled',
};

/** The counts of a request: the sums over its targets. */
export function sumCounts(targets: readonly TargetRow[]): OutcomeCounts {
  const sum = { total: 0, pending: 0, inFlight: 0, processed: 0, unprocessed: 0, failed: 0, canceled: 0 };
  for (const { counts } of targets) {
    for (const name of Object.keys(sum) as (keyof OutcomeCounts)[]) {
      sum[name] += counts[name];
    }
  }
  return sum;
}

/**
 * The number of outcomes of a request that match a filter, from the counts of its targets. Outcomes that were erased for their
 * age cannot be listed, and are not counted.
 */
export function countMatching(targets: readonly TargetRow[], filter: NestedOutcomeFilter): number {
  const { statuses, service, region } = filter;
  const counts = sumCounts(
    targets.filter(
      (target) =>
        !target.isErased &&
        target.service === (service ?? target.service) &&
        target.region === (region ?? target.region),
    ),
  );
  if (!statuses) {
    return counts.total;
  }
  return [...new Set(statuses)].reduce((sum, status) => sum + counts[COUNT_OF_STATUS[status]], 0);
}
