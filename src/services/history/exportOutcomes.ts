import type { Caller } from '../../membership.js';
import type { ExportedOutcome, ExportOutcomes, ExportStore } from '../../ports/exports.js';
import type { OutcomeRow } from '../../ports/history.js';
import { checkOutcomeFilter } from '../input/checkFilters.js';
import { readParameters } from './exportParameters.js';
import { callNodeId, outcomeNodeId, requestNodeId } from '../input/nodeId.js';
import { mayBeRetried } from '../answers/retryPolicy.js';

/**
 * Exports from `store`.
 *
 * @param openExport counts one more export of the caller, and returns the function that ends it.
 */
export function createExportOutcomes(
  store: ExportStore,
  openExport: (caller: Caller) => () => void,
): ExportOutcomes {
  return (caller, parameters) => {
    const filter = checkOutcomeFilter(readParameters(parameters));
    return (async function* () {
      const end = openExport(caller);
      try {
        for await (const rows of store.outcomes(caller, filter)) {
          yield rows.map(toOutcome);
        }
      } finally {
        end();
      }
    })();
  };
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
