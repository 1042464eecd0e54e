import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo } from 'node:net';
import path from 'node:path';
import type { Duplex } from 'node:stream';
import { TLSSocket } from 'node:tls';
import pg from 'pg';

const CERTIFICATES = path.join(import.meta.dirname, 'certificates');

/** The number of a cancel request, in the place of the protocol's version. */
const CANCEL_REQUEST = 80_877_102;

/** A server that speaks PostgreSQL's protocol over TLS only, and asks for a password in clear, as Amazon RDS does. */
export interface TlsPostgres extends AsyncDisposable {
  readonly port: number;
  /** User and password of each connection so far. */
  readonly signIns: { user: string; password: string }[];
}

/** What a signed-in client of pg knows beyond its types. */
interface SignedIn extends pg.Client {
  readonly processID: number;
  readonly secretKey: number;
}

/**
 * Starts one in front of a real server. Its certificate is for localhost and 127.0.0.1, by the authority of `CA_FILE`.
 *
 * @param accepts whether this password is right.
 */
export async function startTlsPostgres(
  databaseUrl: string,
  accepts: (user: string, password: string) => boolean = () => true,
): Promise<TlsPostgres> {
  const sockets = new Set<Duplex>();
  const signIns: TlsPostgres['signIns'] = [];
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.once('close', () => sockets.delete(socket));
    // The request for TLS, then the handshake.
    socket.once('data', () => {
      socket.write('S');
      const client = new TLSSocket(socket, {
        isServer: true,
        key: readFileSync(path.join(CERTIFICATES, 'server.key')),
        cert: readFileSync(path.join(CERTIFICATES, 'server.pem')),
      });
      client.on('error', () => socket.destroy());
      void serve(client).catch(() => socket.destroy());
    });
  });

  const serve = async (client: TLSSocket): Promise<void> => {
    const first = await nextOf(client);
    if (first.readInt32BE(4) === CANCEL_REQUEST) {
      const { hostname, port } = new URL(databaseUrl);
      const cancel = connect(Number(port), hostname);
      cancel.on('close', () => client.destroy());
      cancel.write(first);
      return;
    }
    const start = first.subarray(8).toString().split('\0');
    const user = start[start.indexOf('user') + 1] ?? '';
    client.write(message('R', Int32Array.of(3)));
    const password = (await nextOf(client)).subarray(5, -1).toString();
    signIns.push({ user, password });
    if (!accepts(user, password)) {
      client.end(message('E', 'SFATAL\0VFATAL\0C28P01\0MPAM authentication failed\0\0'));
      return;
    }
    const real = new pg.Client({ connectionString: databaseUrl, application_name: 'over TLS' }) as SignedIn;
    real.on('error', () => undefined);
    await real.connect();
    const { stream } = real.connection;
    stream.removeAllListeners('data');
    sockets.add(stream);
    stream.once('close', () => client.destroy());
    client.once('close', () => stream.destroy());
    client.write(message('R', Int32Array.of(0)));
    client.write(message('K', Int32Array.of(real.processID, real.secretKey)));
    client.write(message('Z', 'I'));
    stream.pipe(client);
    client.pipe(stream);
  };

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    signIns,
    async [Symbol.asyncDispose]() {
      sockets.forEach((socket) => socket.destroy());
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** The next piece that the client sends: each message of the beginning comes in one. */
async function nextOf(client: TLSSocket): Promise<Buffer> {
  const [data] = (await once(client, 'data')) as [Buffer];
  return data;
}

/** A message of PostgreSQL's protocol: its letter, its length, its content. */
function message(letter: string, content: string | Int32Array): Buffer {
  const bytes = typeof content === 'string' ? Buffer.from(content) : Buffer.alloc(content.length * 4);
  if (typeof content !== 'string') {
    content.forEach((value, index) => bytes.writeInt32BE(value, index * 4));
  }
  const length = Buffer.alloc(4);
  length.writeInt32BE(bytes.length + 4);
  return Buffer.concat([Buffer.from(letter), length, bytes]);
}
