import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startGateway, type TestGateway } from '../support/gateway.js';

const STREAMS = 100;

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway({ environment: { AUTH_MODE: 'token' } });
});
afterAll(() => gateway.stop());

async function open(): Promise<Socket> {
  const { hostname, port } = new URL(gateway.url);
  const socket = connect(Number(port), hostname);
  await once(socket, 'connect');
  return socket;
}

/** Sends an operation, and resolves with the beginning of its answer. */
async function ask(socket: Socket, path: string, secret: string, query: string): Promise<string> {
  const body = JSON.stringify({ query });
  socket.write(
    `POST ${path} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer ${secret}\r\ncontent-type: application/json\r\n` +
      `accept: text/event-stream, application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
  );
  const [chunk] = (await once(socket, 'data')) as [Buffer];
  return chunk.toString('latin1').slice(0, 12);
}

const QUERY = '{ requests(first: 1) { nodes { id } } }';
const FOLLOW = 'subscription { requestProgress(id: "cmVxdWVzdDox") { id status counts { total } } }';
const FAULTY = `{ ${Array.from({ length: 45 }, (_, n) => `a${n}: statistics(groupBy: [], nothing: { is: ${n} }) { x }`).join(' ')} }`;

it.each([
  ['subscriptions', '/graphql/stream', FOLLOW],
  ['faulty documents', '/graphql', FAULTY],
])(
  'a query of another caller is answered among the first beside many %s at once',
  async (name, path, operation) => {
    const token = (who: string) => gateway.token(`${who}-${name.slice(0, 6)}`, 'VIEWER');
    const [crowd, other] = [await token('crowd'), await token('other')];
    const sockets = await Promise.all(Array.from({ length: STREAMS }, open));
    const late = await open();
    await ask(late, '/graphql', other, QUERY);
    await sleep(50);
    let answered = 0;
    const all = sockets.map(async (socket) => {
      await ask(socket, path, crowd, operation);
      answered += 1;
    });
    await ask(late, '/graphql', other, QUERY);
    const before = answered;
    await Promise.all(all);
    for (const socket of [...sockets, late]) {
      socket.destroy();
    }
    expect(before).toBeLessThan(STREAMS / 2);
  },
);
