import type { ServerResponse } from 'node:http';
import type { Reply } from './reply.js';

/**
 * A reply and its delivery:
 * - `whole`: sent completely
 * - `cut`: sent by half, then the connection is closed
 * - `reset`: not sent, and the connection is reset
 * - `hang`: not sent, and the connection stays open
 */
export type Delivery =
  | { readonly manner: 'whole' | 'cut'; readonly reply: Reply }
  | { readonly manner: 'reset' | 'hang'; readonly reply?: undefined };

/**
 * Delivers a reply. Resolves when the delivery is complete, for `hang` when the caller closes the connection. Resolves
 * to true if a whole reply was handed to an open connection.
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
