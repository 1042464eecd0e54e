/** Runs a read, and cancels its SQL statements, except those in transactions, when the signal aborts. */
export type Cancellable = <Result>(signal: AbortSignal, read: () => Promise<Result>) => Promise<Result>;
