import { createServer, type AddressInfo, type Socket } from 'node:net';

/** What a raw server does with a request it has read whole. */
export type RawReply = (socket: Socket, request: string) => void;

/** A TCP server that answers HTTP requests with the bytes of a test, or with none. */
export interface RawServer extends AsyncDisposable {
  readonly endpoint: string;
  /** Heads and bodies, in the order in which they came. */
  readonly requests: readonly string[];
}

/** Listens on a free port of the loopback interface. */
export async function startRawServer(reply: RawReply): Promise<RawServer> {
  const requests: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    let received = '';
    socket.on('data', (data) => {
      received += data.toString('latin1');
      if (!isWhole(received)) {
        return;
      }
      const request = received;
      received = '';
      requests.push(request);
      reply(socket, request);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    requests,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) {
        socket.destroy();
      }
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** The bytes of an HTTP answer; `length` lies about the body when given. */
export function httpAnswer(
  status: number,
  body: string,
  headers: Readonly<Record<string, string>> = {},
  length = Buffer.byteLength(body),
): string {
  const lines = Object.entries({ 'content-length': String(length), ...headers }).map(
    ([k, v]) => `${k}: ${v}\r\n`,
  );
  return `HTTP/1.1 ${status} Status\r\n${lines.join('')}\r\n${body}`;
}

function isWhole(received: string): boolean {
  const end = received.indexOf('\r\n\r\n');
  if (end < 0) {
    return false;
  }
  const length = Number(/content-length: (\d+)/i.exec(received)?.[1] ?? 0);
  return received.length >= end + 4 + length;
}
