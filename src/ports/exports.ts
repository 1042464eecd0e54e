import type { GatewayError } from '../errors.js';
import type { Caller } from '../membership.js';
import type { OutcomeColumn, OutcomeFilter, ShownOutcome } from './history.js';

/** Reads of the record that are too long for a page. */
export interface ExportStore {
  /**
   * All outcomes that match the filter, newest first, each as text with these columns, in batches of 500, each read
   * when the iteration reaches the one before. All batches show the record at the time of the first. The read ends with the
   * iteration. Rejects with `UNAVAILABLE` when the database cannot be reached.
   */
  outcomes(
    caller: Caller,
    filter: OutcomeFilter,
    columns: readonly ExportColumn[],
    format: ExportFormat,
  ): AsyncIterable<readonly string[]>;
}

/** An outcome in an export: the fields of the schema's Outcome, and the ids of its request and of its last call. */
export interface ExportedOutcome extends ShownOutcome {
  readonly requestId: string;
  readonly callId: string | null;
}

/** A column of an outcome as text. */
export type ExportColumn = OutcomeColumn | keyof ExportedOutcome;

/** The query parameters of a URL, each with its value or values. */
export type Parameters = Readonly<Record<string, string | readonly string[] | undefined>>;

/**
 * The text of an outcome: a JSON object without line ends; or a record of RFC 4180 without its line end, with an apostrophe before a
 * value that a spreadsheet would run as a formula.
 */
export type ExportFormat = 'JSON' | 'CSV';

/** An export that reads as fast as its batches are taken. */
export interface OutcomeExport {
  /** Each outcome is an `ExportedOutcome` as text. */
  readonly batches: AsyncIterable<readonly string[]>;
  /** Resolves with the error that ends the export before its last batch: it gives way to another one. */
  readonly ended: Promise<GatewayError>;
}

/**
 * All outcomes that match the parameters, in batches, newest first, limited to the administrators granted to the caller.
 * Throws `BAD_USER_INPUT` for wrong parameters, before anything is read. The first read rejects with `LIMIT_EXCEEDED` when
 * the caller has too many exports, and with `UNAVAILABLE` when all callers have.
 */
export type ExportOutcomes = (caller: Caller, parameters: Parameters, format: ExportFormat) => OutcomeExport;
