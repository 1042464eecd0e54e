import { describe, expect, it } from 'vitest';
import { createLoaders } from '../../../src/services/history/loaders.js';
import { createRequestProgress } from '../../../src/services/requests/requestProgress.js';
import { LOCAL_CALLER } from '../../../src/membership.js';
import { createMemoryHistory } from '../history/memoryHistory.js';

const REQUEST = { id: 'a request', administrator: 'default' };

/** Progress of one request whose version is the number of the read. */
function createProgress(lastVersion: number) {
  const statements: (readonly string[])[] = [];
  const progress = createRequestProgress({
    store: {
      async versions(requestIds) {
        statements.push(requestIds);
        const version = Math.min(statements.length, lastVersion);
        return requestIds.map((requestId) => ({
          requestId,
          version: String(version),
          isFinished: version === lastVersion,
        }));
      },
    },
    events: {
      watch: () => ({ finished: new Promise(() => undefined), close: () => undefined }),
      check: async () => undefined,
    },
    loadersOf: () => createLoaders(createMemoryHistory(), LOCAL_CALLER),
    stopping: new AbortController().signal,
    onFailure: (error) => expect.unreachable(String(error)),
  });
  return { progress, statements };
}

describe('the followers of one request', () => {
  it('share every read and one set of loaders', async () => {
    const { progress, statements } = createProgress(3);
    const followers = Array.from({ length: 50 }, async () => {
      const seen = [];
      for await (const one of progress.follow(REQUEST)) {
        seen.push(one);
      }
      expect(seen.length).toBeLessThanOrEqual(3);
      return new Set(seen);
    });
    const all = await Promise.all(followers);
    expect(new Set(all.flatMap((seen) => [...seen])).size).toBe(1);
    expect(statements).toEqual([['a request'], ['a request'], ['a request']]);
  });

  it('get one value for all changes that they were too slow for, and then the end', async () => {
    const { progress, statements } = createProgress(5);
    const events = progress.follow(REQUEST)[Symbol.asyncIterator]();
    await events.next();
    await expect.poll(() => statements.length).toBe(5);
    expect((await events.next()).done).toBe(false);
    expect((await events.next()).done).toBe(true);
  });

  it('are read no more once they have left', async () => {
    const { progress, statements } = createProgress(1_000);
    const events = progress.follow(REQUEST)[Symbol.asyncIterator]();
    await events.next();
    await events.return?.();
    const before = statements.length;
    await new Promise((resolve) => setTimeout(resolve, 700));
    expect(statements.length - before).toBeLessThanOrEqual(1);
  });
});
