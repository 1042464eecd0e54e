import type { MemberAccount, OfferedOperation, ReasonCode } from '../membership.js';
import type { ClaimedCall, Settlement, UnsettledCall, Verdict } from '../ports/laneRecord.js';
import type { CallAnswer, ServiceMember, Unanswered, UnprocessedAccount } from '../ports/upstream.js';
import { classifyUnprocessed } from './classify.js';
import { verdictFromReadBack } from './readBack.js';
import { verdictOf } from './refusals.js';
import { isRetryable } from './retryPolicy.js';

/** A settlement, and what the answer said about accounts that nobody asked for: to be logged, never recorded. */
export interface SettledAnswer {
  readonly settlement: Settlement;
  readonly strangers: readonly UnprocessedAccount[];
}

const PROCESSED: Verdict = {
  status: 'PROCESSED',
  reasonCode: null,
  reason: null,
  retry: false,
  doneIfDoubted: false,
};

/** What becomes of accounts whose call was cut off before its error could be written down. */
const NO_ANSWER: Verdict = {
  status: 'FAILED',
  reasonCode: 'UNREACHABLE',
  reason: 'The gateway stopped before an answer came, and the service does not show the change.',
  retry: true,
  doneIfDoubted: false,
};

/** Why an account is unprocessed though the service's own words are lost. */
const READ_BACK = 'The answer was lost; read back, the member shows this since before the call.';

/** Answers that say that what was asked for is there already, by operation. */
const ECHOES: Readonly<Record<OfferedOperation, readonly ReasonCode[]>> = {
  CREATE_MEMBERS: ['ALREADY_MEMBER'],
  INVITE_MEMBERS: ['ALREADY_INVITED', 'ALREADY_MEMBER'],
};

/**
 * What an answer means for everything its call carried. Accounts are paired by id, never by position: listed as
 * unprocessed, the account ends UNPROCESSED with the service's words; not listed, PROCESSED; an id listed twice counts
 * the first time. A refusal fails all of them.
 *
 * @throws Error for an UNANSWERED call that may have reached the service: it has to be read back first, since a second
 *   send could be a second invitation.
 */
export function settlementOf(
  call: Pick<ClaimedCall, 'callId' | 'operation' | 'accounts'>,
  answer: CallAnswer,
): SettledAnswer {
  const { callId, operation, accounts } = call;
  if (answer.kind === 'ANSWERED') {
    const { exceptions, strangers } = pair(operation, accounts, answer.unprocessed);
    const { wire, unprocessed } = answer;
    return {
      settlement: {
        callId,
        status: 'ANSWERED',
        wire,
        errorCode: null,
        errorMessage: null,
        unprocessed,
        rest: PROCESSED,
        exceptions,
      },
      strangers,
    };
  }
  if (answer.kind === 'UNANSWERED' && !answer.neverSent)
    throw new Error(`Call ${callId} may have reached the service: read it back before it is settled.`);
  const { kind: status, wire, errorCode, errorMessage } = answer;
  return {
    settlement: {
      callId,
      status,
      wire,
      errorCode,
      errorMessage,
      unprocessed: [],
      rest: verdictOf(answer),
      exceptions: new Map(),
    },
    strangers: [],
  };
}

/**
 * What a read-back means for everything an unanswered call carried: the members that show the change are PROCESSED,
 * or UNPROCESSED if they showed it before the call began; all others go again, and fail with what is known of the loss
 * when their sends are used up.
 *
 * @param lost The answer that was not one; null when the gateway stopped before it knew.
 */
export function settlementOfReadBack(
  call: Pick<UnsettledCall, 'callId' | 'operation' | 'accountIds' | 'startedAt'>,
  members: readonly ServiceMember[],
  lost: Unanswered | null,
): Settlement {
  const asked = new Set(call.accountIds);
  const exceptions = new Map<string, Verdict>();
  for (const member of members) {
    if (!asked.has(member.accountId)) continue;
    const verdict = verdictFromReadBack(call.operation, call.startedAt, member);
    if (verdict === 'PROCESSED') exceptions.set(member.accountId, PROCESSED);
    if (verdict === 'THERE_BEFORE') exceptions.set(member.accountId, thereBefore(call.operation));
  }
  return {
    callId: call.callId,
    status: 'UNANSWERED',
    wire: lost?.wire ?? null,
    errorCode: lost?.errorCode ?? null,
    errorMessage: lost?.errorMessage ?? null,
    unprocessed: [],
    rest: { ...(lost === null ? NO_ANSWER : verdictOf(lost)), retry: true },
    exceptions,
  };
}

function thereBefore(operation: OfferedOperation): Verdict {
  return {
    status: 'UNPROCESSED',
    reasonCode: operation === 'INVITE_MEMBERS' ? 'ALREADY_INVITED' : 'ALREADY_MEMBER',
    reason: READ_BACK,
    retry: false,
    doneIfDoubted: false,
  };
}

function pair(
  operation: OfferedOperation,
  accounts: readonly MemberAccount[],
  unprocessed: readonly UnprocessedAccount[],
): { exceptions: Map<string, Verdict>; strangers: UnprocessedAccount[] } {
  const asked = new Set(accounts.map(({ accountId }) => accountId));
  const exceptions = new Map<string, Verdict>();
  const strangers: UnprocessedAccount[] = [];
  for (const account of unprocessed) {
    const { accountId, result } = account;
    if (!asked.has(accountId)) strangers.push(account);
    else if (!exceptions.has(accountId)) exceptions.set(accountId, unprocessedVerdict(operation, result));
  }
  return { exceptions, strangers };
}

function unprocessedVerdict(operation: OfferedOperation, result: string): Verdict {
  const reasonCode = classifyUnprocessed(result);
  return {
    status: 'UNPROCESSED',
    reasonCode,
    reason: result,
    retry: isRetryable(reasonCode),
    doneIfDoubted: ECHOES[operation].includes(reasonCode),
  };
}
