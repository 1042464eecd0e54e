import { quoted } from '../../errors.js';
import type { Caller, DoubtEnding } from '../../membership.js';
import type { DoubtStore } from '../../ports/doubts.js';
import type { HistoryStore } from '../../ports/history.js';
import type { Verdict } from '../../ports/laneRecord.js';
import { PROCESSED } from '../answers/settlement.js';
import { NOTE_MAX_LENGTH } from '../input/checkOptions.js';
import { toUserErrors, type Fault } from '../input/faults.js';
import { parseNodeId } from '../input/nodeId.js';
import { textFaults } from '../input/valueFaults.js';
import type { ResolveDoubtInput, ResolveDoubtResult } from './mutations.js';

const PATH = ['input', 'callId'];

/**
 * Settles a call by hand whose result cannot be found out: its answer is lost, and GetMembers fails. Its accounts end as the
 * caller says, and the requests that waited for them end too.
 */
export function createResolveDoubt(
  history: Pick<HistoryStore, 'callsById'>,
  doubts: DoubtStore,
): (caller: Caller, input: ResolveDoubtInput) => Promise<ResolveDoubtResult> {
  return async (caller, { callId, ending, reason }) => {
    const faults = textFaults(['input', 'reason'], reason, { min: 1, max: NOTE_MAX_LENGTH });
    if (faults.length > 0) {
      return refused(faults);
    }
    const key = parseNodeId(callId);
    const [call] = key?.kind === 'call' ? await history.callsById(caller, [key.id]) : [];
    if (!call) {
      const message = `expected the id of an UpstreamCall that the caller may see, got ${quoted(callId)}`;
      return refused([{ path: PATH, code: 'NOT_FOUND', message }]);
    }
    const end = { resolvedBy: caller.id, resolution: reason, verdict: verdictOf(ending, reason) };
    if (await doubts.resolve(call.id, end)) {
      return { callId: call.id, userErrors: [] };
    }
    const message = 'the call is not in doubt: it is settled, or its members have not been read back yet';
    return refused([{ path: PATH, code: 'NOT_IN_DOUBT', message }]);
  };
}

/** UNREACHABLE is retryable: `retryRequest` may send the accounts again. */
function verdictOf(ending: DoubtEnding, reason: string): Verdict {
  return ending === 'PROCESSED'
    ? PROCESSED
    : {
        status: 'FAILED',
        reasonCode: 'UNREACHABLE',
        reason: `Settled by hand: ${reason}`,
        retry: false,
        processedIfInDoubt: false,
      };
}

function refused(faults: readonly Fault[]): ResolveDoubtResult {
  return { callId: null, userErrors: toUserErrors(faults) };
}
