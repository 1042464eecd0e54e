import { connect } from 'node:net';
import fastify from 'fastify';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Caller } from '../../../src/membership.js';
import { countUnreadBytes, type UnreadBytes } from '../../../src/http/request/unreadBytes.js';
import type { RequestInfo } from '../../../src/http/request/requestInfo.js';

/** More than the buffers of a connection hold. */
const ANSWER = 'a'.repeat(20_000_000);

const callerOf = (id: string): Caller => ({
  id,
  kind: 'USER',
  role: 'VIEWER',
  administrators: null,
  origin: null,
});

const app = fastify();
let unread: UnreadBytes;
let port: number;
beforeAll(async () => {
  app.decorateRequest('requestInfo', null);
  unread = countUnreadBytes(app, 30_000_000);
  app.get<{ Params: { id: string } }>('/:id', async (request) => {
    request.requestInfo = { caller: callerOf(request.params.id) } as RequestInfo;
    return ANSWER;
  });
  port = Number(new URL(await app.listen({ port: 0 })).port);
});
afterAll(() => app.close());

/** Asks for the answer, and reads nothing of it. */
function ask(id: string) {
  const socket = connect(port, 'localhost');
  socket.on('error', () => undefined).pause();
  socket.write(`GET /${id} HTTP/1.1\r\nhost: localhost\r\n\r\n`);
  return socket;
}

it('an answer that waits in a stream counts until it ends', () => {
  const ends = [1, 2, 3].map(() => unread.hold(callerOf('streamer'), 15_000_000));
  const check = () => {
    unread.check(callerOf('streamer'));
  };
  expect(check).toThrow('got 45000000; read them first');
  ends.slice(0, 2).forEach((end) => {
    end();
    end();
  });
  expect(check).not.toThrow();
});

it('a caller is refused while it has too many bytes of unread answers, and no other caller is', async () => {
  const sockets = [ask('hoarder'), ask('hoarder'), ask('other')];
  const refusal = () => {
    try {
      unread.check(callerOf('hoarder'));
      return null;
    } catch (error) {
      return (error as Error).message;
    }
  };
  await expect
    .poll(refusal)
    .toBe(
      'expected at most 30000000 bytes of answers that the caller has not read, got 40000000; read them first',
    );
  expect(() => {
    unread.check(callerOf('other'));
  }).not.toThrow();
  expect(() => {
    unread.check(null);
  }).not.toThrow();
  sockets[0]!.destroy();
  await expect.poll(refusal).toBeNull();
  sockets[1]!.resume();
  sockets[2]!.destroy();
  await expect((await fetch(`http://localhost:${port}/hoarder`)).text()).resolves.toHaveLength(ANSWER.length);
  sockets[1]!.destroy();
});
