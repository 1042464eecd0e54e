/** The first entries of a list; it is read no further. */
export async function* first<Entry>(
  entries: AsyncIterable<Entry>,
  limit: number,
): AsyncGenerator<Entry, void, undefined> {
  let count = 0;
  if (limit <= 0) {
    return;
  }
  for await (const entry of entries) {
    yield entry;
    count += 1;
    if (count >= limit) {
      return;
    }
  }
}
