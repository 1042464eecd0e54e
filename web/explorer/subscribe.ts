import type { ExecutionResult } from 'graphql';
import { createClient, NetworkError } from 'graphql-sse';
import { plainError, readAnswer } from './answer.js';

/** What a tab sends. */
export interface Operation {
  readonly query: string;
  readonly operationName?: string | null;
  readonly variables?: unknown;
}

/** Each answer in its turn, until the button of GraphiQL stops it. */
export interface Answers {
  subscribe(sink: Sink): { unsubscribe(): void };
}
interface Sink {
  next(answer: ExecutionResult): void;
  error(error: unknown): void;
  complete(): void;
}

/**
 * Returns the answers of a subscription as they come, by GraphQL over SSE. A refusal of the gateway is an answer too. If the stream
 * ends too early, it ends with an error whose sentence GraphiQL shows.
 */
export function subscribe(
  { query, variables, operationName }: Operation,
  headers: Record<string, string>,
): Answers {
  const request = {
    query,
    variables: variables as Record<string, unknown>,
    ...(operationName != null && { operationName }),
  };
  const begin = (sink: Sink) => {
    const client = createClient({ url: window.location.pathname, headers, retryAttempts: 0 });
    const unsubscribe = client.subscribe(request, {
      next: (answer) => {
        sink.next(answer as ExecutionResult);
      },
      error: (error) => void end(error, sink),
      complete: () => {
        sink.complete();
      },
    });
    return { unsubscribe };
  };
  return { subscribe: begin };
}

async function end(error: unknown, sink: Sink): Promise<void> {
  try {
    const response = error instanceof NetworkError ? (error.response as Response | undefined) : undefined;
    if (response === undefined) {
      throw plainError(
        'The stream ended early: the gateway has stopped, or the network is down. Run the tab again.',
      );
    }
    sink.next(await readAnswer(response));
    sink.complete();
  } catch (failure) {
    sink.error(failure);
  }
}
