/** Wakes the one sleeper of a lane. A notification that finds no sleeper is kept for the next sleep. */
export interface WakeSignal {
  /** @param newWork true when accounts may have been added to the lane; false for anything else that ends the sleep. */
  notify(reason: { readonly newWork: boolean }): void;
  /** Whether accounts may have been added to the lane since the last such query. The first query gets true. */
  consumeNewWork(): boolean;
  /**
   * Sleeps until the next notification.
   *
   * @param limitMs longest sleep in milliseconds; null for no limit.
   * @returns true when a notification ended the sleep.
   */
  sleep(limitMs: number | null): Promise<boolean>;
}

export function createWakeSignal(): WakeSignal {
  let isNotified = false;
  let hasNewWork = true;
  let wake: (() => void) | null = null;
  return {
    notify({ newWork }) {
      isNotified = true;
      hasNewWork ||= newWork;
      wake?.();
    },
    consumeNewWork() {
      const had = hasNewWork;
      hasNewWork = false;
      return had;
    },
    async sleep(limitMs) {
      if (!isNotified) {
        const { promise, resolve } = Promise.withResolvers<undefined>();
        wake = () => {
          resolve(undefined);
        };
        const timer = limitMs === null ? undefined : setTimeout(wake, limitMs);
        await promise;
        clearTimeout(timer);
        wake = null;
      }
      const wasNotified = isNotified;
      isNotified = false;
      return wasNotified;
    },
  };
}
