import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { CallHandler } from '../calls/callHandler.js';
import { CONTROL_PREFIX, type Control } from '../control/control.js';
import { deliver } from './delivery.js';
import type { SignedRequest } from './signature.js';

/** Maximum size of a body in bytes: enough to seed 100,000 members in one request. */
const MAX_BODY_BYTES = 32 * 1024 * 1024;

/** Keep-alive of idle connections in milliseconds: longer than the SDK's, so no call meets a closing connection. */
const KEEP_ALIVE_MS = 75_000;

/** Returns the HTTP server, not yet listening. Paths outside the control API are AWS calls. Answers are dated by `now`. */
export function createHttpServer(calls: CallHandler, control: Control, now: () => number): Server {
  const server = createServer((incoming, response) => {
    response.setHeader('date', new Date(now()).toUTCString());
    readRequest(incoming)
      .then(async (request) => {
        if (request.path.startsWith(CONTROL_PREFIX)) {
          await deliver(response, { manner: 'whole', reply: control(request) });
        } else {
          await calls(request, (delivery) => deliver(response, delivery));
        }
      })
      .catch((error: unknown) => {
        // A caller may disconnect while sending. Any other error is a defect of the sandbox.
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
