import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startGateway, type TestGateway } from '../support/gateway.js';

/** In place of 30 s. */
const REQUEST_MS = 3_000;

let gateway: TestGateway;
let secret: string;
beforeAll(async () => {
  gateway = await startGateway({
    environment: { AUTH_MODE: 'token' },
    intervals: { requestTimeoutMs: REQUEST_MS },
  });
  secret = await gateway.token('slow', 'VIEWER');
});
afterAll(() => gateway.stop());

/** Sends the body of a query a byte at a time; resolves with the answer when the connection ends. */
async function sendSlowly(path: string): Promise<string> {
  const { hostname, port } = new URL(gateway.url);
  const socket: Socket = connect(Number(port), hostname);
  socket.on('error', () => undefined);
  socket.write(
    `POST ${path} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer ${secret}\r\n` +
      'accept: text/event-stream\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n{',
  );
  const timer = setInterval(() => socket.write(' '), 200);
  let answer = '';
  socket.on('data', (data) => (answer += data.toString()));
  await new Promise((resolve) => socket.once('close', resolve));
  clearInterval(timer);
  return answer;
}

it('bodies that arrive a byte at a time delay no other request, and end at the time limit', async () => {
  let ended = 0;
  const slow = Array.from({ length: 200 }, async (_, i) => {
    const answer = await sendSlowly(i % 2 === 0 ? '/graphql' : '/graphql/stream');
    ended += 1;
    return answer;
  });
  for (let asked = 0; asked < 5; asked += 1) {
    const { status } = await gateway.post(
      { query: '{ requests { nodes { id } } }' },
      { authorization: `Bearer ${secret}` },
    );
    expect([status, ended]).toEqual([200, 0]);
  }
  for (const answer of await Promise.all(slow)) {
    expect(answer).toMatch(/^HTTP\/1.1 408 /);
  }
});
