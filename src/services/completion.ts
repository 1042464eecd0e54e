import { GatewayError } from '../errors.js';
import type { Deadline } from './deadline.js';
import { SLICE_MS, type EventLoopTurns } from './eventLoopTurns.js';

/** Most entries of all lists in one answer. */
export const ANSWER_ENTRIES = 50_000;

/**
 * An answer with at most this many entries is completed without pauses, unless others keep the event loop: it takes some 20 ms.
 */
const ENTRIES_WITHOUT_PAUSE = 2_000;

/** Most entries of one list that are completed without a pause: 1,000 accounts are read together. */
const SLICE_ENTRIES = 1_000;

/** The completing of the lists in the answer of one operation. */
export interface Completion {
  /**
   * Returns the entries as graphql-js may complete them. Entries are promises when other operations come first.
   *
   * @throws GatewayError LIMIT_EXCEEDED when the answer has more than ANSWER_ENTRIES entries; TIMED_OUT after the deadline.
   */
  admit<Entry>(entries: readonly Entry[]): MaybePromise<readonly MaybePromise<Entry>[]>;
}

export type MaybePromise<Value> = Value | Promise<Value>;

/**
 * The completing of one operation. graphql-js completes all values that it has without a pause; a long answer would keep the
 * event loop for seconds, and so would many short ones that become ready together.
 */
export function createCompletion(
  turns: EventLoopTurns,
  callerKey: string,
  deadlineOf: () => Deadline | null,
): Completion {
  let completed = 0;
  let sliceEnd = 0;
  let waiting: { readonly turn: Promise<void>; entries: number } | null = null;

  const pause = async (): Promise<void> => {
    await turns.take(callerKey);
    deadlineOf()?.check();
    sliceEnd = performance.now() + SLICE_MS;
  };

  /**
   * Waits for a turn together with other lists, up to SLICE_ENTRIES entries: what their entries have read is then read in one
   * statement for all of them.
   */
  const pauseTogether = (entries: number): Promise<void> => {
    if (waiting === null || waiting.entries + entries > SLICE_ENTRIES) {
      const turn = pause().then(() => {
        if (waiting?.turn === turn) {
          waiting = null;
        }
      });
      waiting = { turn, entries: 0 };
    }
    waiting.entries += entries;
    return waiting.turn;
  };

  /** The list with a pause before each further slice. */
  const inSlices = <Entry>(entries: readonly Entry[]): readonly MaybePromise<Entry>[] => {
    let slice: Promise<void> = Promise.resolve();
    return entries.map((entry, index) => {
      if (index < SLICE_ENTRIES) {
        return entry;
      }
      if (index % SLICE_ENTRIES === 0) {
        slice = slice.then(pause);
      }
      return slice.then(() => entry);
    });
  };

  return {
    admit(entries) {
      completed += entries.length;
      if (completed > ANSWER_ENTRIES) {
        throw tooManyEntries(completed);
      }
      deadlineOf()?.check();
      const slices = entries.length > SLICE_ENTRIES ? inSlices(entries) : entries;
      const isShort = completed <= ENTRIES_WITHOUT_PAUSE && !turns.isIterationLong();
      return isShort || performance.now() < sliceEnd
        ? slices
        : pauseTogether(entries.length).then(() => slices);
    },
  };
}

function tooManyEntries(actual: number): GatewayError {
  return new GatewayError(
    'LIMIT_EXCEEDED',
    `expected an answer of at most ${ANSWER_ENTRIES} list entries, got ${actual} or more: ask for smaller pages or fewer groups`,
    { details: { limit: 'ANSWER_ENTRIES', maximum: ANSWER_ENTRIES, actual } },
  );
}
