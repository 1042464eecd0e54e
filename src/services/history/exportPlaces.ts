import { GatewayError } from '../../errors.js';

/** Longest that an export waits for a place, in milliseconds. */
const MAX_WAIT_MS = 5_000;

/** Shortest time that an export waits for its client before it gives way, in milliseconds. */
const STALLED_MS = 2_000;

/**
 * The share of its time for which a slow export waits for its client, all such times together. One whose client reads as fast
 * as it can waits for less than half.
 */
const SLOW_SHARE = 0.8;

/** Time between two looks at the places while exports wait, in milliseconds. */
const CHECK_INTERVAL_MS = 200;

/** The place of one export. */
export interface ExportPlace {
  /** Rows are ready, and the export waits for its client. */
  rowsReady(): void;
  /** The client has taken them. */
  rowsTaken(): void;
  /** Frees the place. A second call has no effect. */
  leave(): void;
}

/** The places of exports. */
export interface ExportPlaces {
  /**
   * Resolves with a place. While all are taken, the export gives way that has waited for its client for longest: for two seconds
   * without a break, or for two seconds together that are most of its time. A client that takes some rows every second holds no place.
   *
   * @param giveWay ends the export: gets the error for its client.
   * @throws GatewayError UNAVAILABLE after five seconds.
   */
  take(giveWay: (error: GatewayError) => void, disconnected: AbortSignal | undefined): Promise<ExportPlace>;
}

interface TakenPlace {
  readonly giveWay: (error: GatewayError) => void;
  /** By `performance.now()`. */
  readonly since: number;
  /** How long it has waited for its client, until the rows that are ready now, in milliseconds. */
  waitedMs: number;
  /** Since when rows have been ready, by `performance.now()`; null while the database is read. */
  readySince: number | null;
  isGivingWay: boolean;
}

export function createExportPlaces(total: number): ExportPlaces {
  const taken = new Set<TakenPlace>();
  /** In order of arrival. */
  const waiting = new Set<() => void>();
  let timer: NodeJS.Timeout | undefined;

  const check = (): void => {
    const now = performance.now();
    const leaving = [...taken].filter(({ isGivingWay }) => isGivingWay).length;
    for (const place of stalledFirst(taken, now).slice(0, Math.max(0, waiting.size - leaving))) {
      place.isGivingWay = true;
      place.giveWay(gaveWay());
    }
    timer = waiting.size === 0 ? undefined : setTimeout(check, CHECK_INTERVAL_MS).unref();
  };

  const enter = (giveWay: TakenPlace['giveWay']): ExportPlace =>
    enterPlace(taken, giveWay, () => {
      const [next] = waiting;
      next?.();
    });

  return {
    async take(giveWay, disconnected) {
      if (taken.size < total && waiting.size === 0) {
        return enter(giveWay);
      }
      disconnected?.throwIfAborted();
      const turn = Promise.withResolvers<ExportPlace>();
      const begin = (): void => {
        waiting.delete(begin);
        turn.resolve(enter(giveWay));
      };
      const end = (): void => {
        waiting.delete(begin);
        turn.reject(allTaken(total));
      };
      waiting.add(begin);
      timer ??= setTimeout(check, CHECK_INTERVAL_MS).unref();
      const deadline = setTimeout(end, MAX_WAIT_MS);
      disconnected?.addEventListener('abort', end, { once: true });
      try {
        return await turn.promise;
      } finally {
        clearTimeout(deadline);
        disconnected?.removeEventListener('abort', end);
      }
    },
  };
}

/** @param onLeave is called once, when the place is free. */
function enterPlace(
  taken: Set<TakenPlace>,
  giveWay: TakenPlace['giveWay'],
  onLeave: () => void,
): ExportPlace {
  const place: TakenPlace = {
    giveWay,
    since: performance.now(),
    waitedMs: 0,
    readySince: null,
    isGivingWay: false,
  };
  taken.add(place);
  return {
    rowsReady() {
      place.readySince = performance.now();
    },
    rowsTaken() {
      place.waitedMs = waitedFor(place, performance.now());
      place.readySince = null;
    },
    leave() {
      if (taken.delete(place)) {
        onLeave();
      }
    },
  };
}

/** The places that have waited for slow clients, the longest first. */
function stalledFirst(places: ReadonlySet<TakenPlace>, now: number): TakenPlace[] {
  return [...places]
    .filter((place) => !place.isGivingWay && isStalled(place, now))
    .toSorted((a, b) => waitedFor(b, now) - waitedFor(a, now));
}

function waitedFor({ waitedMs, readySince }: TakenPlace, now: number): number {
  return waitedMs + (readySince === null ? 0 : now - readySince);
}

function isStalled(place: TakenPlace, now: number): boolean {
  const takesNothing = now - (place.readySince ?? now) >= STALLED_MS;
  const waitedMs = waitedFor(place, now);
  const isSlow = waitedMs >= STALLED_MS && waitedMs >= SLOW_SHARE * (now - place.since);
  return takesNothing || isSlow;
}

function allTaken(total: number): GatewayError {
  return new GatewayError(
    'UNAVAILABLE',
    `${total} exports run at a time, and none has ended in time; try again in a moment`,
  );
}

/** For the log only: the client cannot read it. */
function gaveWay(): GatewayError {
  return new GatewayError(
    'UNAVAILABLE',
    'the export has ended, since its client read too slowly while others waited',
  );
}
