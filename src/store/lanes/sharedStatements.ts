import DataLoader from 'dataloader';

/**
 * Most lanes that share a statement. What a statement costs before it touches a row is shared by four; and an account in one of
 * these lanes waits for the full calls of three others, not of all.
 */
const LANES_PER_STATEMENT = 4;

/**
 * Runs `run` for one lane after the other, and together for those that come while an earlier run is under way, or in the same
 * iteration of the event loop.
 *
 * @param run gives a result for each item.
 */
export function shareStatements<Item, Result>(
  run: (items: readonly Item[]) => Promise<readonly Result[]>,
): (item: Item) => Promise<Result> {
  const waiting: (() => void)[] = [];
  let isRunning = false;
  const runNext = (): void => {
    const next = isRunning ? undefined : waiting.shift();
    if (next !== undefined) {
      isRunning = true;
      next();
    }
  };
  const loader = new DataLoader<Item, Result>(
    async (items) => {
      try {
        return await run(items);
      } finally {
        isRunning = false;
        runNext();
      }
    },
    {
      cache: false,
      maxBatchSize: LANES_PER_STATEMENT,
      batchScheduleFn(dispatch) {
        waiting.push(dispatch);
        setImmediate(runNext);
      },
    },
  );
  return (item) => loader.load(item);
}
