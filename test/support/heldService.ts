import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** A GetMembers that waits for its answer. */
export interface HeldRead {
  readonly accountIds: readonly string[];
  /** Whether the one who asked has gone. */
  hasLeft(): boolean;
  /** Answers that none of the accounts is a member. */
  answer(): void;
}

/** Security Hub as far as a slow GetMembers goes: every one waits until a test answers it. */
export interface HeldService {
  readonly url: string;
  /** All that came, in their order. */
  readonly reads: readonly HeldRead[];
  stop(): Promise<void>;
}

export async function startHeldService(): Promise<HeldService> {
  const reads: HeldRead[] = [];
  const server = createServer((request, response) => void hold(request, response, reads));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    reads,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function hold(request: IncomingMessage, response: ServerResponse, reads: HeldRead[]): Promise<void> {
  const { AccountIds } = JSON.parse(await text(request)) as { AccountIds: string[] };
  reads.push({
    accountIds: AccountIds,
    hasLeft: () => response.destroyed && !response.writableFinished,
    answer() {
      response.writeHead(200, { 'content-type': 'application/json', 'x-amzn-requestid': 'held' });
      const ProcessingResult = 'The given account ID is not an associated member of the current account.';
      const UnprocessedAccounts = AccountIds.map((AccountId) => ({ AccountId, ProcessingResult }));
      response.end(JSON.stringify({ Members: [], UnprocessedAccounts }));
    },
  });
}
