import { ACCOUNTS_PER_CALL } from '../../membership.js';

/** The read of one account, which waits for a call or travels in one. */
export interface QueuedRead<Answer> {
  readonly accountId: string;
  /** Latest moment for its call to leave, as `performance.now()` counts. */
  readonly deadline: number;
  /** Settled by the owner of the queue. */
  readonly answer: PromiseWithResolvers<Answer>;
  /** How many callers wait for the answer. */
  callers: number;
  /** The call that carries it; null while it waits. */
  batch: ReadBatch<Answer> | null;
}

/** The accounts of one call. */
export interface ReadBatch<Answer> {
  /** 1 to 50, of distinct accounts, the longest waiting first. */
  readonly reads: readonly QueuedRead<Answer>[];
  /** Aborts when the last caller of the last account has left. */
  readonly abandoned: AbortController;
}

/**
 * The accounts of one target that wait for a GetMembers, in the order they came. Callers of the same account share one read
 * until a call carries it; the next caller begins a new read. The queue sends nothing and knows no clock.
 */
export interface MemberQueue<Answer> {
  /** Calls that carry all waiting accounts; 0 when none waits. */
  calls(): number;
  /** The deadline of the first waiting account; null when none waits. */
  deadline(): number | null;
  /** Adds a caller to the waiting read of an account, or to a new read with this deadline at the end of the queue. */
  join(accountId: string, deadline: number): QueuedRead<Answer>;
  /** Takes a caller off a read. A read without callers leaves the queue; a call without callers is aborted. */
  leave(read: QueuedRead<Answer>): void;
  /** Takes the first 50 waiting accounts out of the queue, or all if they are fewer. */
  takeBatch(): ReadBatch<Answer>;
  /** Takes all waiting reads with a deadline up to this one out of the queue. */
  expire(deadline: number): readonly QueuedRead<Answer>[];
}

export function createMemberQueue<Answer>(): MemberQueue<Answer> {
  const waiting = new Map<string, QueuedRead<Answer>>();

  return {
    calls: () => Math.ceil(waiting.size / ACCOUNTS_PER_CALL),
    deadline: () => waiting.values().next().value?.deadline ?? null,
    join(accountId, deadline) {
      let read = waiting.get(accountId);
      if (read === undefined) {
        const answer = Promise.withResolvers<Answer>();
        read = { accountId, deadline, answer, callers: 0, batch: null };
        waiting.set(accountId, read);
      }
      read.callers += 1;
      return read;
    },
    leave(read) {
      read.callers -= 1;
      if (read.callers > 0) {
        return;
      }
      if (waiting.get(read.accountId) === read) {
        waiting.delete(read.accountId);
      }
      if (read.batch?.reads.every(({ callers }) => callers === 0)) {
        read.batch.abandoned.abort();
      }
    },
    takeBatch() {
      const reads: QueuedRead<Answer>[] = [];
      const batch = { reads, abandoned: new AbortController() };
      for (const [accountId, read] of waiting) {
        if (reads.length === ACCOUNTS_PER_CALL) {
          break;
        }
        waiting.delete(accountId);
        read.batch = batch;
        reads.push(read);
      }
      return batch;
    },
    expire(deadline) {
      const expired = [...waiting.values()].filter((read) => read.deadline <= deadline);
      for (const { accountId } of expired) {
        waiting.delete(accountId);
      }
      return expired;
    },
  };
}
