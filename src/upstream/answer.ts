import type { Answered, Unanswered, UnprocessedAccount, ResponseMetadata } from '../ports/upstream.js';
import { UNREADABLE_ANSWER } from './errors.js';

const NO_LIST = 'no list of unprocessed accounts in the body';

/**
 * The answer of a call that succeeded (HTTP 200). The SDK does not check the body: without a list of unprocessed accounts
 * it is not known which accounts were processed. Such an answer is UNANSWERED, so the members are read back. Account ids are
 * kept as they came, well-formed or not.
 *
 * @param list the SDK's `UnprocessedAccounts`.
 * @param words the field with the service's words: `Result` or `ProcessingResult`.
 */
export function answerOf(
  metadata: ResponseMetadata,
  list: unknown,
  words: 'Result' | 'ProcessingResult',
): Answered | Unanswered {
  const unprocessed: UnprocessedAccount[] = [];
  if (!Array.isArray(list)) {
    return unreadable(metadata, NO_LIST);
  }
  for (const entry of list as readonly unknown[]) {
    if (typeof entry !== 'object' || entry === null) {
      return unreadable(metadata, NO_LIST);
    }
    const fields: Readonly<Record<string, unknown>> = { ...entry };
    unprocessed.push({ accountId: textOf(fields['AccountId']), result: textOf(fields[words]) });
  }
  return { kind: 'ANSWERED', metadata, unprocessed };
}

/** The answer of a call that succeeded with an incomplete body. @param lacking what is missing, for the record. */
export function unreadable(metadata: ResponseMetadata, lacking: string): Unanswered {
  return {
    kind: 'UNANSWERED',
    metadata,
    errorCode: UNREADABLE_ANSWER,
    errorMessage: `HTTP ${metadata.httpStatus ?? 'without status'}, and ${lacking}.`,
    neverSent: false,
  };
}

function textOf(value: unknown): string {
  if (typeof value === 'string') {
    return value;
  }
  return value === undefined || value === null ? '' : JSON.stringify(value);
}
