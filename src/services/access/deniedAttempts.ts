import { v7 as uuidv7 } from 'uuid';
import type { Caller, Origin } from '../../membership.js';
import type { Page } from '../../ports/history.js';
import type { DeniedAttempt, DeniedAttemptStore } from '../../ports/deniedAttempts.js';
import { checkPage, type AskedPage } from '../input/pageArgs.js';

/** How many rows are kept, the newest: enough for weeks of mistakes, and nothing for a flood to fill a disk with. */
const KEPT = 10_000;

/** How long equal attempts are counted together before they are written, in milliseconds. */
const WRITE_EVERY_MS = 1_000;

/** Most different attempts of one WRITE_EVERY_MS; those beyond are counted in one row. */
const DIFFERENT_MAX = 100;

/** The reason of the row that counts those beyond DIFFERENT_MAX. */
const MANY_OTHERS = 'many different attempts at once';

/** Longest reason kept, in characters. */
const REASON_MAX_LENGTH = 200;

/** The record of what was turned away. */
export interface DeniedAttempts {
  /** Notes an attempt; it is written within a moment, behind the caller's back. */
  note(
    caller: Caller | null,
    origin: Omit<Origin, 'tokenId'> | null,
    code: DeniedAttempt['code'],
    reason: string,
  ): void;
  /**
   * As `note`, for a field that the caller may not use, or of which it may not use these administrators. Admins see it who
   * may use those as well: to the others they do not exist.
   */
  noteRefused(caller: Caller, field: string, administrators?: readonly string[]): void;
  list(caller: Caller, page: AskedPage): Promise<Page<DeniedAttempt>>;
  /** Writes what is noted. */
  flush(): Promise<void>;
}

/** @param onFailure is told when attempts could not be written; they are lost then. */
export function createDeniedAttempts(
  store: DeniedAttemptStore,
  onFailure: (error: unknown) => void,
): DeniedAttempts {
  let noted = new Map<string, DeniedAttempt>();
  let timer: NodeJS.Timeout | undefined;

  const flush = async (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    const attempts = [...noted.values()];
    noted = new Map();
    if (attempts.length > 0) {
      await store.insert(attempts, KEPT).catch(onFailure);
    }
  };

  const add = (attempt: DeniedAttempt): void => {
    const { code, reason, callerId, address } = attempt;
    const key = JSON.stringify([code, reason, callerId, address]);
    const known = noted.get(key);
    if (known !== undefined) {
      noted.set(key, { ...known, attempts: known.attempts + 1, lastAt: attempt.lastAt });
    } else if (noted.size < DIFFERENT_MAX) {
      noted.set(key, attempt);
    } else if (reason !== MANY_OTHERS) {
      add(attemptOf(null, null, code, MANY_OTHERS));
    } else {
      noted.set(key, attempt);
    }
  };

  const note = (attempt: DeniedAttempt): void => {
    add({ ...attempt, reason: attempt.reason.slice(0, REASON_MAX_LENGTH) });
    timer ??= setTimeout(() => void flush(), WRITE_EVERY_MS).unref();
  };

  return {
    note(caller, origin, code, reason) {
      note(attemptOf(caller, origin, code, reason));
    },
    noteRefused(caller, field, foreign) {
      const attempt = (reason: string) => attemptOf(caller, caller.origin, 'FORBIDDEN', reason);
      if (foreign === undefined) {
        note(attempt(field));
      }
      for (const id of new Set(foreign)) {
        const administrators = [...(caller.administrators ?? []), id];
        note({ ...attempt(`${field} of the administrator ${id}`), administrators });
      }
    },
    async list(caller, page) {
      await flush();
      return store.list(caller, checkPage(page));
    },
    flush,
  };
}

function attemptOf(
  caller: Caller | null,
  origin: Omit<Origin, 'tokenId'> | null,
  code: DeniedAttempt['code'],
  reason: string,
): DeniedAttempt {
  const at = new Date();
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
    address: origin?.address ?? null,
    userAgent: origin?.userAgent ?? null,
    requestId: origin?.requestId ?? null,
    traceparent: origin?.traceparent ?? null,
  };
}
