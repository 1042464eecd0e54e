import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { build, type Rolldown } from 'vite';

/** A page of an origin of its own, with the clients in its script. */
export interface OtherOrigin {
  readonly url: string;
  stop(): void;
}

export async function serveOtherOrigin(): Promise<OtherOrigin> {
  const script = bundle();
  const server = createServer((request, response) => {
    if (request.url === '/') {
      response.setHeader('content-type', 'text/html');
      response.end(
        '<!doctype html><title>Another origin</title><script type="module" src="/page.js"></script>',
      );
      return;
    }
    response.setHeader('content-type', 'text/javascript');
    void script.then((code) => response.end(code));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

async function bundle(): Promise<string> {
  const { output } = (await build({
    configFile: false,
    logLevel: 'warn',
    build: {
      write: false,
      minify: false,
      rolldownOptions: { input: path.join(import.meta.dirname, 'page.ts') },
    },
  })) as Rolldown.RolldownOutput;
  return output[0].code;
}
