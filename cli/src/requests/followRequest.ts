import type { Context } from '../context.js';
import { CommandError, EXIT } from '../faults.js';
import { isFinal, type RequestState } from './requestState.js';

/**
 * Shows the progress of a request until it has finished, and returns its last state.
 *
 * @throws CommandError `interrupted` at Ctrl-C: the request goes on, and the message says how to watch it again.
 */
export async function followRequest(context: Context, request: RequestState): Promise<RequestState> {
  if (isFinal(request)) {
    return request;
  }
  const { client, progress, signal } = context;
  const bars = progress();
  let state = request;
  bars.update(state);
  try {
    for await (const next of client.watch(request.id, { signal })) {
      state = next;
      bars.update(state);
    }
  } catch (error) {
    bars.end();
    if (signal.aborted) {
      throw interrupted(request.id);
    }
    context.output.warn(`the request goes on; watch it again: mgw watch ${request.id}`);
    throw error;
  }
  bars.end();
  return state;
}

/** The end by Ctrl-C while a request runs. */
function interrupted(requestId: string): CommandError {
  return new CommandError(EXIT.interrupted, [
    `the request goes on at the gateway; watch it again: mgw watch ${requestId}`,
    `to withdraw what was not sent yet: mgw cancel ${requestId}`,
  ]);
}
