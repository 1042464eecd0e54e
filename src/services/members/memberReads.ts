import { ACCOUNTS_PER_CALL, targetKey, type TargetAddress } from '../../membership.js';
import type { MemberPageQuery, MemberPageRead, Refused, Unanswered, Upstream } from '../../ports/upstream.js';
import type { Detectors } from './detectors.js';
import type { FindDetector } from './findDetector.js';
import { liveMember, notAMember, type LiveMember } from './liveMember.js';
import { readFailure } from './readFailure.js';
import { readInTurns, type Patience } from './readAttempts.js';
import { READ_PATIENCE_MS, rateExceeded, type ReadTurns } from './readTurns.js';
import { verdictOf } from '../answers/refusals.js';

/** A page of the members of a target. */
export interface MemberPage {
  readonly members: readonly LiveMember[];
  readonly nextToken: string | null;
  /** The service was asked then, or a moment later; the database's clock. */
  readonly observedAt: Date;
}

/**
 * Reads of members, one target at a time, for all operations of the process. Each rejects with a `GatewayError` that
 * names the target and has the service's words, or `THROTTLED` when its rate leaves no room in time.
 */
export interface MemberReads {
  /**
   * One member. Accounts that wait for the same target travel together, whoever asked: 50 in a GetMembers, and one asked
   * for twice goes once. Nothing is kept: an account asked for after its call has left travels anew.
   *
   * @param signal aborts when the one who asks does so no more: when all of them have left, the account does not travel, and
   *   a call that carries nothing else is given up.
   */
  member(target: TargetAddress, accountId: string, signal?: AbortSignal): Promise<LiveMember>;
  /**
   * One page by ListMembers.
   *
   * @param patience when it is too late for it to leave, by default as for any read; and who waits for it.
   */
  page(target: TargetAddress, asked: MemberPageQuery, patience?: Partial<Patience>): Promise<MemberPage>;
}

/** Those whose patience ends within this time (milliseconds) give up together: they asked in one operation. */
const GIVEN_UP_TOGETHER_MS = 1_000;

/** An account that waits for its call. */
interface Waiting {
  readonly until: number;
  readonly answer: PromiseWithResolvers<LiveMember>;
  /** How many ask for it and have not left. */
  askers: number;
  /** Called when the last of them has left. */
  abandon: () => void;
}

interface Queue {
  readonly target: TargetAddress;
  /** By account id, in the order they came. */
  readonly waiting: Map<string, Waiting>;
  served: boolean;
}

/** What a read needs. */
export interface MemberReadDependencies {
  readonly upstream: Upstream;
  readonly turns: ReadTurns;
  readonly detectors: Pick<Detectors, 'disown'>;
  readonly findDetector: FindDetector;
}

export function createMemberReads({
  upstream,
  turns,
  detectors,
  findDetector,
}: MemberReadDependencies): MemberReads {
  const queues = new Map<string, Queue>();

  /** Sends a read with the target's detector; when GuardDuty disowns that, once more with the one it has now. */
  async function withDetector<Read extends { readonly kind: 'READ' }>(
    target: TargetAddress,
    patience: Patience,
    send: (detectorId: string | null) => Promise<Read | Refused | Unanswered>,
  ): Promise<Read> {
    const { until, signal } = patience;
    const detectorId = await findDetector(target, until);
    const first = await readInTurns(turns, target, patience, () => send(detectorId));
    if (first.kind === 'READ') {
      return first;
    }
    if (verdictOf(first).reasonCode !== 'DETECTOR_NOT_FOUND') {
      throw readFailure(target, first);
    }
    detectors.disown(target, detectorId);
    const anew = await findDetector(target, until);
    if (anew === detectorId) {
      throw readFailure(target, first);
    }
    await turns.takeOne(target, until, signal);
    const second = await readInTurns(turns, target, patience, () => send(anew));
    if (second.kind === 'READ') {
      return second;
    }
    throw readFailure(target, second);
  }

  async function readBatch(target: TargetAddress, batch: ReadonlyMap<string, Waiting>, at: Date) {
    const nobody = new AbortController();
    const { signal } = nobody;
    for (const one of batch.values()) {
      one.abandon = () => {
        if ([...batch.values()].every(({ askers }) => askers === 0)) {
          nobody.abort();
        }
      };
    }
    try {
      const [{ until } = { until: 0 }] = batch.values();
      const read = await withDetector(target, { until, signal }, (detectorId) =>
        upstream.getMembers(target, detectorId, [...batch.keys()], signal),
      );
      const found = new Map(read.members.map((member) => [member.accountId, member]));
      for (const [accountId, { answer }] of batch) {
        const member = found.get(accountId);
        answer.resolve(member ? liveMember(target, member, at) : notAMember(target, accountId, at));
      }
    } catch (error) {
      for (const { answer } of batch.values()) {
        answer.reject(error);
      }
    }
  }

  /** Sends what waits, as the quota allows, until nothing does. */
  async function serve(queue: Queue): Promise<void> {
    const { target, waiting } = queue;
    while (waiting.size > 0) {
      const [{ until } = { until: 0 }] = waiting.values();
      try {
        // Before the quota is taken, since a lookup takes its own share first.
        await findDetector(target, until);
        const turn = await turns.take(target, Math.ceil(waiting.size / ACCOUNTS_PER_CALL), until);
        if (turn === null) {
          giveUp(waiting, rateExceeded(target), until + GIVEN_UP_TOGETHER_MS);
        }
        for (let call = 0; call < (turn?.granted ?? 0) && waiting.size > 0; call++) {
          void readBatch(target, takeBatch(waiting), turn?.at ?? new Date());
        }
      } catch (error) {
        giveUp(waiting, error, Infinity);
      }
    }
    queue.served = false;
  }

  return {
    async member(target, accountId, signal) {
      signal?.throwIfAborted();
      const key = targetKey(target);
      const queue = queues.get(key) ?? { target, waiting: new Map<string, Waiting>(), served: false };
      queues.set(key, queue);
      let one = queue.waiting.get(accountId);
      if (one === undefined) {
        one = {
          until: performance.now() + READ_PATIENCE_MS,
          answer: Promise.withResolvers<LiveMember>(),
          askers: 0,
          abandon: () => void queue.waiting.delete(accountId),
        };
        queue.waiting.set(accountId, one);
      }
      if (!queue.served) {
        queue.served = true;
        // From the next turn of the event loop: what is asked for in this one travels together.
        setImmediate(() => {
          void serve(queue);
        });
      }
      return asLongAsAsked(one, signal);
    },

    async page(target, asked, { until = performance.now() + READ_PATIENCE_MS, signal } = {}) {
      await findDetector(target, until);
      const { at } = await turns.takeOne(target, until, signal);
      const patience = { until, ...(signal && { signal }) };
      const { members, nextToken } = await withDetector<MemberPageRead>(target, patience, (detectorId) =>
        upstream.listMembers(target, detectorId, asked, signal),
      );
      return { members: members.map((member) => liveMember(target, member, at)), nextToken, observedAt: at };
    },
  };
}

/** The answer for one more who asks; one who leaves gets none. */
async function asLongAsAsked(one: Waiting, signal: AbortSignal | undefined): Promise<LiveMember> {
  one.askers += 1;
  if (signal === undefined) {
    return one.answer.promise;
  }
  const { promise: left, reject } = Promise.withResolvers<never>();
  const leave = (): void => {
    one.askers -= 1;
    if (one.askers === 0) {
      one.abandon();
    }
    reject(signal.reason);
  };
  signal.addEventListener('abort', leave, { once: true });
  try {
    return await Promise.race([one.answer.promise, left]);
  } finally {
    signal.removeEventListener('abort', leave);
  }
}

function takeBatch(waiting: Map<string, Waiting>): ReadonlyMap<string, Waiting> {
  const batch = new Map<string, Waiting>();
  for (const [accountId, one] of waiting) {
    if (batch.size === ACCOUNTS_PER_CALL) {
      break;
    }
    batch.set(accountId, one);
    waiting.delete(accountId);
  }
  return batch;
}

/** Rejects what would have waited no longer than `until`. */
function giveUp(waiting: Map<string, Waiting>, error: unknown, until: number): void {
  for (const [accountId, one] of waiting) {
    if (one.until > until) {
      continue;
    }
    waiting.delete(accountId);
    one.answer.reject(error);
  }
}
