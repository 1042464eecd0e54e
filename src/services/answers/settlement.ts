import type { MemberAccount, MembershipOperation, ReasonCode } from '../../membership.js';
import type { ClaimedCall, Settlement, Verdict } from '../../ports/laneRecord.js';
import type { CallAnswer, UnprocessedAccount } from '../../ports/upstream.js';
import { classifyUnprocessed } from './reasonPatterns.js';
import { verdictOf } from './refusals.js';
import { isRetryable } from './retryPolicy.js';

/** A settlement, and what the answer said about accounts that the call did not carry: to be logged, never recorded. */
export interface SettledAnswer {
  readonly settlement: Settlement;
  readonly unrequested: readonly UnprocessedAccount[];
}

/** The operation was done. */
export const PROCESSED: Verdict = {
  status: 'PROCESSED',
  reasonCode: null,
  reason: null,
  retry: false,
  processedIfInDoubt: false,
};

/** Reasons which say that the effect of the operation already exists. */
const ECHOES: Readonly<Record<MembershipOperation, readonly ReasonCode[]>> = {
  CREATE_MEMBERS: ['ALREADY_MEMBER'],
  INVITE_MEMBERS: ['ALREADY_INVITED', 'ALREADY_MEMBER'],
  DISASSOCIATE_MEMBERS: ['NOT_ASSOCIATED'],
  DELETE_MEMBERS: ['NOT_ASSOCIATED', 'NOT_CREATED'],
};

/**
 * The settlement of a call by its answer. Accounts are paired by id, never by position: an account that is listed as
 * unprocessed ends UNPROCESSED with the service's words, any other PROCESSED. Of an id that is listed twice, the first entry
 * counts. A refusal fails all accounts.
 *
 * @throws Error for a call that has to be read back first: an UNANSWERED call that may have reached the service, since a
 *   second send could be a second invitation; an ACKNOWLEDGED call, since the results of its accounts are not known.
 */
export function settlementOf(
  call: Pick<ClaimedCall, 'callId' | 'operation' | 'accounts'>,
  answer: CallAnswer,
): SettledAnswer {
  const { callId, operation, accounts } = call;
  if (answer.kind === 'ANSWERED') {
    const { exceptions, unrequested } = pair(operation, accounts, answer.unprocessed);
    const { metadata, unprocessed } = answer;
    return {
      settlement: {
        callId,
        status: 'ANSWERED',
        metadata,
        errorCode: null,
        errorMessage: null,
        unprocessed,
        defaultVerdict: PROCESSED,
        exceptions,
      },
      unrequested,
    };
  }
  if (answer.kind === 'ACKNOWLEDGED') {
    throw new Error(
      `The answer to call ${callId} says nothing of accounts: read it back before it is settled.`,
    );
  }
  if (answer.kind === 'UNANSWERED' && !answer.neverSent) {
    throw new Error(`Call ${callId} may have reached the service: read it back before it is settled.`);
  }
  const { kind: status, metadata, errorCode, errorMessage } = answer;
  return {
    settlement: {
      callId,
      status,
      metadata,
      errorCode,
      errorMessage,
      unprocessed: [],
      defaultVerdict: verdictOf(answer, operation),
      exceptions: new Map(),
    },
    unrequested: [],
  };
}

function pair(
  operation: MembershipOperation,
  accounts: readonly MemberAccount[],
  unprocessed: readonly UnprocessedAccount[],
): { exceptions: Map<string, Verdict>; unrequested: UnprocessedAccount[] } {
  const asked = new Set(accounts.map(({ accountId }) => accountId));
  const exceptions = new Map<string, Verdict>();
  const unrequested: UnprocessedAccount[] = [];
  for (const account of unprocessed) {
    const { accountId, result } = account;
    if (!asked.has(accountId)) {
      unrequested.push(account);
    } else if (!exceptions.has(accountId)) {
      exceptions.set(accountId, unprocessedVerdict(operation, result));
    }
  }
  return { exceptions, unrequested };
}

function unprocessedVerdict(operation: MembershipOperation, result: string): Verdict {
  const reasonCode = classifyUnprocessed(result);
  return {
    status: 'UNPROCESSED',
    reasonCode,
    reason: result,
    retry: isRetryable(reasonCode),
    processedIfInDoubt: ECHOES[operation].includes(reasonCode),
  };
}
