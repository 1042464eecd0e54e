import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { limitConnections } from '../../src/http/request/connectionLimit.js';
import type { Log } from '../../src/log.js';
import { startGateway, type TestGateway } from '../support/gateway.js';

const MAXIMUM = 3;
const REQUEST = 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n';

/** A server that answers when it is told to, with a limit of MAXIMUM connections. */
async function startServer() {
  const waiting: ServerResponse[] = [];
  const lines: object[] = [];
  let closed = 0;
  const server = createServer((_request, response) => void waiting.push(response));
  limitConnections(server, {
    maximum: MAXIMUM,
    metrics: { connectionClosed: () => (closed += 1) },
    log: { warn: (fields: object) => lines.push(fields) } as unknown as Log,
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const sockets: Socket[] = [];
  return {
    lines,
    closed: () => closed,
    /** Opens a connection; resolves when the server has it. */
    async open(): Promise<Socket> {
      const accepted = once(server, 'connection');
      const socket = connect(port, '127.0.0.1').on('error', () => undefined);
      socket.resume();
      sockets.push(socket);
      await accepted;
      return socket;
    },
    /** Sends a request; resolves when the server has it. */
    async ask(socket: Socket): Promise<void> {
      const begun = once(server, 'request');
      socket.write(REQUEST);
      await begun;
    },
    async answerAll(): Promise<void> {
      const ended = waiting.splice(0).map(async (response) => {
        const end = once(response, 'close');
        response.end('{}');
        await end;
      });
      await Promise.all(ended);
    },
    stop() {
      for (const socket of sockets) {
        socket.destroy();
      }
      server.close();
    },
  };
}

describe('one connection more than the limit', () => {
  it('closes the oldest without a request, then the one that has waited longest for its next', async () => {
    const server = await startServer();
    const asked = [await server.open(), await server.open()];
    for (const socket of asked) {
      await server.ask(socket);
      await server.answerAll();
    }
    const silent = await server.open();
    await Promise.all([once(silent, 'close'), server.open()]);
    const latest = await server.open();
    await server.ask(latest);
    expect(asked.map(({ closed }) => closed)).toEqual([false, false]);
    await Promise.all([once(asked[0]!, 'close'), server.open()]);
    expect(asked[1]?.closed).toBe(false);
    expect(latest.closed).toBe(false);
    server.stop();
  });

  it('is closed itself while requests of all others are under way, and the log has one line', async () => {
    const server = await startServer();
    const busy = [await server.open(), await server.open(), await server.open()];
    for (const socket of busy) {
      await server.ask(socket);
    }
    for (let i = 0; i < 5; i += 1) {
      const late = await server.open();
      await once(late, 'close');
    }
    expect(busy.map(({ closed }) => closed)).toEqual([false, false, false]);
    expect(server.closed()).toBe(5);
    expect(server.lines).toEqual([{ closed: 1, maximum: MAXIMUM }]);
    await server.answerAll();
    await Promise.all([once(busy[0]!, 'close'), server.open()]);
    server.stop();
  });
});

describe('with MAX_CONNECTIONS silent connections', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startGateway({ environment: { MAX_CONNECTIONS: '10' } });
  });
  afterAll(() => gateway.stop());

  it('a caller is served, and no more are open', async () => {
    const { hostname, port } = new URL(gateway.url);
    const silent = Array.from({ length: 100 }, () =>
      connect(Number(port), hostname).on('error', () => undefined),
    );
    await Promise.all(silent.map((socket) => once(socket, 'connect')));
    for (let i = 0; i < 5; i += 1) {
      expect((await gateway.post({ query: '{ __typename }' })).status).toBe(200);
    }
    const open = silent.filter((socket) => !socket.resume().closed);
    await expect.poll(() => open.filter(({ closed }) => !closed).length).toBeLessThanOrEqual(10);
    expect(open.filter(({ closed }) => !closed).length).toBeGreaterThan(5);
    for (const socket of silent) {
      socket.destroy();
    }
  });
});
