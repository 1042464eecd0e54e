/** A log of numbered entries, oldest first. It drops the oldest entries above its limit. */
export interface Journal<Entry> {
  /** Adds an entry with the next number, from 1, and returns it. The caller may change the entry later. */
  add(entry: Omit<Entry, 'sequence'>): Entry;
  /** Returns the entries with a number above `sequence`, oldest first. */
  since(sequence: number): readonly Entry[];
  /** Deletes all entries. The numbering continues. */
  clear(): void;
}

/** Returns a journal that keeps the last `limit` entries, and temporarily up to 10 % more. */
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
