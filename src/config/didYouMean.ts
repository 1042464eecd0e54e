/** The end of a message, `; did you mean us-east-1?`, with the closest of the known words; empty when none is close. */
export function didYouMean(word: string, known: readonly string[]): string {
  const found = closest(word, known, (candidate) => Math.ceil(candidate.length / 4));
  return found === null ? '' : `; did you mean ${found}?`;
}

/** The known word with the fewest edits, in upper or lower case, at most `mostEdits`; null when none is so close. */
export function closest(
  word: string,
  known: readonly string[],
  mostEdits: (candidate: string) => number,
): string | null {
  const [found] = known
    .map((candidate) => ({ candidate, edits: editsBetween(word.toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ candidate, edits }) => edits <= mostEdits(candidate))
    .sort((a, b) => a.edits - b.edits);
  return found?.candidate ?? null;
}

/** The Levenshtein distance: the fewest letters to insert, delete or replace. */
function editsBetween(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (const [index, letter] of Array.from(a).entries()) {
    const next = [index + 1];
    for (const [column, other] of Array.from(b).entries()) {
      const replaced = (row[column] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(replaced, (row[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
