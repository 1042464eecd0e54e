import type { Caller } from '../../membership.js';
import type { ExportedOutcome, ExportOutcomes, ExportStore } from '../../ports/exports.js';
import type { GatewayError } from '../../errors.js';
import { checkOutcomeFilter } from '../input/checkFilters.js';
import type { ExportPlace, ExportPlaces } from './exportPlaces.js';
import { readParameters } from './exportParameters.js';

/** The members of an exported outcome, in the order of the columns of a CSV file. */
export const EXPORT_COLUMNS: readonly (keyof ExportedOutcome)[] = [
  'id',
  'accountId',
  'email',
  'operation',
  'administrator',
  'service',
  'region',
  'status',
  'reasonCode',
  'reason',
  'retryable',
  'sends',
  'settledAt',
  'requestId',
  'callId',
];

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
  return (caller, parameters, format) => {
    const filter = checkOutcomeFilter(readParameters(parameters));
    const ended = Promise.withResolvers<GatewayError>();
    const batches = (async function* () {
      const end = openExport(caller);
      try {
        const place = await places.take(ended.resolve, caller.disconnected);
        try {
          yield* batchesIn(place, store.outcomes(caller, filter, EXPORT_COLUMNS, format));
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
  batches: AsyncIterable<readonly string[]>,
): AsyncGenerator<readonly string[]> {
  for await (const rows of batches) {
    place.rowsReady();
    yield rows;
    place.rowsTaken();
  }
}
