import { once } from 'node:events';
import { createServer } from 'node:net';

/** Why the gateway cannot listen on the address; null if it can. Listens for a moment. */
export async function listenFault(host: string, port: number): Promise<string | null> {
  const server = createServer();
  try {
    await once(server.listen({ host, port }), 'listening');
    return null;
  } catch (error) {
    return describeListenError(error, host, port);
  } finally {
    server.close();
  }
}

/** The error of a listening socket as a line about HOST or PORT. */
export function describeListenError(error: unknown, host: string, port: number): string {
  const { code = '', message } = error as NodeJS.ErrnoException;
  return FAULTS[code]?.(host, port) ?? `HOST and PORT: cannot listen on ${host}, port ${port}: ${message}`;
}

const notOfThisMachine = (host: string): string =>
  `HOST: expected an address of this machine, or a name that has one; got ${host}`;

/** By the code of the operating system. */
const FAULTS: Readonly<Record<string, (host: string, port: number) => string>> = {
  EADDRINUSE: (host, port) =>
    `PORT: expected a free port; ${port} on ${host} is in use by another program; set another one, or end that program`,
  EACCES: (_host, port) => `PORT: expected a port that this user may open; got ${port}; set one above 1023`,
  EADDRNOTAVAIL: notOfThisMachine,
  ENOTFOUND: notOfThisMachine,
  EAI_AGAIN: notOfThisMachine,
  EAFNOSUPPORT: notOfThisMachine,
};
