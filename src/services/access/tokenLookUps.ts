import type { TokenRow, TokenStore } from '../../ports/tokens.js';

/** Most statements under way at once: two of the five connections of the record. */
const STATEMENTS_AT_ONCE = 2;

/** Most tokens that one statement looks up. A thousand take about 10 ms. */
const TOKENS_PER_STATEMENT = 1_000;

/** The token in force with the hash of this secret, marked as used; null when there is none. */
export type LookUpToken = (secretHash: Buffer) => Promise<TokenRow | null>;

interface WaitingLookUp {
  readonly secretHash: Buffer;
  readonly token: PromiseWithResolvers<TokenRow | null>;
}

/**
 * Looks tokens up at once while fewer than STATEMENTS_AT_ONCE statements are under way. The others wait, and the next statement
 * looks all of them up: many made-up tokens cost few statements, and delay a good token by two statements at most.
 *
 * Every look-up begins after its call, so that a revocation holds at once.
 */
export function createTokenLookUps(store: Pick<TokenStore, 'use'>): LookUpToken {
  /** By hash in hex: the same token is looked up once. */
  const waiting = new Map<string, WaitingLookUp>();
  let underWay = 0;

  const takeBatch = (): WaitingLookUp[] => {
    const batch = waiting.entries().take(TOKENS_PER_STATEMENT).toArray();
    for (const [key] of batch) {
      waiting.delete(key);
    }
    return batch.map(([, lookUp]) => lookUp);
  };

  const answer = async (batch: readonly WaitingLookUp[]): Promise<void> => {
    try {
      const tokens = await store.use(batch.map(({ secretHash }) => secretHash));
      batch.forEach(({ token }, index) => {
        token.resolve(tokens[index] ?? null);
      });
    } catch (error) {
      for (const { token } of batch) {
        token.reject(error);
      }
    }
  };

  const work = async (): Promise<void> => {
    underWay += 1;
    while (waiting.size > 0) {
      await answer(takeBatch());
    }
    underWay -= 1;
  };

  return (secretHash) => {
    const key = secretHash.toString('hex');
    const lookUp = waiting.get(key) ?? { secretHash, token: Promise.withResolvers<TokenRow | null>() };
    waiting.set(key, lookUp);
    if (underWay < STATEMENTS_AT_ONCE) {
      void work();
    }
    return lookUp.token.promise;
  };
}
