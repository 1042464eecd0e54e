import type { ServerResponse } from 'node:http';

/** Calls `work` once the answer has been sent or its client has disconnected: at once, if that has happened before. */
export function whenClosed(response: ServerResponse, work: () => void): void {
  if (response.destroyed) {
    work();
  } else {
    response.once('close', work);
  }
}
