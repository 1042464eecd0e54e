import { gatherEvidence, refused, took } from './evidence.js';
import type { History } from './history.js';

/** What a run amounted to. */
export interface HistoryFigures {
  readonly requests: number;
  /** By request status. */
  readonly ended: Record<string, number>;
  readonly outcomes: number;
  /** By outcome status. */
  readonly outcomesEnded: Record<string, number>;
  readonly distinctAccounts: number;
  /** Rows of CreateMembers and InviteMembers, by status. */
  readonly calls: Record<string, number>;
  /** The same on the wire, by what the service did. */
  readonly wire: Record<string, number>;
  /** GetMembers on the wire. */
  readonly readBacks: number;
  readonly throttled: number;
  readonly invitations: number;
  /** Calls that reached the service after the gateway had looked their accounts up. */
  readonly lateArrivals: number;
  /** Outcomes PROCESSED whose last answer was the echo of a lost call. */
  readonly echoes: number;
  /** Outcomes that were sent more than once. */
  readonly sentAgain: number;
}

/** Counts what happened. */
export function countHistory(history: History): HistoryFigures {
  const { record, service } = history;
  const { wire, outcomes, isLate } = gatherEvidence(history);
  return {
    requests: record.requests.length,
    ended: tally(record.requests.map(({ status }) => status)),
    outcomes: record.outcomes.length,
    outcomesEnded: tally(record.outcomes.map(({ status }) => status)),
    distinctAccounts: new Set(record.outcomes.map(({ accountId }) => accountId)).size,
    calls: tally(record.calls.map(({ status }) => status)),
    wire: tally(wire.map(({ logged }) => logged.outcome)),
    readBacks: service.calls.filter(({ operation }) => operation === 'GetMembers').length,
    throttled: record.calls.filter(({ status, httpStatus, unprocessed }) => {
      return status === 'REFUSED' && (httpStatus === 429 || httpStatus === 400) && unprocessed === null;
    }).length,
    invitations: service.mails.length,
    lateArrivals: wire.filter((call) => call.logged.accountIds.some((id) => isLate(call, id))).length,
    echoes: outcomes.filter(({ outcome, wire: own }) => {
      const last = own.at(-1);
      return (
        outcome.status === 'PROCESSED' &&
        last !== undefined &&
        refused(last, outcome.accountId) &&
        own.some((call) => took(call, outcome.accountId))
      );
    }).length,
    sentAgain: record.outcomes.filter(({ callIds }) => callIds.length > 1).length,
  };
}

function tally(words: readonly string[]): Record<string, number> {
  const groups = Map.groupBy(words, (word) => word);
  return Object.fromEntries([...groups].map(([word, each]) => [word, each.length]));
}
