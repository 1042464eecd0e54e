/** Runs a read so that every statement it sends, outside of transactions, is cancelled when the signal aborts. */
export type Cancellable = <Result>(signal: AbortSignal, read: () => Promise<Result>) => Promise<Result>;
