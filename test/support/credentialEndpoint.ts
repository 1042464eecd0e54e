import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The endpoint of a container's credentials, on 127.0.0.1. */
export interface CredentialEndpoint extends AsyncDisposable {
  /** For AWS_CONTAINER_CREDENTIALS_FULL_URI. */
  readonly url: string;
  /** Requests so far. */
  requests(): number;
}

/** Starts one that gives the sandbox's keys of an account. @param isAway whether it answers 503, by number of request, from 1. */
export async function startCredentialEndpoint(
  account: string,
  isAway: (request: number) => boolean,
): Promise<CredentialEndpoint> {
  let requests = 0;
  const server = createServer((_request, response) => {
    requests += 1;
    if (isAway(requests)) {
      response.writeHead(503).end('away');
      return;
    }
    const body = {
      AccessKeyId: `AKIASANDBOX${account}`,
      SecretAccessKey: 'sandbox-secret',
      Token: '',
      Expiration: new Date(Date.now() + 3_600_000).toISOString(),
    };
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/credentials`,
    requests: () => requests,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
