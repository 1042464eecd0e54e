import type { GraphiQLProps } from 'graphiql';

type Fetcher = GraphiQLProps['fetcher'];

/**
 * Returns a function that sends one operation to the address of the page. If the answer is not GraphQL (for instance a
 * load balancer's page, or no answer), the function rejects with a sentence that GraphiQL shows as the answer.
 *
 * A tab without headers sends the headers that any tab sent last: the user types a token once. Only this closure has it.
 */
export function createFetcher(): Fetcher {
  let lastHeaders: Record<string, string> = {};
  return async (operation, options) => {
    const typed = (options?.headers ?? {}) as Record<string, string>;
    if (Object.keys(typed).length > 0) {
      lastHeaders = typed;
    }
    const response = await fetch(window.location.pathname, {
      method: 'POST',
      headers: {
        accept: 'application/graphql-response+json, application/json',
        'content-type': 'application/json',
        ...lastHeaders,
      },
      body: JSON.stringify(operation),
    }).catch(() => {
      throw plainError('The gateway did not answer: the gateway is not running, or the network is down.');
    });
    return read(response);
  };
}

/** Returns the parsed body. A GraphQL error may have any HTTP status. */
async function read(response: Response): Promise<Awaited<ReturnType<Fetcher>>> {
  const text = await response.text();
  try {
    return JSON.parse(text) as Awaited<ReturnType<Fetcher>>;
  } catch {
    const start = text.slice(0, 200).trim() || 'an empty body';
    throw plainError(`Expected JSON, got HTTP ${response.status}: ${start}`);
  }
}

/** Returns an error without a stack, which GraphiQL would show. */
function plainError(message: string): Error {
  const error = new Error(message);
  delete error.stack;
  return error;
}
