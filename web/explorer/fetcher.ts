import type { GraphiQLProps } from 'graphiql';

type Fetcher = GraphiQLProps['fetcher'];

/**
 * A function that sends one operation to the address that the page came from. It rejects with a sentence that says
 * what came instead when the answer is not GraphQL (a load balancer's page, say, or nothing at all); GraphiQL shows
 * it as the answer.
 *
 * A tab without headers sends those that another tab sent last: a token is typed once, and kept in this closure.
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
      throw plainError('The gateway did not answer: it is not running, or the network is down.');
    });
    return read(response);
  };
}

/** A GraphQL error may come with any status; its body explains it. */
async function read(response: Response): Promise<Awaited<ReturnType<Fetcher>>> {
  const text = await response.text();
  try {
    return JSON.parse(text) as Awaited<ReturnType<Fetcher>>;
  } catch {
    const start = text.slice(0, 200).trim() || 'an empty body';
    throw plainError(`The answer was not JSON but HTTP ${response.status}: ${start}`);
  }
}

/** Without a stack: GraphiQL would show it. */
function plainError(message: string): Error {
  const error = new Error(message);
  delete error.stack;
  return error;
}
