import { EventEmitter } from 'node:events';
import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { expect, it } from 'vitest';
import { beginTurnsAt } from '../../../src/http/request/beginTurns.js';

const response = new ServerResponse(new IncomingMessage(new Socket()));

const nextIteration = () => new Promise((resolve) => setImmediate(resolve));

it('of many requests with one key, few begin in an iteration of the event loop, and one with another is among the first', async () => {
  const take = beginTurnsAt(new EventEmitter())();
  const begun: string[] = [];
  const all = ['crowd', 'other'].flatMap((key) =>
    Array.from({ length: key === 'crowd' ? 200 : 1 }, async () => {
      await take(key, response);
      begun.push(key);
    }),
  );
  const perIteration: number[] = [];
  while (begun.length < 201) {
    const before = begun.length;
    await nextIteration();
    perIteration.push(begun.length - before);
  }
  await Promise.all(all);
  expect(Math.max(...perIteration)).toBeLessThanOrEqual(4);
  expect(begun.indexOf('other')).toBeLessThanOrEqual(4);
});

it('connections that wait are accepted before the next requests begin', async () => {
  const server = new EventEmitter();
  const take = beginTurnsAt(server)();
  let begun = 0;
  const all = Array.from({ length: 20 }, async () => {
    await take('crowd', response);
    begun += 1;
  });
  for (let accepted = 0; accepted < 20; accepted += 1) {
    server.emit('connection');
    await nextIteration();
  }
  // Two in an iteration without them. A slow machine may take longer than the gateway waits for connections.
  expect(begun).toBeLessThan(20);
  await Promise.all(all);
});

it('requests begin between connections that never end', async () => {
  const server = new EventEmitter();
  const take = beginTurnsAt(server)();
  const connect = (): void => {
    server.emit('connection');
    immediate = setImmediate(connect);
  };
  let immediate = setImmediate(connect);
  for (let request = 0; request < 6; request += 1) {
    await take('crowd', response);
  }
  clearImmediate(immediate);
});

it('requests whose clients have disconnected take no iterations of others', async () => {
  const take = beginTurnsAt(new EventEmitter())();
  const gone = new ServerResponse(new IncomingMessage(new Socket()));
  gone.destroy();
  const crowd = Promise.allSettled(Array.from({ length: 1_000 }, () => take('crowd', gone)));
  await nextIteration();
  await nextIteration();
  const ended = await Promise.race([crowd, nextIteration()]);
  expect(ended).toHaveLength(1_000);
});
