import type { FastifyInstance } from 'fastify';
import { GatewayError } from '../../errors.js';
import type { Caller } from '../../membership.js';
import { callerKey } from '../../services/callerKey.js';
import { whenClosed } from './whenClosed.js';

/**
 * Most bytes of answers that a caller has asked for and not read; the gateway keeps them in memory until UNREAD_ANSWER_MS. The
 * largest answer has about 10 MiB.
 */
const UNREAD_BYTES = 64 * 1024 * 1024;

/** The bytes of answers that callers have asked for and not read. */
export interface UnreadBytes {
  /**
   * Refuses a caller that does not read its answers. The local caller has no limit: it uses the machine itself.
   *
   * @throws GatewayError RATE_LIMITED when the caller has too many bytes of unread answers.
   */
  check(caller: Caller | null): void;
  /** Counts an answer that waits to go out in a stream, and returns the function that ends it. */
  hold(caller: Caller, bytes: number): () => void;
}

/**
 * Counts the bytes of answers that the callers have not read. Exports, and the updates of subscriptions, are made as the client
 * reads, and are not counted.
 */
export function countUnreadBytes(app: FastifyInstance, maximum = UNREAD_BYTES): UnreadBytes {
  const unread = new Map<string, number>();
  const add = (key: string, bytes: number): void => {
    const sum = (unread.get(key) ?? 0) + bytes;
    if (sum > 0) {
      unread.set(key, sum);
    } else {
      unread.delete(key);
    }
  };
  app.addHook('onSend', ({ requestInfo }, { raw }, payload, done) => {
    if (requestInfo !== null && typeof payload === 'string') {
      const key = callerKey(requestInfo.caller);
      const bytes = Buffer.byteLength(payload);
      add(key, bytes);
      whenClosed(raw, () => {
        add(key, -bytes);
      });
    }
    done();
  });
  return {
    check(caller) {
      const bytes = unread.get(callerKey(caller)) ?? 0;
      if (bytes > maximum && caller?.kind !== 'LOCAL') {
        throw tooManyUnread(maximum, bytes);
      }
    },
    hold(caller, bytes) {
      let held = bytes;
      add(callerKey(caller), held);
      return () => {
        add(callerKey(caller), -held);
        held = 0;
      };
    },
  };
}

function tooManyUnread(maximum: number, actual: number): GatewayError {
  return new GatewayError(
    'RATE_LIMITED',
    `expected at most ${maximum} bytes of answers that the caller has not read, got ${actual}; read them first`,
    { details: { limit: 'UNREAD_BYTES', maximum, actual, retryAfterSeconds: 1 } },
  );
}
