import { once } from 'node:events';
import { createServer, request as forward, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request that came: its headers, and what it asked for. */
export interface SeenRequest {
  readonly headers: IncomingMessage['headers'];
  readonly query: string;
}

/** Answers a request in place of the gateway, or changes its answer. `pass` hands the request to the gateway. */
export type Fault = (
  answer: ServerResponse,
  pass: () => Promise<IncomingMessage>,
  seen: SeenRequest,
) => void | Promise<void>;

/** A reverse proxy before a gateway, which fails as told. */
export interface FaultyGateway extends AsyncDisposable {
  readonly url: string;
  /** The requests since the last call of `fail`. */
  readonly seen: SeenRequest[];
  /** The next requests meet these faults, one each; those after them reach the gateway. */
  fail(...faults: Fault[]): void;
}

export async function startFaultyGateway(gatewayUrl: string): Promise<FaultyGateway> {
  const seen: SeenRequest[] = [];
  let faults: Fault[] = [];
  const server = createServer((request, answer) => {
    void (async () => {
      const chunks = await request.toArray();
      const body = Buffer.concat(chunks as Buffer[]);
      const asked = { headers: request.headers, query: (JSON.parse(body.toString()) as SeenRequest).query };
      seen.push(asked);
      const pass = async () => {
        const { method, headers, url = '' } = request;
        const onward = forward(new URL(url, gatewayUrl), { method: method ?? 'POST', headers });
        onward.end(body);
        answer.once('close', () => onward.destroy());
        const [response] = (await once(onward, 'response')) as [IncomingMessage];
        return response;
      };
      const fault = faults.shift() ?? through;
      await fault(answer, pass, asked);
    })();
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    fail(...next) {
      seen.length = 0;
      faults = next;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** The gateway's answer as it is. */
export const through: Fault = async (answer, pass) => {
  const response = await pass();
  answer.writeHead(response.statusCode ?? 500, response.headers);
  response.on('error', () => answer.destroy());
  response.pipe(answer);
};

/** The gateway does what it is asked, and its answer is lost. */
export const loseAnswer: Fault = async (answer, pass) => {
  await (await pass()).toArray();
  answer.destroy();
};

/** The stream breaks after its first event. */
export const cutStream: Fault = async (answer, pass) => {
  const response = await pass();
  answer.writeHead(response.statusCode ?? 500, response.headers);
  response.on('error', () => undefined);
  for await (const chunk of response) {
    answer.write(chunk);
    if (String(chunk).includes('event: next')) {
      break;
    }
  }
  setTimeout(() => answer.destroy(), 20);
};

/** A load balancer's own answer. */
export function page(status: number): Fault {
  return (answer) => {
    answer.writeHead(status, { 'content-type': 'text/html' }).end('<h1>Sorry</h1>');
  };
}

/** The gateway's answer to a caller with a spent budget. */
export function rateLimited(retryAfterSeconds: number): Fault {
  const extensions = { code: 'RATE_LIMITED', retryAfterSeconds };
  const body = JSON.stringify({ errors: [{ message: 'the budget is spent', extensions }] });
  return (answer) => {
    answer.writeHead(429, { 'content-type': 'application/json' }).end(body);
  };
}

/** No answer ever comes. */
export const hang: Fault = () => undefined;
