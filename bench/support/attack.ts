import type { BenchAccount } from './mutations.js';

/** What one caller does to a gateway, again and again. */
export interface Attack {
  readonly name: string;
  /** How many of `send` are under way at once. */
  readonly atOnce: number;
  /** Sends one request and resolves with its HTTP status, once its answer has been read. */
  send(): Promise<number>;
}

/** Where the attacks go, and with which credential. */
export interface AttackTarget {
  readonly url: string;
  readonly authorization: string;
  readonly accounts: readonly BenchAccount[];
  /** Credentials of ten further callers. */
  readonly others: readonly string[];
}

/** Sends a body to /graphql, and resolves with the HTTP status once the answer has been read. */
export async function postOnce({ url, authorization }: AttackTarget, body: string): Promise<number> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization },
    body,
  });
  await response.arrayBuffer();
  return response.status;
}

/** Runs an attack until it is stopped. `stop` resolves with the number of answers of each HTTP status; 0 stands for no answer. */
export function runAttack({ atOnce, send }: Attack): { stop(): Promise<Record<number, number>> } {
  const statuses: Record<number, number> = {};
  let isStopped = false;
  const client = async (): Promise<void> => {
    while (!isStopped) {
      const status = await send().catch(() => 0);
      statuses[status] = (statuses[status] ?? 0) + 1;
    }
  };
  const clients = Promise.all(Array.from({ length: atOnce }, client));
  return {
    async stop() {
      isStopped = true;
      await clients;
      return statuses;
    },
  };
}
