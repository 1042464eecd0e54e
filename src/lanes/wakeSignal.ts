/** Wakes one sleeper. A ring while nobody sleeps is kept, so that nothing is slept through. */
export interface Doorbell {
  /** @param news work may have come; without it, an answer has. */
  ring(news: boolean): void;
  /** Whether work may have come since this was last asked; at first it may. */
  takeNews(): boolean;
  /** Sleeps until the next ring, at most this long (milliseconds; null: until a ring). True when it rang. */
  sleep(atMost: number | null): Promise<boolean>;
}

export function createDoorbell(): Doorbell {
  let rung = false;
  let hasNews = true;
  let wake: (() => void) | null = null;
  return {
    ring(news) {
      rung = true;
      hasNews ||= news;
      wake?.();
    },
    takeNews() {
      const had = hasNews;
      hasNews = false;
      return had;
    },
    async sleep(atMost) {
      if (!rung) {
        const { promise, resolve } = Promise.withResolvers<undefined>();
        wake = () => {
          resolve(undefined);
        };
        const timer = atMost === null ? undefined : setTimeout(wake, atMost);
        await promise;
        clearTimeout(timer);
        wake = null;
      }
      const heard = rung;
      rung = false;
      return heard;
    },
  };
}
