import type {
  Caller,
  MembershipOperation,
  OutcomeStatus,
  ReasonCode,
  SecurityService,
} from '../membership.js';
import type { OutcomeFilter, OutcomeRow } from './history.js';

/** Reads of the record that are too long for a page. */
export interface ExportStore {
  /**
   * All outcomes that meet the filter, newest first, some hundred at a time and no sooner than they are asked for: as they
   * were when the first were read. Ending the iteration ends the reading. Rejects with `UNAVAILABLE` when too many read
   * already.
   */
  outcomes(caller: Caller, filter: OutcomeFilter): AsyncIterable<readonly OutcomeRow[]>;
}

/** An outcome in an export: what the schema's Outcome has, by the same names, and the ids of what it leads to. */
export interface ExportedOutcome {
  readonly id: string;
  readonly accountId: string;
  readonly email: string | null;
  readonly operation: MembershipOperation;
  readonly administrator: string;
  readonly service: SecurityService;
  readonly region: string;
  readonly status: OutcomeStatus;
  readonly reasonCode: ReasonCode | null;
  readonly reason: string | null;
  readonly retryable: boolean;
  readonly sends: number;
  /** ISO 8601 in UTC, with milliseconds. */
  readonly settledAt: string | null;
  readonly requestId: string;
  readonly callId: string | null;
}

/** What an address says behind its question mark: for every name, the values it has. */
export type Parameters = Readonly<Record<string, string | readonly string[] | undefined>>;

/**
 * The whole list of outcomes that meet the parameters, newest first, limited to the administrators granted to the caller, in
 * parts. Throws `BAD_USER_INPUT` for parameters that are wrong, before anything is read.
 */
export type ExportOutcomes = (
  caller: Caller,
  parameters: Parameters,
) => AsyncIterable<readonly ExportedOutcome[]>;
