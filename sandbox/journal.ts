/** Entries in the order they were added, each with a number of its own; the oldest go when there are too many. */
export interface Journal<Entry> {
  /** Adds an entry under the next number, counted from 1, and returns it. It may still be changed afterwards. */
  add(entry: Omit<Entry, 'sequence'>): Entry;
  /** The entries kept whose number is above `sequence`, oldest first. */
  since(sequence: number): readonly Entry[];
  /** Forgets all entries; numbering goes on. */
  clear(): void;
}

/** A journal that keeps the last `limit` entries, and for a while up to a tenth more. */
export function createJournal<Entry extends { readonly sequence: number }>(limit: number): Journal<Entry> {
  let entries: Entry[] = [];
  let last = 0;

  return {
    add(entry) {
      if (entries.length >= limit + limit / 10) {
        entries = entries.slice(-limit);
      }
      const numbered = { ...entry, sequence: ++last } as Entry;
      entries.push(numbered);
      return numbered;
    },
    since: (sequence) => entries.slice(Math.max(0, sequence - (last - entries.length))),
    clear() {
      entries = [];
    },
  };
}
