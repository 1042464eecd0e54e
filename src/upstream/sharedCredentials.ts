import { setTimeout as sleep } from 'node:timers/promises';
import { CredentialFailure } from './credentialFailure.js';
import type { Credentials } from './credentialSources.js';
import { mayPass } from './errors.js';

/** Credentials are renewed this long before they expire, in milliseconds, as the SDK does. */
export const REFRESH_BEFORE_MS = 5 * 60_000;

/** Shortest time between two renewals, in milliseconds: a refusal of new credentials has another reason. Ours. */
export const RENEWAL_INTERVAL_MS = 60_000;

/**
 * Longest time to get credentials (STS, web identity, SSO, the endpoint of a container or an instance, a process), in
 * milliseconds, and the pause between two attempts within it. The SDK has no limit for some of them. Ours.
 */
const OBTAIN_LIMIT_MS = 10_000;
const OBTAIN_PAUSE_MS = 1_000;

/** Gets credentials. @param region where they are needed. @param anew false: those that were read before will do. */
export type ObtainCredentials = (region: string, anew: boolean) => Promise<Credentials>;

/** Credentials that all callers share. */
export interface SharedCredentials {
  /** @throws CredentialFailure after at most 10 seconds. */
  get(region: string): Promise<Credentials>;
  /** The number of the present credentials, from 1. */
  generation(): number;
  /**
   * AWS does not accept the credentials of a generation: reads them anew, at most once a minute, since another program may
   * have renewed them.
   *
   * @returns whether the present ones are others, so that a call may be sent again.
   */
  renew(generation: number): Promise<boolean>;
}

/** Credentials that are obtained once, and again before they expire. A failure is not cached: the next call tries again. */
export function shareCredentials(
  obtain: ObtainCredentials,
  {
    now = () => Date.now(),
    limitMs = OBTAIN_LIMIT_MS,
  }: { now?: () => number; limitMs?: number | undefined } = {},
): SharedCredentials {
  let current: { region: string; credentials: Promise<Credentials>; at: number; expiresAt: number } | null =
    null;
  let generation = 0;

  const start = (region: string, anew: boolean): Promise<Credentials> => {
    const credentials = obtainInTime(() => obtain(region, anew), limitMs);
    const started = { region, credentials, at: now(), expiresAt: Number.POSITIVE_INFINITY };
    current = started;
    generation += 1;
    credentials.then(
      ({ expiration }) => {
        started.expiresAt = expiration?.getTime() ?? Number.POSITIVE_INFINITY;
      },
      () => {
        if (current === started) {
          current = null;
        }
      },
    );
    return credentials;
  };

  return {
    get(region) {
      if (current !== null) {
        const isNew = Math.abs(now() - current.at) < RENEWAL_INTERVAL_MS;
        if (isNew || current.expiresAt - now() > REFRESH_BEFORE_MS) {
          return current.credentials;
        }
      }
      return start(region, false);
    },
    generation: () => Math.max(1, generation),
    async renew(refused) {
      if (refused !== Math.max(1, generation)) {
        return true;
      }
      if (current === null || Math.abs(now() - current.at) < RENEWAL_INTERVAL_MS) {
        return false;
      }
      const { region, credentials } = current;
      const [before, after] = await Promise.allSettled([credentials, start(region, true)]);
      return (
        after.status === 'fulfilled' &&
        (before.status === 'rejected' ||
          before.value.accessKeyId !== after.value.accessKeyId ||
          before.value.sessionToken !== after.value.sessionToken)
      );
    },
  };
}

/** A source of credentials that does not answer. */
class NoAnswerInTime extends Error {
  readonly code = 'ETIMEDOUT';

  constructor() {
    super('the source of the credentials did not answer in time');
  }
}

/** Tries again within the limit as long as a failure may pass by itself. The error has the last words of the source. */
async function obtainInTime(obtain: () => Promise<Credentials>, limitMs: number): Promise<Credentials> {
  const deadline = performance.now() + limitMs;
  let lastWords: unknown;
  for (;;) {
    try {
      return await inTime(obtain(), deadline - performance.now());
    } catch (error) {
      const cause = error instanceof NoAnswerInTime ? (lastWords ?? error) : error;
      if (!mayPass(cause) || performance.now() + OBTAIN_PAUSE_MS > deadline) {
        throw new CredentialFailure('No credentials could be had.', { cause });
      }
      lastWords = cause;
    }
    await sleep(OBTAIN_PAUSE_MS);
  }
}

async function inTime<Result>(pending: Promise<Result>, limitMs: number): Promise<Result> {
  const timer = Promise.withResolvers<never>();
  const timeout = setTimeout(() => {
    timer.reject(new NoAnswerInTime());
  }, limitMs);
  try {
    return await Promise.race([pending, timer.promise]);
  } finally {
    clearTimeout(timeout);
  }
}
