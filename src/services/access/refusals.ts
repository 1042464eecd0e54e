import { createHash } from 'node:crypto';
import type { GatewayError } from '../../errors.js';

/** Time for which a refused token stays refused without being verified again, in milliseconds. */
const REFUSAL_MS = 5_000;

/** Most refused tokens that a process remembers; the oldest is forgotten first. */
const MAX_REFUSALS = 1_000;

/** Bearer tokens that were refused a moment ago. */
export interface Refusals {
  /** The error that refused the token within REFUSAL_MS; undefined when it was not refused. */
  find(bearer: string): GatewayError | undefined;
  add(bearer: string, error: GatewayError): void;
}

/**
 * Remembers refused tokens by their SHA-256, so that a client that repeats one causes no statement.
 *
 * @param now milliseconds since 1970.
 */
export function createRefusals(now: () => number = Date.now): Refusals {
  const refusals = new Map<string, { readonly error: GatewayError; readonly endsAt: number }>();
  return {
    find(bearer) {
      if (refusals.size === 0) {
        return undefined;
      }
      const refusal = refusals.get(hashOf(bearer));
      return refusal !== undefined && now() < refusal.endsAt ? refusal.error : undefined;
    },
    add(bearer, error) {
      const hash = hashOf(bearer);
      // A Map keeps the order of insertion: the first entry is the oldest.
      refusals.delete(hash);
      refusals.set(hash, { error, endsAt: now() + REFUSAL_MS });
      const [oldest] = refusals.keys();
      if (refusals.size > MAX_REFUSALS && oldest !== undefined) {
        refusals.delete(oldest);
      }
    },
  };
}

function hashOf(bearer: string): string {
  return createHash('sha256').update(bearer).digest('base64');
}
