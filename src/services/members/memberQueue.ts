import { ACCOUNTS_PER_CALL } from '../../membership.js';

/** The read of one account, which waits for a call or travels in one. */
export interface QueuedRead<Answer> {
  readonly accountId: string;
  /** Latest moment for its call to leave, as `performance.now()` counts. */
  readonly deadline: number;
  /** Settled by the owner of the queue. */
  readonly answer: PromiseWithResolvers<Answer>;
  /** The caller that began the read. */
  readonly callerKey: string;
  /** How many callers wait for the answer. */
  callers: number;
  /** The call that carries it; null while it waits. */
  batch: ReadBatch<Answer> | null;
}

/** The accounts of one call. */
export interface ReadBatch<Answer> {
  /** 1 to 50, of distinct accounts. */
  readonly reads: readonly QueuedRead<Answer>[];
  /** Aborts when the last caller of the last account has left. */
  readonly abandoned: AbortController;
}

/**
 * The accounts of one target that wait for a GetMembers. A call carries accounts of all callers in turns, those of each in the order
 * they came. Callers of the same account share one read until a call carries it; the next caller begins a new read. The queue sends
 * nothing and knows no clock.
 */
export interface MemberQueue<Answer> {
  /** Calls that carry all waiting accounts; 0 when none waits. */
  calls(): number;
  /** The deadline of the first waiting account; null when none waits. */
  deadline(): number | null;
  /** Adds a caller to the waiting read of an account, or to a new read with this deadline at the end of the queue. */
  join(accountId: string, deadline: number, callerKey?: string): QueuedRead<Answer>;
  /** Takes a caller off a read. A read without callers leaves the queue; a call without callers is aborted. */
  leave(read: QueuedRead<Answer>): void;
  /** Takes 50 waiting accounts out of the queue, or all if they are fewer: one of each caller, then a second of each, and so on. */
  takeBatch(): ReadBatch<Answer>;
  /** Takes all waiting reads with a deadline up to this one out of the queue. */
  expire(deadline: number): readonly QueuedRead<Answer>[];
}

export function createMemberQueue<Answer>(): MemberQueue<Answer> {
  const waiting = new Map<string, QueuedRead<Answer>>();
  const rotation = createRotation<Answer>();

  const remove = (read: QueuedRead<Answer>): void => {
    waiting.delete(read.accountId);
    rotation.remove(read);
  };

  return {
    calls: () => Math.ceil(waiting.size / ACCOUNTS_PER_CALL),
    deadline: () => waiting.values().next().value?.deadline ?? null,
    join(accountId, deadline, callerKey = '') {
      let read = waiting.get(accountId);
      if (read === undefined) {
        const answer = Promise.withResolvers<Answer>();
        read = { accountId, deadline, answer, callerKey, callers: 0, batch: null };
        waiting.set(accountId, read);
        rotation.add(read);
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
        remove(read);
      }
      if (read.batch?.reads.every(({ callers }) => callers === 0)) {
        read.batch.abandoned.abort();
      }
    },
    takeBatch() {
      const reads: QueuedRead<Answer>[] = [];
      const batch = { reads, abandoned: new AbortController() };
      while (reads.length < ACCOUNTS_PER_CALL) {
        const read = rotation.next();
        if (read === undefined) {
          break;
        }
        remove(read);
        read.batch = batch;
        reads.push(read);
      }
      return batch;
    },
    expire(deadline) {
      const expired = [...waiting.values()].filter((read) => read.deadline <= deadline);
      for (const read of expired) {
        remove(read);
      }
      return expired;
    },
  };
}

/** Waiting reads, one of each caller, then a second of each, and so on. */
interface Rotation<Answer> {
  /** The first read of the next caller, who then is behind the others; undefined when none waits. */
  next(): QueuedRead<Answer> | undefined;
  add(read: QueuedRead<Answer>): void;
  remove(read: QueuedRead<Answer>): void;
}

function createRotation<Answer>(): Rotation<Answer> {
  const callers = new Map<string, Set<QueuedRead<Answer>>>();
  return {
    add(read) {
      const reads = callers.get(read.callerKey) ?? new Set();
      callers.set(read.callerKey, reads.add(read));
    },
    remove(read) {
      const reads = callers.get(read.callerKey);
      reads?.delete(read);
      if (reads?.size === 0) {
        callers.delete(read.callerKey);
      }
    },
    next() {
      const [first] = callers;
      if (first === undefined) {
        return undefined;
      }
      const [callerKey, reads] = first;
      callers.delete(callerKey);
      callers.set(callerKey, reads);
      return reads.values().next().value;
    },
  };
}
