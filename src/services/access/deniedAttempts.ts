import { v7 as uuidv7 } from 'uuid';
import type { Caller, Origin } from '../../membership.js';
import type { Page } from '../../ports/history.js';
import type { DeniedAttempt, DeniedAttemptStore } from '../../ports/deniedAttempts.js';
import { checkPage, type PageInput } from '../input/pageArgs.js';

/** Rows kept, the newest: some weeks of mistakes. The limit keeps a flood of attempts from filling the disk. */
const MAX_ROWS = 10_000;

/** Time for which equal attempts are counted in memory before they are written, in milliseconds. */
const WRITE_INTERVAL_MS = 1_000;

/** Most different attempts in one WRITE_INTERVAL_MS; further ones are counted in one row. */
const MAX_DIFFERENT = 100;

/** The reason in the row that counts attempts beyond MAX_DIFFERENT. */
const MANY_OTHERS = 'many different attempts at once';

/** Longest reason kept, in characters. */
const MAX_REASON_LENGTH = 200;

/** The headers and the address of a request, without its credential. */
type RequestOrigin = Omit<Origin, 'tokenId'>;

/** The record of requests and fields that were denied. */
export interface DeniedAttempts {
  /** Records an attempt within WRITE_INTERVAL_MS; the caller does not wait. */
  record(
    caller: Caller | null,
    origin: RequestOrigin | null,
    code: DeniedAttempt['code'],
    reason: string,
  ): void;
  /**
   * Records that a caller may not use a field, or not for these administrators: one attempt for each of them. Only admins
   * who may use those administrators see the attempt: to all others the administrators do not exist.
   */
  recordForbidden(caller: Caller, field: string, administrators?: readonly string[]): void;
  /** Newest first, attempts of the last moment included. Rejects with `BAD_USER_INPUT` for a wrong page. */
  list(caller: Caller, page: PageInput): Promise<Page<DeniedAttempt>>;
  /** Writes the attempts that are still in memory. */
  flush(): Promise<void>;
}

/** @param onFailure gets the error of a failed write; its attempts are lost. */
export function createDeniedAttempts(
  store: DeniedAttemptStore,
  onFailure: (error: unknown) => void,
): DeniedAttempts {
  let unwritten = new Map<string, DeniedAttempt>();
  let timer: NodeJS.Timeout | undefined;

  const flush = async (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    const attempts = [...unwritten.values()];
    unwritten = new Map();
    if (attempts.length > 0) {
      await store.insert(attempts, MAX_ROWS).catch(onFailure);
    }
  };

  const count = (attempt: DeniedAttempt): void => {
    const { code, reason, callerId, address } = attempt;
    const key = JSON.stringify([code, reason, callerId, address]);
    const equal = unwritten.get(key);
    if (equal !== undefined) {
      unwritten.set(key, { ...equal, attempts: equal.attempts + 1, lastAt: attempt.lastAt });
    } else if (unwritten.size < MAX_DIFFERENT || reason === MANY_OTHERS) {
      unwritten.set(key, attempt);
    } else {
      count(toAttempt(null, null, code, MANY_OTHERS));
    }
  };

  const add = (attempt: DeniedAttempt): void => {
    count({ ...attempt, reason: attempt.reason.slice(0, MAX_REASON_LENGTH) });
    timer ??= setTimeout(() => void flush(), WRITE_INTERVAL_MS).unref();
  };

  return {
    record(caller, origin, code, reason) {
      add(toAttempt(caller, origin, code, reason));
    },
    recordForbidden(caller, field, administrators) {
      if (administrators === undefined) {
        add(toAttempt(caller, caller.origin, 'FORBIDDEN', field));
      }
      for (const id of new Set(administrators)) {
        const attempt = toAttempt(caller, caller.origin, 'FORBIDDEN', `${field} of the administrator ${id}`);
        add({ ...attempt, administrators: [...(caller.administrators ?? []), id] });
      }
    },
    async list(caller, page) {
      await flush();
      return store.list(caller, checkPage(page));
    },
    flush,
  };
}

const NO_ORIGIN = { address: null, userAgent: null, requestId: null, traceparent: null };

function toAttempt(
  caller: Caller | null,
  origin: RequestOrigin | null,
  code: DeniedAttempt['code'],
  reason: string,
): DeniedAttempt {
  const at = new Date();
  const { address, userAgent, requestId, traceparent } = origin ?? NO_ORIGIN;
  return {
    id: uuidv7(),
    code,
    reason,
    attempts: 1,
    firstAt: at,
    lastAt: at,
    callerId: caller?.id ?? null,
    callerKind: caller?.kind ?? null,
    administrators: caller?.administrators ?? null,
    address,
    userAgent,
    requestId,
    traceparent,
  };
}
