import { RETRYABLE_REASONS, type MembershipOperation, type ReasonCode } from '../../../src/membership.js';
import { CLOCK_TOLERANCE_MS } from '../../../src/services/answers/readBack.js';
import { RETRY_DELAYS } from '../../../src/services/answers/retryPolicy.js';
import { CLOCK_MS, isSilent, refused, took, type Evidence, type OutcomeEvidence } from '../evidence.js';
import type { CallRow, ServiceLog } from '../history.js';
import type { Rule, Violation } from '../violation.js';

/** Sends of an account whose result another one may cure. */
const MOST_SENDS = RETRY_DELAYS.length + 1;

/** ALL_FINAL, PROCESSED_IS_TRUE, TAKEN_IS_PROCESSED, REFUSED_IS_TRUE, NOT_GIVEN_UP_EARLY. */
export function checkOutcomes(evidence: Evidence): Violation[] {
  return evidence.outcomes.flatMap((one) =>
    faults(one, evidence).map(([rule, what]): Violation => ({ rule, what: `${nameOf(one)} ${what}` })),
  );
}

function faults(one: OutcomeEvidence, evidence: Evidence): [Rule, string][] {
  const { status, settledAt } = one.outcome;
  switch (status) {
    case 'PENDING':
    case 'IN_FLIGHT':
      return [['ALL_FINAL', 'has not ended']];
    case 'PROCESSED':
      return isTaken(one, evidence) ? [] : [['PROCESSED_IS_TRUE', 'was never taken by the service']];
    case 'UNPROCESSED':
    case 'FAILED':
    case 'CANCELED':
      return [
        ...(settledAt === null ? [['ALL_FINAL', 'has no time of its end'] as [Rule, string]] : []),
        ...takenAllTheSame(one, evidence),
        ...(status === 'UNPROCESSED' ? refusalIsTrue(one, evidence) : []),
        ...givenUpEarly(one),
      ];
  }
}

/**
 * Taken through one of its own calls. Or what one of them did had to be looked up, and another request had the same change
 * made so shortly before that the dates the service shows cannot tell the two apart; a deletion leaves no date at all
 * (UPSTREAMS.md, "After a lost answer").
 */
function isTaken({ outcome, target, rows, wire }: OutcomeEvidence, { takenIn }: Evidence): boolean {
  const { accountId } = outcome;
  if (wire.some((call) => took(call, accountId))) {
    return true;
  }
  return takenIn(target.lane, accountId).some(({ logged }) =>
    rows
      .filter(isLookedUp)
      .some(
        ({ operation, startedAt }) =>
          SHOWN_BY[operation].includes(logged.operation) &&
          (operation === 'DELETE_MEMBERS' ||
            logged.receivedAt >= startedAt - CLOCK_TOLERANCE_MS - CLOCK_MS) &&
          logged.receivedAt <= startedAt + CLOCK_MS,
      ),
  );
}

/** The changes on the wire after which a member shows what an operation was to do. */
const SHOWN_BY: Readonly<Record<MembershipOperation, readonly string[]>> = {
  CREATE_MEMBERS: ['CreateMembers', 'InviteMembers'],
  INVITE_MEMBERS: ['InviteMembers'],
  DISASSOCIATE_MEMBERS: ['DisassociateMembers'],
  DELETE_MEMBERS: ['DeleteMembers'],
};

/** What the call did was not in its answer, or there was none. */
function isLookedUp(row: CallRow): boolean {
  return (row.status === 'UNANSWERED' && row.attempts > 0) || isSilent(row);
}

/** A call that arrives after its accounts were looked up, and settled, is known to no one. */
function takenAllTheSame({ outcome, wire }: OutcomeEvidence, { isLate }: Evidence): [Rule, string][] {
  const { accountId, settledAt } = outcome;
  return wire
    .filter((call) => took(call, accountId) && !isLate(call, accountId, settledAt))
    .map(({ logged }) => ['TAKEN_IS_PROCESSED', `was taken in the service's call ${logged.requestId}`]);
}

function refusalIsTrue(one: OutcomeEvidence, evidence: Evidence): [Rule, string][] {
  const { outcome, rows, wire } = one;
  const { accountId, reason } = outcome;
  const told = rows.at(-1)?.unprocessed?.find((each) => each.accountId === accountId)?.result;
  if (told === undefined) {
    return isThereBefore(one, evidence) || isSilentlyRefused(one)
      ? []
      : [['REFUSED_IS_TRUE', 'was refused in no answer on record']];
  }
  if (!wire.some((call) => refused(call, accountId))) {
    return [['REFUSED_IS_TRUE', 'was not refused by the service']];
  }
  if (told !== reason || !isWords(evidence.history.service, reason)) {
    return [['REFUSED_IS_TRUE', `gives a reason that the service did not: ${reason}`]];
  }
  return [];
}

const THERE_BEFORE: readonly (ReasonCode | null)[] = ['ALREADY_MEMBER', 'ALREADY_INVITED', 'NOT_ASSOCIATED'];

/** The service took the call and left the account as it was, without a word: in its own log it says so. */
function isSilentlyRefused({ outcome, rows, wire }: OutcomeEvidence): boolean {
  const last = rows.at(-1);
  const isSaid = outcome.reasonCode === 'NOT_ASSOCIATED' || outcome.reasonCode === 'STILL_ASSOCIATED';
  return (
    last !== undefined && isSilent(last) && isSaid && wire.some((call) => refused(call, outcome.accountId))
  );
}

/** Its answer was lost, and the change was made by somebody else, before it asked. */
function isThereBefore({ outcome, target, rows }: OutcomeEvidence, { takenIn }: Evidence): boolean {
  const last = rows.at(-1);
  return (
    last?.status === 'UNANSWERED' &&
    THERE_BEFORE.includes(outcome.reasonCode) &&
    takenIn(target.lane, outcome.accountId).some(({ logged }) => logged.receivedAt <= last.startedAt)
  );
}

function isWords({ words }: ServiceLog, reason: string | null): boolean {
  return reason !== null && words.has(reason);
}

function givenUpEarly({ outcome, target, rows }: OutcomeEvidence): [Rule, string][] {
  const { reasonCode, status } = outcome;
  if (status === 'CANCELED' || reasonCode === null || !RETRYABLE_REASONS.includes(reasonCode)) {
    return [];
  }
  if (target.canceledAt !== null || rows.length === MOST_SENDS) {
    return [];
  }
  return [['NOT_GIVEN_UP_EARLY', `ended with ${reasonCode} after ${rows.length} sends`]];
}

function nameOf({ outcome, target }: OutcomeEvidence): string {
  return `${outcome.status} outcome of ${outcome.accountId} at ${target.lane} in request ${target.requestId}`;
}
