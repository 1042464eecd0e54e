import { ACCOUNTS_PER_CALL } from '../../../src/membership.js';
import type { LoggedCall } from '../../support/sandboxControl.js';
import { isSilent, type Evidence, type WireCall } from '../evidence.js';
import type { CallRow } from '../history.js';
import type { Violation } from '../violation.js';

/** WIRE_ON_RECORD, ANSWER_IS_TRUE, CALL_SIZE, ALL_FINAL. */
export function checkCalls({ history, wire, wireOf }: Evidence): Violation[] {
  return [
    ...wire.flatMap(onRecord),
    ...wire.flatMap(sizeOnWire),
    ...history.record.calls.flatMap((row) => [...answerIsTrue(row, wireOf(row)), ...callIsFinal(row)]),
  ];
}

function onRecord({ lane, logged, row }: WireCall): Violation[] {
  if (row !== null) {
    return [];
  }
  const { operation, requestId, accountIds } = logged;
  return [
    {
      rule: 'WIRE_ON_RECORD',
      what: `${operation} ${requestId} of ${accountIds.length} accounts at ${lane} has no row`,
    },
  ];
}

function sizeOnWire({ logged }: WireCall): Violation[] {
  const { accountIds, requestId } = logged;
  const distinct = new Set(accountIds).size;
  if (distinct === accountIds.length && distinct > 0 && distinct <= ACCOUNTS_PER_CALL) {
    return [];
  }
  return [
    {
      rule: 'CALL_SIZE',
      what: `${requestId} carried ${accountIds.length} accounts, ${distinct} of them distinct`,
    },
  ];
}

function answerIsTrue(row: CallRow, wire: WireCall | undefined): Violation[] {
  const lie = wire === undefined ? lieWithoutCall(row) : lieAbout(row, wire.logged);
  return lie === null
    ? []
    : [{ rule: 'ANSWER_IS_TRUE', what: `call ${row.id} is ${row.status}, but ${lie}` }];
}

/** How a row without a call on the wire is false; null if the row claims no answer. */
function lieWithoutCall({ status, attempts, httpStatus }: CallRow): string | null {
  const claimsAnswer = status === 'ANSWERED' || (status === 'REFUSED' && attempts > 0) || httpStatus !== null;
  return claimsAnswer ? 'nothing of the kind was on the wire' : null;
}

/** How a row differs from its call in the service's log; null if they agree. */
function lieAbout(row: CallRow, { outcome, httpStatus, unprocessedAccountIds }: LoggedCall): string | null {
  if (row.httpStatus !== null && row.httpStatus !== httpStatus) {
    return `it says HTTP ${row.httpStatus} where the service sent ${httpStatus}`;
  }
  const expected = { REFUSED: 'refused', ANSWERED: 'applied', SENT: null, UNANSWERED: null }[row.status];
  if (expected === null) {
    return null;
  }
  if (outcome !== expected) {
    return `the service's side is ${outcome}`;
  }
  if (row.status === 'REFUSED') {
    return null;
  }
  if (isSilent(row)) {
    return row.unprocessed === null ? null : 'it has a list that the service did not send';
  }
  const said = (row.unprocessed ?? []).map(({ accountId }) => accountId);
  return said.toSorted().join() === unprocessedAccountIds.toSorted().join()
    ? null
    : `it says ${said.length} accounts are unprocessed where the service said ${unprocessedAccountIds.length}`;
}

function callIsFinal({ id, status, settledAt }: CallRow): Violation[] {
  return status === 'SENT' || settledAt === null
    ? [{ rule: 'ALL_FINAL', what: `call ${id} is ${status} and not settled` }]
    : [];
}
