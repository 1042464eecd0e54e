import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** A call to AWS on its way through the proxy. */
export interface PassingCall {
  readonly service: 'guardduty' | 'securityhub' | 'sts';
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  /** The body, parsed; null without one. */
  readonly input: unknown;
}

/** What the proxy answers in place of the service. */
export interface ReplacedAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** A text goes as it is, anything else as JSON. */
  readonly body: unknown;
  /** Whether the service gets the call all the same; by default it does not. */
  readonly performed?: boolean;
}

/** Decides the answer of a call; undefined: the service's own. */
export type ReplaceAnswer = (call: PassingCall) => ReplacedAnswer | undefined;

/** An HTTP proxy between the gateway and the sandbox that answers some calls in place of the service. */
export interface AnswerProxy extends AsyncDisposable {
  readonly url: string;
  /** From now on; null: the service answers every call. */
  replace(answer: ReplaceAnswer | null): void;
}

/** The request id of replaced answers. */
const REQUEST_ID = '00000000-0000-4000-8000-000000000000';

/** Starts one in front of a sandbox. */
export async function startAnswerProxy(sandboxUrl: string): Promise<AnswerProxy> {
  let replaced: ReplaceAnswer | null = null;

  const answer = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const body = await buffer(incoming);
    const replacement = replaced?.(passingCall(incoming, body));
    const own = replacement === undefined || replacement.performed === true;
    const real = own ? await forward(sandboxUrl, incoming, body) : null;
    if (replacement === undefined && real !== null) {
      outgoing.writeHead(real.status, real.headers).end(real.body);
      return;
    }
    const {
      status = 200,
      headers = { 'x-amzn-requestid': REQUEST_ID },
      body: text,
    } = replacement ?? { body: '' };
    outgoing
      .writeHead(status, { 'content-type': 'application/json', ...headers })
      .end(typeof text === 'string' ? text : JSON.stringify(text));
  };

  const server = createServer((incoming, outgoing) => {
    answer(incoming, outgoing).catch(() => outgoing.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    replace(next) {
      replaced = next;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function passingCall({ method = '', url = '', headers }: IncomingMessage, body: Buffer): PassingCall {
  const service = /\/(guardduty|securityhub|sts)\/aws4_request/.exec(headers.authorization ?? '')?.[1];
  const isJson = body.length > 0 && service !== 'sts';
  return {
    service: (service ?? 'sts') as PassingCall['service'],
    method,
    path: url,
    input: isJson ? (JSON.parse(body.toString()) as unknown) : null,
  };
}

function forward(
  sandboxUrl: string,
  { method, url = '', headers }: IncomingMessage,
  body: Buffer,
): Promise<{ status: number; headers: IncomingMessage['headers']; body: Buffer }> {
  const { promise, resolve, reject } = Promise.withResolvers<Awaited<ReturnType<typeof forward>>>();
  const outgoing = request(new URL(url, sandboxUrl), { method, headers }, (answer) => {
    buffer(answer).then(
      (text) => resolve({ status: answer.statusCode ?? 502, headers: answer.headers, body: text }),
      reject,
    );
  });
  outgoing.on('error', reject);
  outgoing.end(body);
  return promise;
}
