import { setImmediate as turn } from 'node:timers/promises';
import { expect, it, vi } from 'vitest';
import { createSharedStream } from '../../../src/http/graphql/sharedStream.js';

/** An operation with results without an end; `made` counts them. */
function endless() {
  const operation = { made: 0, ended: 0 };
  async function* results() {
    for (;;) {
      operation.made += 1;
      yield String(operation.made);
    }
  }
  const end = () => {
    operation.ended += 1;
  };
  return { operation, streamed: { results: results(), end } };
}

async function settle(): Promise<void> {
  for (let i = 0; i < 10; i += 1) {
    await turn();
  }
}

it('an operation makes a result when the client has read the one before, and none before a client is connected', async () => {
  const stream = createSharedStream(60_000, () => undefined);
  const all = ['a', 'b'].map((id) => {
    const { operation, streamed } = endless();
    stream.take(id).start(streamed);
    return operation;
  });
  await settle();
  expect(all.map(({ made }) => made)).toEqual([0, 0]);
  const events = stream.connect()[Symbol.asyncIterator]();
  const read: unknown[] = [];
  for (let i = 0; i < 6; i += 1) {
    read.push((await events.next()).value);
    await settle();
    expect(Math.max(...all.map(({ made }) => made))).toBeLessThanOrEqual(i / 2 + 2);
  }
  // Each in its turn.
  expect(read).toEqual(
    [1, 2, 3].flatMap((n) => ['a', 'b'].map((id) => `event: next\ndata: {"id":"${id}","payload":${n}}\n\n`)),
  );
  stream.close();
  await settle();
  expect(all.map(({ ended }) => ended)).toEqual([1, 1]);
});

it('a stream without a client ends after its time, with its operations', async () => {
  vi.useFakeTimers();
  const onClosed = vi.fn();
  const stream = createSharedStream(1_000, onClosed);
  const { operation, streamed } = endless();
  const place = stream.take('a');
  place.start(streamed);
  vi.advanceTimersByTime(1_000);
  vi.useRealTimers();
  expect(onClosed).toHaveBeenCalledTimes(1);
  expect([place.ended.aborted, operation.ended, operation.made]).toEqual([true, 1, 0]);
  expect(() => stream.take('b')).toThrow('expected the token of a reservation');
});

it('an operation that has ended leaves room for another with its id, also if it had not started', () => {
  const stream = createSharedStream(60_000, () => undefined);
  const place = stream.take('a');
  expect(() => stream.take('a')).toThrow('expected an id that no other operation on the stream has');
  stream.cancel('a');
  const { operation, streamed } = endless();
  place.start(streamed);
  expect(operation.ended).toBe(1);
  stream.take('a').leave();
  stream.take('a');
  stream.close();
});

it('a stream has at most 1,000 operations', () => {
  const stream = createSharedStream(60_000, () => undefined);
  for (let i = 0; i < 1_000; i += 1) {
    stream.take(String(i));
  }
  expect(() => stream.take('more')).toThrow('expected at most 1000 operations on one stream, got one more');
  stream.close();
});
