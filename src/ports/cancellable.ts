/** What may end a read before it is done. An AbortSignal would do, at a twentieth of what a page takes the process. */
export interface Ending {
  /** Why it has come; undefined until then. */
  readonly reason: Error | undefined;
  /** Has it tell when it comes, until `unlisten`. */
  listen(listener: () => void): void;
  unlisten(listener: () => void): void;
}

/** Runs a read so that every statement it sends, outside of transactions, is cancelled when the ending comes. */
export type Cancellable = <Result>(ending: Ending, read: () => Promise<Result>) => Promise<Result>;
