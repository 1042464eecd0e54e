import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { CallHandler } from './calls.js';
import { CONTROL_PREFIX, type Control } from './control.js';
import { deliver } from './delivery.js';
import type { SignedRequest } from './signature.js';

/** The largest body taken, in bytes: enough to seed 100,000 members in one request. */
const MAX_BODY_BYTES = 32 * 1024 * 1024;

/** How long an idle connection is kept, in milliseconds: longer than the SDK keeps its own, so that no call meets a closing one. */
const KEEP_ALIVE_MS = 75_000;

/** The sandbox's HTTP server, not yet listening: the control API under its prefix, AWS calls everywhere else. */
export function createHttpServer(calls: CallHandler, control: Control): Server {
  const server = createServer((incoming, response) => {
    readRequest(incoming)
      .then(async (request) => {
        if (request.path.startsWith(CONTROL_PREFIX)) {
          await deliver(response, { manner: 'whole', reply: control(request) });
        } else {
          await calls(request, (delivery) => deliver(response, delivery));
        }
      })
      .catch((error: unknown) => {
        // A caller that goes away while sending is no fault; anything else here is one of the sandbox itself.
        if (!incoming.destroyed) {
          process.stderr.write(`sandbox: ${error instanceof Error ? error.stack : String(error)}\n`);
        }
        if (!response.headersSent) {
          response.writeHead(500);
        }
        response.end();
      });
  });
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  return server;
}

async function readRequest(incoming: IncomingMessage): Promise<SignedRequest> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) {
      throw new Error(`expected a body of at most ${MAX_BODY_BYTES} bytes`);
    }
    chunks.push(chunk);
  }
  const [path = '/', search = ''] = (incoming.url ?? '/').split('?', 2);
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(incoming.headers)) {
    headers[name] = value?.toString() ?? '';
  }
  return {
    method: incoming.method ?? 'GET',
    path,
    query: readQuery(search),
    headers,
    body: Buffer.concat(chunks),
  };
}

function readQuery(search: string): Record<string, string | string[]> {
  const query: Record<string, string | string[]> = {};
  const parameters = new URLSearchParams(search);
  for (const name of new Set(parameters.keys())) {
    const values = parameters.getAll(name);
    query[name] = values.length > 1 ? values : (values[0] ?? '');
  }
  return query;
}
