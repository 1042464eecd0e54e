import type { FormattedExecutionResult } from 'graphql';
import type { ErrorHead } from '../request/errorStatus.js';

/** An operation that is not executed: the answer with its errors, and the HTTP status and headers. */
export class RefusedOperation extends Error {
  constructor(
    readonly answer: FormattedExecutionResult,
    readonly head: ErrorHead,
  ) {
    super('the operation is refused');
  }
}
