import type { ServerResponse } from 'node:http';
import type { Reply } from './reply.js';

/** A reply, and how it fares on the wire: whole, broken off in the middle, or never sent and the connection cut or left open. */
export type Delivery =
  | { readonly manner: 'whole' | 'cut'; readonly reply: Reply }
  | { readonly manner: 'reset' | 'hang'; readonly reply?: undefined };

/**
 * Sends a reply in its manner. Resolves once nothing more will come, for `hang` when the caller has given up;
 * true only when a whole reply was handed to an open connection.
 */
export async function deliver(response: ServerResponse, { manner, reply }: Delivery): Promise<boolean> {
  if (response.destroyed) {
    return false;
  }
  switch (manner) {
    case 'whole':
      send(response, reply).end(reply.body);
      return true;
    case 'cut':
      await new Promise<unknown>((flushed) =>
        send(response, reply).write(reply.body.slice(0, reply.body.length / 2), flushed),
      );
      response.socket?.destroy();
      return false;
    case 'reset':
      response.socket?.resetAndDestroy();
      return false;
    case 'hang':
      await new Promise<unknown>((closed) => response.once('close', closed));
      return false;
  }
}

const send = (response: ServerResponse, { status, headers, body }: Reply): ServerResponse =>
  response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) });
