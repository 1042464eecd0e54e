import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { startFaultProxy, type FaultProxy } from './faultProxy.js';

let echo: Server;
let proxy: FaultProxy;
/** The echo server's ends of the connections, in the order they came. */
let accepted: Socket[];
let received: string;

beforeEach(async () => {
  accepted = [];
  received = '';
  echo = createServer({ allowHalfOpen: true }, (socket) => {
    accepted.push(socket);
    socket.on('error', () => socket.destroy());
    socket.on('data', (chunk) => {
      received += String(chunk);
      if (socket.writable) {
        socket.write(chunk);
      }
    });
    socket.on('end', () => socket.end());
  });
  echo.listen(0, '127.0.0.1');
  await once(echo, 'listening');
  proxy = await startFaultProxy({ host: '127.0.0.1', port: (echo.address() as AddressInfo).port });
});
afterEach(async () => {
  await proxy.stop();
  for (const socket of accepted) {
    socket.destroy();
  }
  echo.close();
});

/** A client of the proxy: what it has heard, and how its connection ended. */
async function dial() {
  const socket = connect({ port: proxy.port, host: '127.0.0.1', allowHalfOpen: true });
  const client = { socket, heard: '', end: null as string | null };
  socket.on('data', (chunk) => (client.heard += String(chunk)));
  socket.on('end', () => (client.end ??= 'FIN'));
  socket.on('error', (error: NodeJS.ErrnoException) => (client.end = error.code ?? error.message));
  await new Promise((resolve) => socket.once('connect', resolve).once('close', resolve));
  return client;
}

/** A client that has had an answer. */
async function dialAndTalk() {
  const client = await dial();
  client.socket.write('hello');
  await expect.poll(() => client.heard).toBe('hello');
  return client;
}

describe('a fault proxy', () => {
  it('passes bytes and the end of a connection on, both ways', async () => {
    const client = await dialAndTalk();
    client.socket.end(' and good-bye');
    await expect.poll(() => client.end).toBe('FIN');
    expect(client.heard).toBe('hello and good-bye');
    await expect.poll(() => proxy.connections()).toBe(0);
  });

  it('delays, keeps the order, and does not hold one delay until the last is over', async () => {
    const client = await dialAndTalk();
    proxy.existing({ kind: 'PASS', latencyMs: 150 });
    const startedAt = performance.now();
    for (const word of [' a', ' b', ' c', ' d']) {
      client.socket.write(word);
    }
    client.socket.end();
    await expect.poll(() => client.end, { timeout: 10_000 }).toBe('FIN');
    expect(client.heard).toBe('hello a b c d');
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(295);
  });

  it('resets the connections there are, on both sides, and takes new ones', async () => {
    const client = await dialAndTalk();
    const [server] = accepted;
    proxy.existing({ kind: 'RESET' });
    await expect.poll(() => client.end).toBe('ECONNRESET');
    await expect.poll(() => server!.destroyed).toBe(true);
    await dialAndTalk();
  });

  it('resets connections that come, and leaves those there are alone', async () => {
    const client = await dialAndTalk();
    await proxy.coming({ kind: 'RESET' });
    const late = await dial();
    await expect.poll(() => late.end).toBe('ECONNRESET');
    client.socket.write('!');
    await expect.poll(() => client.heard).toBe('hello!');
  });

  it('swallows in a black hole, old connections and new, and delivers when it has healed', async () => {
    const client = await dialAndTalk();
    await proxy.all({ kind: 'BLACK_HOLE' });
    const late = await dial();
    client.socket.write('!');
    late.socket.write('anybody?');
    late.socket.end();
    await expect.poll(() => proxy.connections()).toBe(2);
    // A connection around the proxy, made after, gives the bytes time to pass if they could.
    const around = connect((echo.address() as AddressInfo).port, '127.0.0.1');
    around.end('around');
    expect(await text(around)).toBe('around');
    expect([client.heard, client.end, late.heard, late.end]).toEqual(['hello', null, '', null]);
    expect(received).toBe('helloaround');

    await proxy.all({ kind: 'PASS' });
    await expect.poll(() => [client.heard, late.heard, late.end]).toEqual(['hello!', 'anybody?', 'FIN']);
  });

  it('ends one direction and keeps the other', async () => {
    const client = await dialAndTalk();
    proxy.existing({ kind: 'HALF_CLOSE', direction: 'TO_CLIENT' });
    await expect.poll(() => client.end).toBe('FIN');
    client.socket.write(' again');
    await expect.poll(() => received).toBe('hello again');
    expect(client.heard).toBe('hello');
  });

  it('cuts after a number of bytes, passes exactly those, then resets', async () => {
    const client = await dialAndTalk();
    proxy.existing({ kind: 'CUT_AFTER', direction: 'TO_CLIENT', bytes: 4 });
    client.socket.write('12');
    await expect.poll(() => client.heard).toBe('hello12');
    client.socket.write('3456');
    await expect.poll(() => client.end).toBe('ECONNRESET');
    expect([client.heard, received]).toEqual(['hello1234', 'hello123456']);
  });

  it('refuses connections that come, as if no program listened, until it is told to pass them', async () => {
    const client = await dialAndTalk();
    await proxy.coming({ kind: 'REFUSE' });
    expect((await dial()).end).toBe('ECONNREFUSED');
    client.socket.write('!');
    await expect.poll(() => client.heard).toBe('hello!');
    await proxy.coming({ kind: 'PASS' });
    await dialAndTalk();
  });

  it('closes the client when the server cannot be reached', async () => {
    for (const socket of accepted) {
      socket.destroy();
    }
    echo.close();
    const client = await dial();
    await expect.poll(() => client.end).not.toBeNull();
    await expect.poll(() => proxy.connections()).toBe(0);
  });

  it('leads connections that come to another server when told so', async () => {
    const other = createServer((socket) => {
      socket.on('error', () => socket.destroy());
      socket.end('the other');
    });
    other.listen(0, '127.0.0.1');
    await once(other, 'listening');
    const client = await dialAndTalk();
    proxy.retarget({ host: '127.0.0.1', port: (other.address() as AddressInfo).port });
    const late = await dial();
    await expect.poll(() => late.heard).toBe('the other');
    client.socket.write('!');
    await expect.poll(() => client.heard).toBe('hello!');
    late.socket.end();
    other.close();
  });

  it('stands in front of PostgreSQL: a session survives a black hole and dies of a reset', async () => {
    const url = new URL(inject('databaseServerUrl'));
    const front = await startFaultProxy({ host: url.hostname, port: Number(url.port) });
    const client = new pg.Client({ connectionString: front.through(url.href) });
    // It reports the loss twice: the reset, and that the session is gone.
    const lost = new Promise<Error>((resolve) => client.on('error', resolve));
    try {
      await client.connect();
      front.existing({ kind: 'BLACK_HOLE' });
      const answer = client.query('SELECT 1 AS one');
      front.existing({ kind: 'PASS' });
      expect((await answer).rows).toEqual([{ one: 1 }]);
      front.existing({ kind: 'RESET' });
      expect(await lost).toMatchObject({ code: 'ECONNRESET' });
    } finally {
      await front.stop();
    }
  });
});
