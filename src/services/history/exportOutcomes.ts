import type { Caller } from '../../membership.js';
import type { ExportedOutcome, ExportOutcomes, ExportStore } from '../../ports/exports.js';
import type { OutcomeRow } from '../../ports/history.js';
import type { GatewayError } from '../../errors.js';
import { checkOutcomeFilter } from '../input/checkFilters.js';
import type { ExportPlace, ExportPlaces } from './exportPlaces.js';
import { readParameters } from './exportParameters.js';
import { callNodeId, outcomeNodeId, requestNodeId } from '../input/nodeId.js';
import { mayBeRetried } from '../answers/retryPolicy.js';

/**
 * Exports from `store`.
 *
 * @param openExport counts one more export of the caller, and returns the function that ends it.
 * @param places the places of all callers' exports.
 */
export function createExportOutcomes(
  store: ExportStore,
  openExport: (caller: Caller) => () => void,
  places: ExportPlaces,
): ExportOutcomes {
  return (caller, parameters) => {
    const filter = checkOutcomeFilter(readParameters(parameters));
    const ended = Promise.withResolvers<GatewayError>();
    const batches = (async function* () {
      const end = openExport(caller);
      try {
        const place = await places.take(ended.resolve, caller.disconnected);
        try {
          yield* batchesIn(place, store.outcomes(caller, filter));
        } finally {
          place.leave();
        }
      } finally {
        end();
      }
    })();
    return { batches, ended: ended.promise };
  };
}

async function* batchesIn(
  place: ExportPlace,
  batches: AsyncIterable<readonly OutcomeRow[]>,
): AsyncGenerator<readonly ExportedOutcome[]> {
  for await (const rows of batches) {
    place.rowsReady();
    yield rows.map(toOutcome);
    place.rowsTaken();
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
