import { type ExecutionResult, getOperationAST, OperationTypeNode, parse } from 'graphql';
import { plainError, readAnswer } from './answer.js';
import { subscribe, type Answers, type Operation } from './subscribe.js';

/** GraphiQL's fetcher, in the words of this page: GraphiQL's own type needs a package that the page does not use. */
type Fetcher = (
  operation: Operation,
  options?: { readonly headers?: Readonly<Record<string, unknown>> },
) => Promise<ExecutionResult> | Answers;

/**
 * Returns a function that sends one operation to the address of the page. If the answer is not GraphQL (for instance a
 * load balancer's page, or no answer), the function rejects with a sentence that GraphiQL shows as the answer.
 *
 * A tab without headers sends the headers that any tab sent last: the user types a token once. Only this closure has it.
 */
export function createFetcher(): Fetcher {
  let lastHeaders: Record<string, string> = {};
  return (operation, options) => {
    const typed = (options?.headers ?? {}) as Record<string, string>;
    if (Object.keys(typed).length > 0) {
      lastHeaders = typed;
    }
    return isSubscription(operation) ? subscribe(operation, lastHeaders) : execute(operation, lastHeaders);
  };
}

async function execute(operation: Operation, headers: Record<string, string>) {
  const response = await fetch(window.location.pathname, {
    method: 'POST',
    headers: {
      accept: 'application/graphql-response+json, application/json',
      'content-type': 'application/json',
      ...headers,
    },
    body: JSON.stringify(operation),
  }).catch(() => {
    throw plainError('The gateway did not answer: the gateway is not running, or the network is down.');
  });
  return readAnswer(response);
}

function isSubscription({ query, operationName }: Operation): boolean {
  try {
    return getOperationAST(parse(query), operationName)?.operation === OperationTypeNode.SUBSCRIPTION;
  } catch {
    // The gateway answers with the syntax error.
    return false;
  }
}
