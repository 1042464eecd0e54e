import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { limitPipelining, MAX_PER_CONNECTION, MAX_PIPELINED } from '../../../src/http/request/pipelining.js';

/** A bare server that answers a request when the test says so. */
let server: Server;
let unanswered: ServerResponse[];
let sockets: Socket[];

beforeEach(async () => {
  unanswered = [];
  sockets = [];
  server = createServer((_request, response) => void unanswered.push(response));
  limitPipelining(server);
  await once(server.listen(0, '127.0.0.1'), 'listening');
});
afterEach(async () => {
  for (const socket of sockets) {
    socket.destroy();
  }
  server.close();
  server.closeAllConnections();
  await once(server, 'close');
});

function send(bytes: string): Socket {
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  sockets.push(socket);
  socket.on('error', () => undefined);
  socket.resume().write(bytes);
  return socket;
}

/** Answers every request until `count` have been answered. */
async function answer(count: number): Promise<void> {
  for (let answered = 0; answered < count; answered += 1) {
    await expect.poll(() => unanswered.length, { interval: 1 }).toBeGreaterThan(0);
    unanswered.shift()?.end();
  }
}

const GET = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';
const post = (body: string) => `POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
const moment = () => new Promise((resolve) => setTimeout(resolve, 100));

describe('a connection', () => {
  it.each([
    ['without bodies', GET],
    ['with bodies', post('x'.repeat(5_000))],
    [
      'with chunked bodies',
      'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n',
    ],
  ])('has at most 16 requests %s under way, and all are answered', async (_what, request) => {
    send(request.repeat(200));
    await expect.poll(() => unanswered.length).toBeGreaterThanOrEqual(MAX_PER_CONNECTION);
    await moment();
    // The end of a chunked body may come with further requests.
    expect(unanswered.length).toBeLessThan(2 * MAX_PER_CONNECTION);
    await answer(200);
    await moment();
    expect(unanswered).toEqual([]);
  });

  it('gets an answer to each request that comes a few bytes at a time', async () => {
    const socket = send('');
    for (const part of `${GET}${post('abc')}${GET}`.match(/[^]{1,7}/g) ?? []) {
      socket.write(part);
      await new Promise(setImmediate);
    }
    await answer(3);
  });

  it('that is cut while requests wait leaves nothing behind', async () => {
    for (let i = 0; i < 100; i += 1) {
      const socket = send(GET.repeat(20));
      await expect.poll(() => unanswered.length, { interval: 1 }).toBe(MAX_PER_CONNECTION);
      socket.destroy();
      await once(unanswered[0]!, 'close');
      unanswered = [];
    }
    // Had 100 times 15 pipelined requests been kept in the count, this connection would have one request at a time.
    send(GET.repeat(20));
    await expect.poll(() => unanswered.length).toBe(MAX_PER_CONNECTION);
  });
});

it('a process has at most 1,000 pipelined requests under way, and reads the first of every connection', async () => {
  const connections = 70;
  for (let i = 0; i < connections; i += 1) {
    send(GET.repeat(20));
  }
  await expect.poll(() => unanswered.length).toBe(MAX_PIPELINED + connections);
  await moment();
  expect(unanswered.length).toBe(MAX_PIPELINED + connections);
  send(GET);
  await expect.poll(() => unanswered.length).toBe(MAX_PIPELINED + connections + 1);
  await answer(connections * 20 + 1);
});

it('a process begins the pipelined requests of one connection in a turn of the event loop', async () => {
  const connections = 20;
  let begun = 0;
  let total = 0;
  let most = 0;
  let turn = setImmediate(function endTurn() {
    most = Math.max(most, begun);
    begun = 0;
    turn = setImmediate(endTurn);
  });
  server.on('request', (_request, response: ServerResponse) => {
    begun += 1;
    total += 1;
    response.end();
  });
  const ends = Array.from({ length: connections }, async () => {
    await once(send(`${GET.repeat(499)}GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`), 'close');
  });
  await Promise.all(ends);
  clearImmediate(turn);
  expect(total).toBe(connections * 500);
  // The first request of each connection waits for no turn.
  expect(most).toBeLessThanOrEqual(MAX_PER_CONNECTION + connections);
});
