import { setTimeout as sleep } from 'node:timers/promises';
import { CreateMembersDocument } from '../generated/graphql.js';
import { accounts, execute } from './gateway.js';

/** Results of mutations, in the order in which they were sent. */
export interface MutationResults {
  /** Ids of the requests that were answered. */
  readonly ids: string[];
  readonly errors: string[];
}

/** Sends a mutation for one account, from number `first` on, every 50 ms until `stop`. */
export function keepMutating(url: string, first: number): { stop(): Promise<MutationResults> } {
  const stopping = new AbortController();
  const ended: Promise<{ id?: string; error?: string }>[] = [];
  const sending = (async () => {
    for (let index = 0; !stopping.signal.aborted; index += 1) {
      const input = { accounts: accounts(1, first + index), waitSeconds: 0 };
      ended.push(
        execute(url, CreateMembersDocument, { input }).then(
          ({ createMembers }) => ({ id: createMembers?.request?.id ?? 'no id' }),
          (error: unknown) => ({ error: String(error) }),
        ),
      );
      await sleep(50);
    }
  })();
  return {
    async stop() {
      stopping.abort();
      await sending;
      const all = await Promise.all(ended);
      return {
        ids: all.flatMap(({ id }) => (id === undefined ? [] : [id])),
        errors: all.flatMap(({ error }) => (error === undefined ? [] : [error])),
      };
    },
  };
}
