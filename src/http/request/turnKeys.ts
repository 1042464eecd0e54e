import { hash } from 'node:crypto';

/** Most credentials that a process remembers; the one that was accepted first is forgotten first. */
const MAX_CREDENTIALS = 10_000;

/** By whose turns a request goes on before its caller is known. */
export interface TurnKeys {
  /**
   * The key of the caller that was authenticated with this credential before. Otherwise the address of the client: made-up
   * credentials share the turns of their address.
   */
  find(authorization: string | undefined, address: string): string;
  /** Remembers the caller of a credential; null: it was refused. */
  set(authorization: string | undefined, callerKey: string | null): void;
}

/** Remembers credentials by their SHA-256. */
export function createTurnKeys(): TurnKeys {
  const callerKeys = new Map<string, string>();
  return {
    find(authorization, address) {
      const known = authorization === undefined ? undefined : callerKeys.get(hashOf(authorization));
      return known ?? `ADDRESS ${address}`;
    },
    set(authorization, callerKey) {
      if (authorization === undefined) {
        return;
      }
      const credential = hashOf(authorization);
      if (callerKey === null) {
        callerKeys.delete(credential);
        return;
      }
      callerKeys.set(credential, callerKey);
      const [oldest] = callerKeys.keys();
      if (callerKeys.size > MAX_CREDENTIALS && oldest !== undefined) {
        callerKeys.delete(oldest);
      }
    },
  };
}

function hashOf(authorization: string): string {
  return hash('sha256', authorization, 'base64');
}
