import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { inLongRun } from '../support/runLength.js';
import { startGateway, type TestGateway } from '../support/gateway.js';

const STREAMS = 100;

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway({ environment: { AUTH_MODE: 'token' } });
});
afterAll(() => gateway.stop());

function connectNow(): Socket {
  const { hostname, port } = new URL(gateway.url);
  return connect(Number(port), hostname);
}

async function open(): Promise<Socket> {
  const socket = connectNow();
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

/** Whose requests come: by the name of the crowd, its credential. */
const CROWDS: Record<string, (secret: string, index: number) => string> = {
  'one caller': (secret) => secret,
  'made-up tokens': (secret, index) => `${secret.slice(0, -4)}${String(index).padStart(4, '0')}`,
};

const MANY = 400;

// On a slow machine connections are accepted more slowly: test/http/request/beginTurns has the rule without a clock.
for (const [name, secretOf] of Object.entries(CROWDS)) {
  inLongRun(
    `a query of another caller on a new connection is answered among the first beside new connections of ${name}`,
    async () => {
      const token = (who: string) => gateway.token(`${who}-${name.slice(0, 3)}`, 'VIEWER');
      const [crowd, other] = [await token('new-crowd'), await token('new-other')];
      const known = await open();
      await ask(known, '/graphql', other, QUERY);
      let answered = 0;
      const sockets = Array.from({ length: MANY }, connectNow);
      const all = sockets.map(async (socket, index) => {
        await ask(socket, '/graphql/stream', secretOf(crowd, index), FOLLOW);
        answered += 1;
      });
      const late = connectNow();
      await ask(late, '/graphql', other, QUERY);
      const before = answered;
      await Promise.all(all);
      for (const socket of [...sockets, known, late]) {
        socket.destroy();
      }
      expect(before).toBeLessThan(MANY / 2);
    },
  );
}
