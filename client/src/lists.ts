interface Connection {
  readonly nodes: readonly unknown[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor?: string | null };
}

/** The type of the entries of a list, from the type of its query's result. */
export type EntryOf<Result> = Result extends { nodes: readonly (infer Entry)[] }
  ? Entry
  : Result extends object
    ? EntryOf<NonNullable<Result[keyof Result]>>
    : never;

/** Length of a page, the longest that the gateway allows. */
const PAGE_LENGTH = 100;

/** Yields the entries of all pages. @param readPage returns `data` of the query. */
export async function* entriesOf(
  readPage: (page: { first: number; after: string | null }) => Promise<unknown>,
  { first, after }: { first?: number | null; after?: string | null },
): AsyncGenerator<never, void, undefined> {
  let cursor = after ?? null;
  for (;;) {
    const connection = connectionOf(await readPage({ first: first ?? PAGE_LENGTH, after: cursor }));
    if (connection === null) {
      return;
    }
    yield* connection.nodes as readonly never[];
    cursor = connection.pageInfo.endCursor ?? null;
    if (!connection.pageInfo.hasNextPage || cursor === null) {
      return;
    }
  }
}

/** The page in a result. null: what it belongs to does not exist. */
function connectionOf(data: unknown): Connection | null {
  let value = data;
  while (typeof value === 'object' && value !== null) {
    if ('nodes' in value) {
      return value as Connection;
    }
    value = Object.values(value)[0] as unknown;
  }
  return null;
}
