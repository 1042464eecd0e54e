import type { LoggedCall } from '../support/sandboxControl.js';
import { laneOf, type CallRow, type History, type OutcomeRow, type TargetRow } from './history.js';

/** A change on the wire, and the row it belongs to. */
export interface WireCall {
  readonly lane: string;
  readonly logged: LoggedCall;
  /** Null: nothing in the record explains it. */
  readonly row: CallRow | null;
}

/** One outcome with all that is known of it. */
export interface OutcomeEvidence {
  readonly outcome: OutcomeRow;
  readonly target: TargetRow;
  /** The calls it says it travelled in, in the order they were written down. */
  readonly rows: readonly CallRow[];
  /** Those of them that reached the service. */
  readonly wire: readonly WireCall[];
}

/** A history with its rows brought together. */
export interface Evidence {
  readonly history: History;
  readonly wire: readonly WireCall[];
  readonly wireOf: (row: CallRow) => WireCall | undefined;
  readonly outcomes: readonly OutcomeEvidence[];
  /** Changes on the wire in which the service took the account, in the order they came. */
  readonly takenIn: (lane: string, accountId: string) => readonly WireCall[];
  /**
   * Whether a call came so late that its account had been looked up before, and was found without the change; and was
   * not looked up again until then, when it would have been found.
   */
  readonly isLate: (call: WireCall, accountId: string, until?: number | null) => boolean;
  /** When the account was looked up first after the call had come. Infinity: never. */
  readonly lookedUpAt: (call: WireCall, accountId: string) => number;
}

/** Clocks are read before they are written down, and cut to whole milliseconds here and there. */
export const CLOCK_MS = 50;

const CHANGES: Readonly<Record<string, string>> = {
  CreateMembers: 'CREATE_MEMBERS',
  InviteMembers: 'INVITE_MEMBERS',
  DisassociateMembers: 'DISASSOCIATE_MEMBERS',
  DeleteMembers: 'DELETE_MEMBERS',
};

/** Brings the rows of a history together. */
export function gatherEvidence(history: History): Evidence {
  const { calls, sends, outcomes, targets } = history.record;
  const accountsOf = Map.groupBy(sends, ({ callId }) => callId);
  const wire = pair(history.service.calls, calls, (row) =>
    accountKey((accountsOf.get(row.id) ?? []).flatMap(({ accountIds }) => accountIds)),
  );
  const rowOf = new Map(calls.map((row) => [row.id, row]));
  const targetOf = new Map(targets.map((target) => [target.id, target]));
  const wireByRow = new Map(wire.map((one) => [one.row?.id, one]));
  const wireOf = (row: CallRow): WireCall | undefined => wireByRow.get(row.id);
  const taken = groupTaken(wire);
  const reads = groupReads(history.service.calls);
  return {
    history,
    wire,
    wireOf,
    outcomes: outcomes.flatMap((outcome) => {
      const target = targetOf.get(outcome.targetId);
      if (target === undefined) {
        return [];
      }
      const rows = outcome.callIds.map((id) => rowOf.get(id)).filter((row) => row !== undefined);
      return [{ outcome, target, rows, wire: rows.map(wireOf).filter((one) => one !== undefined) }];
    }),
    takenIn: (lane, accountId) => taken.get(`${lane}/${accountId}`) ?? [],
    isLate({ lane, logged, row }, accountId, until) {
      const looks = reads.get(`${lane}/${accountId}`) ?? [];
      const before = looks.some((at) => row !== null && at >= row.startedAt && at <= logged.receivedAt);
      const after = looks.some((at) => at > logged.receivedAt + CLOCK_MS && at <= (until ?? 0));
      return before && !after;
    },
    lookedUpAt({ lane, logged }, accountId) {
      const looks = reads.get(`${lane}/${accountId}`) ?? [];
      return Math.min(...looks.filter((at) => at > logged.receivedAt), Infinity);
    },
  };
}

/** Whether the service did for this account what the call asked. */
export function took({ logged }: WireCall, accountId: string): boolean {
  const isDone = logged.outcome === 'applied' || logged.outcome === 'dropped-after';
  return isDone && logged.accountIds.includes(accountId) && !logged.unprocessedAccountIds.includes(accountId);
}

/** Whether the call's answer says nothing of single accounts: what became of them was looked up. */
export function isSilent({ lane, operation, status }: CallRow): boolean {
  return status === 'ANSWERED' && operation === 'DISASSOCIATE_MEMBERS' && lane.startsWith('SECURITY_HUB/');
}

/** Whether the service left this account unprocessed. */
export function refused({ logged }: WireCall, accountId: string): boolean {
  return logged.unprocessedAccountIds.includes(accountId);
}

/**
 * Pairs changes on the wire with rows: by AWS's request id where an answer was recorded, else with the last row
 * written down before that asks the same of the same accounts. A row that says its call never left is no candidate.
 */
function pair(
  logged: readonly LoggedCall[],
  rows: readonly CallRow[],
  accountsOf: (row: CallRow) => string,
): WireCall[] {
  const answered = new Map(rows.map((row) => [row.awsRequestId ?? row.id, row]));
  const open = Map.groupBy(
    rows.filter((row) => row.awsRequestId === null && (row.attempts > 0 || row.status === 'SENT')),
    (row) => `${row.lane}/${row.operation}/${accountsOf(row)}`,
  );
  const changes = logged.filter(({ operation }) => operation in CHANGES);
  return changes
    .toSorted((one, other) => one.receivedAt - other.receivedAt)
    .map((call) => {
      const lane = laneOf(call.service, call.region);
      const known = answered.get(call.requestId);
      if (known !== undefined) {
        return { lane, logged: call, row: known };
      }
      const candidates = open.get(`${lane}/${CHANGES[call.operation] ?? ''}/${accountKey(call.accountIds)}`);
      const index = (candidates ?? []).findLastIndex(
        ({ startedAt }) => startedAt <= call.receivedAt + CLOCK_MS,
      );
      const [row = null] = index === -1 ? [] : (candidates?.splice(index, 1) ?? []);
      return { lane, logged: call, row };
    });
}

function accountKey(accountIds: readonly string[]): string {
  return [...new Set(accountIds)].sort().join();
}

function groupTaken(wire: readonly WireCall[]): Map<string, WireCall[]> {
  const taken = new Map<string, WireCall[]>();
  for (const call of wire) {
    for (const accountId of call.logged.accountIds) {
      if (took(call, accountId)) {
        append(taken, `${call.lane}/${accountId}`, call);
      }
    }
  }
  return taken;
}

function groupReads(logged: readonly LoggedCall[]): Map<string, number[]> {
  const reads = new Map<string, number[]>();
  for (const { operation, service, region, accountIds, receivedAt } of logged) {
    if (operation === 'GetMembers') {
      for (const accountId of accountIds) {
        append(reads, `${laneOf(service, region)}/${accountId}`, receivedAt);
      }
    }
  }
  return reads;
}

function append<Value>(groups: Map<string, Value[]>, key: string, value: Value): void {
  const group = groups.get(key);
  if (group === undefined) {
    groups.set(key, [value]);
  } else {
    group.push(value);
  }
}
