import {
  createSourceEventStream,
  execute,
  GraphQLError,
  type ExecutionArgs,
  type ExecutionResult,
} from 'graphql';
import { GatewayError } from '../../errors.js';
import type { Caller } from '../../membership.js';
import type { Charge } from '../../services/access/budget.js';
import type { CredentialWatch } from '../../services/access/credentialWatch.js';
import { waitToPay } from '../../services/access/waitToPay.js';
import { callerKey } from '../../services/callerKey.js';
import type { TakeLoopTurn } from '../../services/eventLoopTurns.js';

/** A subscription that may be executed. */
export interface Subscription {
  readonly args: ExecutionArgs;
  readonly caller: Caller;
  /** The cost of each update after the first, in points. */
  readonly points: number;
  readonly charge: Charge;
  readonly takeLoopTurn: TakeLoopTurn;
  /** Begins to watch the caller's credential. */
  readonly watch: () => CredentialWatch;
}

/**
 * The results of a subscription: one for each update, executed when the consumer asks for it. Ends when the client disconnects,
 * and with an error `UNAUTHENTICATED` when the caller's credential ends.
 *
 * Each update after the first costs the caller `points`. While the budget is spent, there are no results; the next one has the
 * state of that time. Updates of many subscriptions take turns on the event loop.
 */
export async function* subscriptionResults(subscription: Subscription): AsyncGenerator<ExecutionResult> {
  const { args, caller } = subscription;
  const source = await createSourceEventStream(args);
  if (!isAsyncIterable(source)) {
    // A client that has disconnected aborts the subscription, which is no error of the gateway.
    if (caller.disconnected?.aborted !== true) {
      yield source;
    }
    return;
  }
  const events = source[Symbol.asyncIterator]();
  const watch = subscription.watch();
  const over = endOf(caller, watch, () => void events.return?.());
  try {
    let isFirst = true;
    for (let next = await events.next(); next.done !== true; next = await events.next()) {
      const isPaid = isFirst || (await waitToPay(subscription, over));
      await subscription.takeLoopTurn(callerKey(caller));
      const result = isPaid ? await execute({ ...args, rootValue: next.value }) : null;
      if (result === null || over.aborted) {
        break;
      }
      isFirst = false;
      yield result;
    }
  } finally {
    watch.close();
    void events.return?.();
  }
  if (over.reason instanceof GatewayError) {
    yield { errors: [new GraphQLError(over.reason.message, { originalError: over.reason })] };
  }
}

function isAsyncIterable(value: AsyncIterable<unknown> | ExecutionResult): value is AsyncIterable<unknown> {
  return Symbol.asyncIterator in value;
}

/**
 * Aborts when the client disconnects, or when the credential ends: then with its error as the reason.
 *
 * @param onEnd is called then.
 */
function endOf({ disconnected }: Caller, watch: CredentialWatch, onEnd: () => void): AbortSignal {
  const over = new AbortController();
  over.signal.addEventListener('abort', onEnd);
  void watch.ended.then((error) => {
    over.abort(error);
  });
  const disconnect = (): void => {
    over.abort();
  };
  disconnected?.addEventListener('abort', disconnect, { once: true });
  if (disconnected?.aborted === true) {
    disconnect();
  }
  return over.signal;
}
