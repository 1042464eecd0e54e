import type { Context } from '../context.js';
import { CommandError, EXIT, type ExitStatus } from '../faults.js';
import type { Account } from '../input/checkRows.js';
import { keyOfRun } from '../settings/runs.js';
import { followRequest } from './followRequest.js';
import type { RequestState } from './requestState.js';
import { showRequest } from './showRequest.js';
import { throwUserErrors, type UserError } from './userErrors.js';

/** The flags of commands that make a request. */
export interface RequestFlags {
  readonly note?: string;
  readonly idempotencyKey?: string;
  readonly resume?: boolean;
  /** False with --no-wait. */
  readonly wait: boolean;
}

/** A mutation, its input, and what to do with the request that it makes. */
export interface RequestStart<Input> {
  readonly operation: string;
  readonly input: Input;
  readonly flags: RequestFlags;
  readonly accept: readonly string[];
  readonly accounts: readonly Account[];
  readonly send: (
    input: Input & { idempotencyKey: string; waitSeconds: number },
    options: { signal: AbortSignal },
  ) => Promise<{ request: RequestState | null; userErrors: readonly UserError[] }>;
}

/** A request of a few accounts is often done in less than this: then there is nothing to follow. */
const FIRST_WAIT_SECONDS = 1;

/** Makes the request, follows it to its end and shows it; returns the exit status. */
export async function startRequest<Input extends object>(
  context: Context,
  start: RequestStart<Input>,
): Promise<ExitStatus> {
  const { output, signal } = context;
  const idempotencyKey = await chooseKey(context, start);
  const waitSeconds = start.flags.wait ? FIRST_WAIT_SECONDS : 0;
  let payload;
  try {
    payload = await start.send({ ...start.input, idempotencyKey, waitSeconds }, { signal });
  } catch (error) {
    if (signal.aborted) {
      throw new CommandError(EXIT.interrupted, [
        'the gateway may have recorded the request and go on with it',
        `find out, and send nothing twice: the same command with --idempotency-key ${idempotencyKey}`,
      ]);
    }
    output.warn(
      `to try again and send nothing twice: the same command with --idempotency-key ${idempotencyKey}`,
    );
    throw error;
  }
  throwUserErrors(payload.userErrors, start.accounts);
  const { request } = payload;
  if (request === null) {
    throw new CommandError(EXIT.failed, ['expected a request, got none']);
  }
  output.note(`${request.id} recorded`);
  const last = start.flags.wait ? await followRequest(context, request) : request;
  return showRequest(context, last, { accept: start.accept, all: false });
}

async function chooseKey<Input>(
  { env, settings, output }: Context,
  { operation, input, flags }: RequestStart<Input>,
): Promise<string> {
  if (flags.idempotencyKey !== undefined) {
    return flags.idempotencyKey;
  }
  const run = { input: [settings.url, operation, input], resume: flags.resume === true };
  const { key, resumed } = await keyOfRun(env, run);
  if (flags.resume === true) {
    output.note(
      resumed
        ? `resuming with the idempotency key ${key}`
        : 'no earlier run with this input: starting a new one',
    );
  }
  return key;
}
