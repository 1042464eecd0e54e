import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The body of an answer to a POST with the variables of a page. */
export type Answer = (variables: { readonly after: string | null }) => string | Promise<string>;

/** Serves the answers on node:http, a free port of this machine's own, and says where. */
export function serve(answer: Answer): void {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { variables } = JSON.parse(Buffer.concat(chunks).toString()) as {
        variables: { after: string | null };
      };
      Promise.resolve(answer(variables)).then(
        (body) => {
          response.writeHead(200, {
            'content-type': 'application/json; charset=utf-8',
            'content-length': Buffer.byteLength(body),
          });
          response.end(body);
        },
        (error: unknown) => {
          console.error(error);
          response.writeHead(500).end();
        },
      );
    });
  });
  server.listen(0, '127.0.0.1', () => {
    sayListening((server.address() as AddressInfo).port);
  });
}

/** What the bench waits for. */
export function sayListening(port: number): void {
  console.log(`listening on http://127.0.0.1:${port}`);
}
