import type { Log } from '../../log.js';
import type { ErasedRequests, RetentionStore } from '../../ports/retention.js';

/** How long data is kept. Null: for ever. */
export interface RetentionPeriods {
  /** Whole calendar months, in UTC, besides the current one. */
  readonly recordMonths: number | null;
  readonly emailDays: number | null;
}

const DAY_MS = 86_400_000;

/** What one run erased. */
export interface RetentionRun {
  /** Requests whose e-mail addresses were erased. */
  emails: number;
  /** Requests whose outcomes were erased: the request and its counts remain. */
  outcomes: number;
  calls: number;
}

/**
 * The job that erases old data, in short steps that do not delay other work. The age of a request counts from when it
 * finished; requests that have not finished are kept. Null when nothing was erased, or another process runs the job.
 */
export function createRetention(
  store: RetentionStore,
  { recordMonths, emailDays }: RetentionPeriods,
  now: () => Date,
): (log: Log) => Promise<RetentionRun | null> {
  return async (log) => {
    if (recordMonths === null && emailDays === null) {
      return null;
    }
    const run: RetentionRun = { emails: 0, outcomes: 0, calls: 0 };
    const isDone = await store.withLock(async () => {
      if (emailDays !== null) {
        const before = new Date(now().getTime() - emailDays * DAY_MS);
        run.emails = await eraseInSteps((after) => store.eraseEmails(before, after));
      }
      if (recordMonths !== null) {
        const before = monthsAgo(now(), recordMonths);
        run.outcomes = await eraseInSteps((after) => store.eraseOutcomes(before, after));
        for (
          let erased = await store.eraseCalls(before);
          erased > 0;
          erased = await store.eraseCalls(before)
        ) {
          run.calls += erased;
        }
        await store.recordStart();
      }
    });
    if (!isDone || run.emails + run.outcomes + run.calls === 0) {
      return null;
    }
    log.info(run, 'erased what was too old');
    return run;
  };
}

/** Start of the month, in UTC, that is this many months before the current one. */
function monthsAgo(now: Date, months: number): Date {
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - months, 1));
}

async function eraseInSteps(step: (after: string | null) => Promise<ErasedRequests>): Promise<number> {
  let sum = 0;
  for (let after: string | null = null; ;) {
    const { lastId, requests }: ErasedRequests = await step(after);
    sum += requests;
    if (lastId === null) {
      return sum;
    }
    after = lastId;
  }
}
