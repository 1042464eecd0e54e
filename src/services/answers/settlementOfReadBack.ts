import type { MembershipOperation, ReasonCode } from '../../membership.js';
import type { Settlement, UnsettledCall, Verdict } from '../../ports/laneRecord.js';
import type { MembersRead, ServiceMember, Unanswered } from '../../ports/upstream.js';
import { accountsOf } from './membersRead.js';
import { verdictFromReadBack } from './readBack.js';
import { verdictOf } from './refusals.js';
import { PROCESSED } from './settlement.js';

/** The verdict on accounts whose call ended before its error could be recorded. */
const NO_ANSWER: Verdict = {
  status: 'FAILED',
  reasonCode: 'UNREACHABLE',
  reason: 'The gateway stopped before an answer came, and the service does not show the change.',
  retry: true,
  processedIfInDoubt: false,
};

/** An account of which a read-back says nothing, and why. */
export interface UnknownAccount {
  readonly accountId: string;
  readonly words: string;
}

/** The settlement of a call by a read-back, which may leave some of its accounts open. */
export interface ReadBackSettlement {
  readonly settlement: Settlement;
  /** How many accounts do not show the change of the call. */
  readonly notDone: number;
  readonly unknown: readonly UnknownAccount[];
}

/** First words of a reason that the gateway writes, since the service's own words are lost or it had none. */
const PREAMBLES = {
  lost: 'The answer was lost; read back, ',
  silent: 'Security Hub answered without a word on single accounts; read back, ',
} as const;

/** The service's reason for a member that already shows the change. */
const THERE_BEFORE: Readonly<Record<MembershipOperation, ReasonCode>> = {
  CREATE_MEMBERS: 'ALREADY_MEMBER',
  INVITE_MEMBERS: 'ALREADY_INVITED',
  DISASSOCIATE_MEMBERS: 'NOT_ASSOCIATED',
  DELETE_MEMBERS: 'NOT_ASSOCIATED',
};

/**
 * The settlement of a call by reading its members back, when it has no answer, or an answer without results by account.
 * Members that show the change are PROCESSED, or UNPROCESSED if they showed it before the call began. Other accounts that
 * the read names are sent again until their attempts are used up; then they are FAILED with the error of the call, or
 * UNPROCESSED if the service did answer. Accounts of which the read says nothing stay IN_FLIGHT.
 *
 * @param lost the failure of the call; null when the gateway stopped before it knew one, and when the service answered.
 */
export function settlementOfReadBack(
  call: Pick<UnsettledCall, 'callId' | 'operation' | 'accountIds' | 'startedAt' | 'acknowledged'>,
  read: MembersRead,
  lost: Unanswered | null,
): ReadBackSettlement {
  const accountOf = accountsOf(read);
  const again = { ...(lost === null ? NO_ANSWER : verdictOf(lost)), retry: true };
  const exceptions = new Map<string, Verdict>();
  const unknown: UnknownAccount[] = [];
  let notDone = 0;
  for (const accountId of call.accountIds) {
    const account = accountOf(accountId);
    if (account.kind === 'UNKNOWN') {
      unknown.push({ accountId, words: account.words });
      continue;
    }
    const verdict = verdictOn(call, account.kind === 'MEMBER' ? account.member : undefined);
    notDone += verdict === null ? 1 : 0;
    exceptions.set(accountId, verdict ?? again);
  }
  const settlement: Settlement = {
    callId: call.callId,
    status: call.acknowledged ? 'ANSWERED' : 'UNANSWERED',
    ...errorOf(lost),
    unprocessed: [],
    defaultVerdict: unknown.length === 0 ? again : null,
    exceptions,
  };
  return { settlement, notDone, unknown };
}

function errorOf(lost: Unanswered | null): Pick<Settlement, 'metadata' | 'errorCode' | 'errorMessage'> {
  if (lost === null) {
    return { metadata: null, errorCode: null, errorMessage: null };
  }
  const { metadata, errorCode, errorMessage } = lost;
  return { metadata, errorCode, errorMessage };
}

/** Null: the member does not show the change, and the account is sent again. */
function verdictOn(
  { operation, startedAt, acknowledged }: Pick<UnsettledCall, 'operation' | 'startedAt' | 'acknowledged'>,
  member: ServiceMember | undefined,
): Verdict | null {
  const preamble = acknowledged ? PREAMBLES.silent : PREAMBLES.lost;
  const shown = member === undefined ? 'there is no such member' : `the member shows ${member.serviceStatus}`;
  switch (verdictFromReadBack(operation, startedAt, member)) {
    case 'PROCESSED':
      return PROCESSED;
    case 'THERE_BEFORE':
      // PROCESSED after all, if an earlier call of the same request may have made the change.
      return {
        ...unprocessed(THERE_BEFORE[operation], `${preamble}the member shows this since before the call.`),
        processedIfInDoubt: true,
      };
    case 'UNDATED':
      return {
        ...unprocessed(
          THERE_BEFORE[operation],
          `${preamble}${shown} without a date: whether this call did it is not known.`,
        ),
        processedIfInDoubt: true,
      };
    case 'NOT_ASSOCIATED':
      return unprocessed('NOT_ASSOCIATED', `${preamble}${shown}: not associated.`);
    case 'NOT_DONE':
      if (!acknowledged) {
        return null;
      }
      return { ...unprocessed('STILL_ASSOCIATED', `${preamble}${shown}: still associated.`), retry: true };
  }
}

function unprocessed(reasonCode: ReasonCode, reason: string): Verdict {
  return { status: 'UNPROCESSED', reasonCode, reason, retry: false, processedIfInDoubt: false };
}
