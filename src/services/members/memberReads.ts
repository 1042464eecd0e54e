import type { GatewayError } from '../../errors.js';
import { targetKey, type TargetAddress } from '../../membership.js';
import type { MemberPageQuery, Upstream } from '../../ports/upstream.js';
import { accountsOf } from '../answers/membersRead.js';
import type { FindDetector } from './detectors.js';
import { liveMember, notAMember, type LiveMember } from './liveMember.js';
import { failureOf } from './readFailure.js';
import { createMemberQueue, type MemberQueue, type QueuedRead, type ReadBatch } from './memberQueue.js';
import { MAX_READ_WAIT_MS, rateExceeded, type ReadLimits, type ReadTurns } from './readTurns.js';
import type { SendRead } from './sendRead.js';

/** A page of the members of a target. */
export interface MemberPage {
  readonly members: readonly LiveMember[];
  /** The service's token for the next page; null on the last one. */
  readonly nextToken: string | null;
  /** The service answered then or a moment later; the database's clock. */
  readonly observedAt: Date;
}

/**
 * Reads of members from the services, for all operations of the process, each target within its rate.
 *
 * @throws GatewayError (as a rejection) that names the target: with the words of the service, or `THROTTLED` when its rate
 *   leaves no room before the deadline.
 */
export interface MemberReads {
  /**
   * One member, by GetMembers. All callers that wait for the same target share calls of 50 accounts, and callers of the same
   * account share its read. Nothing is cached: an account that is requested after its call has left is read again.
   *
   * @param caller takes turns with other callers. Its `signal` aborts when it leaves: an account without callers is not sent,
   *   and a call without callers is aborted.
   */
  member(
    target: TargetAddress,
    accountId: string,
    caller?: Pick<ReadLimits, 'signal' | 'callerKey'>,
  ): Promise<LiveMember>;
  /** One page, by ListMembers. @param limits by default 30 seconds, and no signal. */
  page(target: TargetAddress, query: MemberPageQuery, limits?: Partial<ReadLimits>): Promise<MemberPage>;
}

/** The same reads, in the turns of one caller. */
export function readsOfCaller(reads: MemberReads, callerKey: string): MemberReads {
  return {
    member: (target, accountId, caller) => reads.member(target, accountId, { ...caller, callerKey }),
    page: (target, query, limits) => reads.page(target, query, { ...limits, callerKey }),
  };
}

/** Reads whose deadlines are at most this much later fail together, in milliseconds: one operation began them. */
const EXPIRE_TOGETHER_MS = 1_000;

/** The calls of GetMembers carry accounts of several callers: they take turns with the callers that list members. */
const GET_MEMBERS = 'GET_MEMBERS';

/** What reads of members need. */
export interface MemberReadDependencies {
  readonly upstream: Pick<Upstream, 'getMembers' | 'listMembers'>;
  readonly turns: ReadTurns;
  readonly findDetector: FindDetector;
  readonly sendRead: SendRead;
}

export function createMemberReads(dependencies: MemberReadDependencies): MemberReads {
  const { upstream, turns, findDetector, sendRead } = dependencies;
  const queues = new Map<string, ServedQueue>();

  return {
    async member(target, accountId, { signal, callerKey } = {}) {
      signal?.throwIfAborted();
      const key = targetKey(target);
      const served = queues.get(key) ?? { queue: createMemberQueue<LiveMember>(), isServed: false };
      queues.set(key, served);
      const read = served.queue.join(accountId, performance.now() + MAX_READ_WAIT_MS, callerKey);
      if (!served.isServed) {
        served.isServed = true;
        // In the next turn of the event loop: all accounts that are requested in this turn share calls.
        setImmediate(() => {
          void serve(served, target, dependencies);
        });
      }
      return answerOf(served.queue, read, signal);
    },

    async page(target, query, { deadline = performance.now() + MAX_READ_WAIT_MS, signal, callerKey } = {}) {
      const limits = { deadline, signal, callerKey };
      // Before the turn of this read, since ListDetectors takes a turn of its own.
      await findDetector(target, deadline);
      const { at } = await turns.takeOne(target, limits);
      const { members, nextToken } = await sendRead(target, limits, (detectorId) =>
        upstream.listMembers(target, detectorId, query, signal),
      );
      return { members: members.map((member) => liveMember(target, member, at)), nextToken, observedAt: at };
    },
  };
}

interface ServedQueue {
  readonly queue: MemberQueue<LiveMember>;
  isServed: boolean;
}

/** Sends calls in the turns of their target until no account waits. */
async function serve(
  served: ServedQueue,
  target: TargetAddress,
  dependencies: MemberReadDependencies,
): Promise<void> {
  const { turns, findDetector } = dependencies;
  const { queue } = served;
  for (let deadline = queue.deadline(); deadline !== null; deadline = queue.deadline()) {
    try {
      // Before the turns of these reads, since ListDetectors takes a turn of its own.
      await findDetector(target, deadline);
      if (queue.calls() === 0) {
        continue;
      }
      const turn = await turns.take(target, queue.calls(), { deadline, callerKey: GET_MEMBERS });
      if (turn === null) {
        reject(queue.expire(deadline + EXPIRE_TOGETHER_MS), rateExceeded(target));
        continue;
      }
      for (let call = 0; call < turn.granted && queue.calls() > 0; call++) {
        void sendBatch(queue.takeBatch(), target, turn.at, dependencies);
      }
    } catch (error) {
      reject(queue.expire(Infinity), error);
    }
  }
  // In the same turn as the last look at the queue, so that an account that joins next is served.
  served.isServed = false;
}

/** Sends a GetMembers whose turn has been taken, and answers its accounts. */
async function sendBatch(
  { reads, abandoned: { signal } }: ReadBatch<LiveMember>,
  target: TargetAddress,
  at: Date,
  { upstream, sendRead }: MemberReadDependencies,
): Promise<void> {
  const deadline = Math.min(...reads.map((read) => read.deadline));
  const accountIds = reads.map(({ accountId }) => accountId);
  try {
    const read = await sendRead(target, { deadline, signal }, (detectorId) =>
      upstream.getMembers(target, detectorId, accountIds, { signal }),
    );
    const accountOf = accountsOf(read);
    for (const { accountId, answer } of reads) {
      const account = accountOf(accountId);
      switch (account.kind) {
        case 'MEMBER':
          answer.resolve(liveMember(target, account.member, at));
          break;
        case 'NOT_A_MEMBER':
          answer.resolve(notAMember(target, accountId, at));
          break;
        case 'UNKNOWN':
          answer.reject(unknownAccount(target, accountId, account.words));
      }
    }
  } catch (error) {
    reject(reads, error);
  }
}

/** The error of an account that a GetMembers neither lists nor names as no member. */
function unknownAccount(target: TargetAddress, accountId: string, words: string): GatewayError {
  const reason = `GetMembers does not say whether account ${accountId} is a member: ${words}`;
  return failureOf(target, { reasonCode: 'INTERNAL_ERROR', reason });
}

function reject(reads: readonly QueuedRead<LiveMember>[], error: unknown): void {
  for (const { answer } of reads) {
    answer.reject(error);
  }
}

/** The answer for one caller; rejects with the reason of the signal when that aborts first. */
async function answerOf(
  queue: MemberQueue<LiveMember>,
  read: QueuedRead<LiveMember>,
  signal: AbortSignal | undefined,
): Promise<LiveMember> {
  if (signal === undefined) {
    return read.answer.promise;
  }
  const aborted = Promise.withResolvers<never>();
  const leave = (): void => {
    queue.leave(read);
    aborted.reject(signal.reason);
  };
  signal.addEventListener('abort', leave, { once: true });
  try {
    return await Promise.race([read.answer.promise, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', leave);
  }
}
