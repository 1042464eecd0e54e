import { CLOCK_MS, took, type Evidence, type OutcomeEvidence } from '../evidence.js';
import type { MembershipOperation } from '../../../src/membership.js';
import type { CallRow } from '../history.js';
import type { Violation } from '../violation.js';

/** SENDS_AGREE, SETTLED_NOT_SENT, TAKEN_NOT_SENT, INVITED_ONCE, APART_IN_LANE. */
export function checkSendings(evidence: Evidence): Violation[] {
  return [
    ...sendsAgree(evidence),
    ...evidence.outcomes.flatMap(settledNotSent),
    ...evidence.outcomes.flatMap((one) => takenNotSent(one, evidence)),
    ...invitedOnce(evidence),
    ...apartOnRecord(evidence),
    ...apartOnWire(evidence),
  ];
}

function sendsAgree({ history, outcomes }: Evidence): Violation[] {
  const { calls, sends } = history.record;
  const carried = Map.groupBy(
    sends.flatMap(({ callId, targetId, accountIds }) =>
      accountIds.map((accountId) => ({ callId, key: `${targetId}/${accountId}` })),
    ),
    ({ key }) => key,
  );
  const named = outcomes.flatMap(({ outcome }) => {
    const key = `${outcome.targetId}/${outcome.accountId}`;
    const byCalls = (carried.get(key) ?? []).map(({ callId }) => callId).sort();
    carried.delete(key);
    return byCalls.join() === outcome.callIds.toSorted().join()
      ? []
      : [`outcome ${key} names ${outcome.callIds.length} calls; ${byCalls.length} name it`];
  });
  const sendsOf = Map.groupBy(sends, ({ callId }) => callId);
  const counted = calls
    .filter(
      ({ id, accountCount }) =>
        new Set((sendsOf.get(id) ?? []).flatMap(({ accountIds }) => accountIds)).size !== accountCount,
    )
    .map(({ id, accountCount }) => `call ${id} says ${accountCount} accounts and carries others`);
  const strangers = [...carried.keys()].map((key) => `a call carries ${key}, which has no outcome`);
  return [...named, ...counted, ...strangers].map((what) => ({ rule: 'SENDS_AGREE', what }));
}

function settledNotSent({ outcome, target, rows }: OutcomeEvidence): Violation[] {
  const end = Math.min(outcome.settledAt ?? Infinity, target.canceledAt ?? Infinity);
  return rows
    .filter(({ startedAt }) => startedAt > end)
    .map(({ id }) => ({
      rule: 'SETTLED_NOT_SENT',
      what: `call ${id} began after ${outcome.accountId} at ${target.lane} was settled or canceled`,
    }));
}

/** A later row than the one that was taken, and not because the taken one came only after it had been looked for. */
function takenNotSent({ outcome, rows, wire }: OutcomeEvidence, { isLate }: Evidence): Violation[] {
  const { accountId } = outcome;
  return wire
    .filter((call) => took(call, accountId))
    .flatMap((call) =>
      rows
        .filter(({ id, startedAt }) => id !== call.row?.id && startedAt > call.logged.receivedAt + CLOCK_MS)
        .filter(({ startedAt }) => !isLate(call, accountId, startedAt))
        .map(({ id }) => ({
          rule: 'TAKEN_NOT_SENT',
          what: `call ${id} sent ${accountId} again, which the service had taken in ${call.logged.requestId}`,
        })),
    );
}

function invitedOnce({ history, outcomes }: Evidence): Violation[] {
  const { mails, members } = history.service;
  const mailed = Map.groupBy(mails, ({ lane, accountId }) => `${lane}/${accountId}`);
  const known = new Set(members.map(({ lane, accountId }) => `${lane}/${accountId}`));
  const twice = [...mailed]
    .filter(([, each]) => each.length > 1)
    .map(([key, each]) => `${key} was invited ${each.length} times`);
  const operationOf = new Map(history.record.requests.map(({ id, operation }) => [id, operation]));
  const missing = outcomes
    .map(({ outcome, target }) => ({ outcome, target, operation: operationOf.get(target.requestId) }))
    .filter(({ outcome, operation }) => outcome.status === 'PROCESSED' && isAdding(operation))
    .map(({ outcome, target, operation }) => ({
      key: `${target.lane}/${outcome.accountId}`,
      isInvitation: operation === 'INVITE_MEMBERS',
    }))
    .filter(({ key, isInvitation }) => !(isInvitation ? mailed.has(key) : known.has(key)))
    .map(
      ({ key, isInvitation }) => `${key} is PROCESSED without ${isInvitation ? 'an invitation' : 'a member'}`,
    );
  return [...twice, ...missing].map((what) => ({ rule: 'INVITED_ONCE', what }));
}

/** Removals are of accounts that no request creates or invites. */
function isAdding(operation: MembershipOperation | undefined): boolean {
  return operation === 'CREATE_MEMBERS' || operation === 'INVITE_MEMBERS';
}

/** From when a call was written down until its last account had left IN_FLIGHT, they were no other call's. */
function apartOnRecord({ outcomes }: Evidence): Violation[] {
  const spans = outcomes.flatMap(({ outcome, target, rows }) =>
    rows.map((row) => ({ key: `${target.lane}/${outcome.accountId}`, row })),
  );
  const lanes = Map.groupBy(spans, ({ key }) => key);
  return [...lanes].flatMap(([key, each]) => {
    const rows = [...new Map(each.map(({ row }) => [row.id, row])).values()];
    return overlaps(rows.toSorted(byStart), (row) => [row.startedAt, row.settledAt ?? Infinity]).map(
      ([one, other]): Violation => ({
        rule: 'APART_IN_LANE',
        what: `calls ${one.id} and ${other.id} were in flight together with ${key}`,
      }),
    );
  });
}

/**
 * On the wire, a call that comes after its accounts were looked up may meet its successor: nothing can stop it. A call whose answer was
 * lost is over when its accounts are looked up: the service has done by then what the late answer says.
 */
function apartOnWire({ wire, isLate, lookedUpAt }: Evidence): Violation[] {
  const spans = wire.flatMap((call) =>
    call.logged.accountIds
      .filter((accountId) => !isLate(call, accountId))
      .map((accountId) => {
        const answeredAt = call.logged.answeredAt ?? call.logged.receivedAt;
        const isLost = call.row?.status === 'UNANSWERED';
        const end = isLost ? Math.min(answeredAt, lookedUpAt(call, accountId)) : answeredAt;
        return { key: `${call.lane}/${accountId}`, call, end };
      }),
  );
  return [...Map.groupBy(spans, ({ key }) => key)].flatMap(([key, each]) =>
    overlaps(each, ({ call, end }) => [call.logged.receivedAt, end]).map(([one, other]): Violation => ({
      rule: 'APART_IN_LANE',
      what: `${one.call.logged.requestId} and ${other.call.logged.requestId} were on the wire together with ${key}`,
    })),
  );
}

/** Neighbours, in the order of their beginnings, of which the second begins before the first has ended. */
function overlaps<Item>(items: readonly Item[], span: (item: Item) => [number, number]): [Item, Item][] {
  return items.flatMap((item, index): [Item, Item][] => {
    const next = items[index + 1];
    return next !== undefined && span(next)[0] < span(item)[1] ? [[item, next]] : [];
  });
}

function byStart(one: CallRow, other: CallRow): number {
  return one.startedAt - other.startedAt;
}
