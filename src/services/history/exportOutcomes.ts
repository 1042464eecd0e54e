import type { ExportedOutcome, ExportOutcomes, ExportStore } from '../../ports/exports.js';
import type { OutcomeRow } from '../../ports/history.js';
import { checkOutcomeFilter } from '../input/checkFilters.js';
import { readParameters } from './exportParameters.js';
import { callNodeId, outcomeNodeId, requestNodeId } from '../input/nodeId.js';
import { mayBeRetried } from '../answers/retryPolicy.js';

/** Exports from `store`. */
export function createExportOutcomes(store: ExportStore): ExportOutcomes {
  return (caller, parameters) =>
    toExported(store.outcomes(caller, checkOutcomeFilter(readParameters(parameters))));
}

async function* toExported(
  batches: AsyncIterable<readonly OutcomeRow[]>,
): AsyncGenerator<readonly ExportedOutcome[]> {
  for await (const rows of batches) {
    yield rows.map(toOutcome);
  }
}

function toOutcome(row: OutcomeRow): ExportedOutcome {
  const { targetId: _targetId, requestId, callId, settledAt, ...shown } = row;
  return {
    ...shown,
    id: outcomeNodeId(row),
    retryable: mayBeRetried(row),
    settledAt: settledAt?.toISOString() ?? null,
    requestId: requestNodeId(requestId),
    callId: callId === null ? null : callNodeId(callId),
  };
}
