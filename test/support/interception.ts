import { readFileSync } from 'node:fs';
import { connect, type AddressInfo, type Socket } from 'node:net';
import path from 'node:path';
import { createServer } from 'node:tls';

const CERTIFICATES = path.join(import.meta.dirname, 'certificates');

/** The authority that signed the certificate of `startInterception`, as a file and as PEM. Node does not trust it. */
export const CA_FILE = path.join(CERTIFICATES, 'ca.pem');
export const CA = readFileSync(CA_FILE, 'utf8');

/** A TLS server in front of a plain one, with a certificate for AWS's hosts in three regions, localhost and 127.0.0.1. */
export interface Interception extends AsyncDisposable {
  readonly port: number;
  /** `https://127.0.0.1:port`. */
  readonly url: string;
  /** Bytes of requests that arrived, decrypted. */
  bytesReceived(): number;
  /** Connections whose handshake ended, so far. */
  connections(): number;
}

/** Starts one in front of the server at an `http:` address. */
export async function startInterception(target: string): Promise<Interception> {
  const { hostname, port: targetPort } = new URL(target);
  const sockets = new Set<Socket>();
  let received = 0;
  let connections = 0;
  const options = {
    key: readFileSync(path.join(CERTIFICATES, 'server.key')),
    cert: readFileSync(path.join(CERTIFICATES, 'server.pem')),
  };
  const server = createServer(options, (client) => {
    connections += 1;
    const upstream = connect(Number(targetPort), hostname);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => {
        sockets.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    client.on('data', (data: Buffer) => {
      received += data.length;
    });
    client.pipe(upstream).pipe(client);
  });
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `https://127.0.0.1:${port}`,
    bytesReceived: () => received,
    connections: () => connections,
    async [Symbol.asyncDispose]() {
      sockets.forEach((socket) => socket.destroy());
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
