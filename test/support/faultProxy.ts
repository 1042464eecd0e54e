import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server } from 'node:net';
import { proxyConnection, type ConnectionFault, type ProxiedConnection } from './proxiedConnection.js';

/** What new connections may meet: what any connection may, or a port without a listener. */
export type ArrivalFault = ConnectionFault | { readonly kind: 'REFUSE' };

/** The server behind it. */
export interface ProxyTarget {
  readonly host: string;
  readonly port: number;
}

/** A TCP proxy on 127.0.0.1 that lets tests do to a connection what networks do. At first it passes everything on. */
export interface FaultProxy {
  readonly port: number;
  /** The same URL, with host and port of the proxy: for the program that is to be troubled. */
  through(url: string): string;
  /** What happens from now on to the connections there are. */
  existing(fault: ConnectionFault): void;
  /** What happens from now on to connections that come. Resolves when it is so. */
  coming(fault: ArrivalFault): Promise<void>;
  /** Both. */
  all(fault: ConnectionFault): Promise<void>;
  /** Where connections that come are led from now on: a server that was started again may be elsewhere. */
  retarget(target: ProxyTarget): void;
  /** Connections that are open now, on either side. */
  connections(): number;
  /** Resets every connection and stops listening. */
  stop(): Promise<void>;
}

/** Starts one in front of a server on this machine. */
export async function startFaultProxy(first: ProxyTarget): Promise<FaultProxy> {
  const open = new Set<ProxiedConnection>();
  let target = first;
  let arrival: ConnectionFault = { kind: 'PASS' };

  const listen = async (port: number): Promise<Server> => {
    const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
      const upstream = connect({ ...target, allowHalfOpen: true, noDelay: true });
      const connection = proxyConnection(client, upstream);
      open.add(connection);
      void connection.closed.then(() => open.delete(connection));
      connection.meet(arrival);
    });
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return server;
  };

  let server: Server | null = await listen(0);
  const { port } = server.address() as AddressInfo;

  // close() stops listening at once; it calls back only when the last connection is gone, which may be never.
  const refuse = (): void => {
    server?.close();
    server = null;
  };
  const existing = (fault: ConnectionFault): void => {
    for (const connection of open) {
      connection.meet(fault);
    }
  };
  const coming = async (fault: ArrivalFault): Promise<void> => {
    if (fault.kind === 'REFUSE') {
      refuse();
      return;
    }
    arrival = fault;
    server ??= await listen(port);
  };

  return {
    port,
    through(url) {
      const moved = new URL(url);
      moved.hostname = '127.0.0.1';
      moved.port = String(port);
      return moved.href;
    },
    existing,
    coming,
    async all(fault) {
      existing(fault);
      await coming(fault);
    },
    retarget(next) {
      target = next;
    },
    connections: () => open.size,
    async stop() {
      refuse();
      existing({ kind: 'RESET' });
      await Promise.all([...open].map(({ closed }) => closed));
    },
  };
}
