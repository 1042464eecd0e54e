import { createServer, type IncomingMessage } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';

/** A request that the proxy got. */
export interface ProxiedRequest {
  /** `CONNECT`, or the method of a plain request. */
  readonly method: string;
  /** `host:port` of a tunnel, or the whole address. */
  readonly address: string;
  /** `user:password`; null when none were given. */
  readonly credentials: string | null;
}

/** What a proxy does with a tunnel: opens it, refuses it with a status, says nothing, or hangs up. */
export type TunnelReply = 'OPEN' | 'SILENCE' | 'HANG_UP' | number;

/** An HTTP proxy on 127.0.0.1. */
export interface ConnectProxy extends AsyncDisposable {
  /** `http://127.0.0.1:port`, with the credentials when given. */
  url(credentials?: string): string;
  readonly requests: readonly ProxiedRequest[];
}

/**
 * Starts one. Tunnels lead to a port of 127.0.0.1 for every host, and so do plain requests: no test leaves
 * this machine.
 *
 * @param reply what it does with tunnels, by `host:port`.
 */
export async function startConnectProxy(
  leadsTo: number,
  reply: (address: string) => TunnelReply = () => 'OPEN',
): Promise<ConnectProxy> {
  const requests: ProxiedRequest[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((incoming, response) => {
    requests.push(proxied(incoming));
    response.writeHead(502).end();
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
  });
  server.on('connect', (incoming: IncomingMessage, client: Socket) => {
    const request = proxied(incoming);
    requests.push(request);
    const answer = reply(request.address);
    if (answer === 'HANG_UP') {
      client.destroy();
    } else if (typeof answer === 'number') {
      client.end(`HTTP/1.1 ${answer} Refused by the proxy\r\n\r\n`);
    } else if (answer === 'OPEN') {
      const upstream = connect(leadsTo, '127.0.0.1', () => {
        client.write('HTTP/1.1 200 Connection established\r\n\r\n');
        client.pipe(upstream).pipe(client);
      });
      upstream.on('error', () => client.destroy());
      upstream.on('close', () => client.destroy());
      client.on('close', () => upstream.destroy());
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: (credentials) => `http://${credentials === undefined ? '' : `${credentials}@`}127.0.0.1:${port}`,
    requests,
    async [Symbol.asyncDispose]() {
      sockets.forEach((socket) => socket.destroy());
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function proxied({ method = '', url = '', headers }: IncomingMessage): ProxiedRequest {
  const [, encoded] = (headers['proxy-authorization'] ?? '').split(' ');
  const credentials = encoded === undefined ? null : Buffer.from(encoded, 'base64').toString();
  return { method, address: url, credentials };
}
