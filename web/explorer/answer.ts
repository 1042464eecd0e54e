import type { ExecutionResult } from 'graphql';

/** Resolves with the GraphQL answer in a response of any status; rejects with a sentence for the user if it has none. */
export async function readAnswer(response: Response): Promise<ExecutionResult> {
  const text = await response.text();
  try {
    return JSON.parse(text) as ExecutionResult;
  } catch {
    const start = text.slice(0, 200).trim() || 'an empty body';
    throw plainError(`Expected JSON, got HTTP ${response.status}: ${start}`);
  }
}

/** Returns an error without a stack, which GraphiQL would show. */
export function plainError(message: string): Error {
  const error = new Error(message);
  delete error.stack;
  return error;
}
