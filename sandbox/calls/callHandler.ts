import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CallOutcome, LoggedCall } from './callLog.js';
import type { CredentialDirectory } from '../wire/credentials.js';
import type { Delivery } from '../wire/delivery.js';
import type { Journal } from './journal.js';
import type { CallResult, Perform } from './perform.js';
import { readCredentialScope, type CredentialScope, type SignedRequest } from '../wire/signature.js';

/** The dependencies of the call handler. */
export interface CallHandlerDependencies {
  readonly perform: Perform;
  readonly directory: CredentialDirectory;
  readonly log: Journal<LoggedCall>;
  /** The delay of an answer, in milliseconds. */
  readonly delay: (service: string, region: string) => number;
  readonly now: () => number;
}

/**
 * Answers one AWS call and records it in the log. `send` resolves when the answer is complete or given up: true if
 * a whole answer was handed to an open connection.
 */
export type CallHandler = (
  request: SignedRequest,
  send: (delivery: Delivery) => Promise<boolean>,
) => Promise<void>;

/** Returns the handler of AWS calls. */
export function createCallHandler(dependencies: CallHandlerDependencies): CallHandler {
  const { perform, directory, log, delay, now } = dependencies;
  const openCalls = new Map<string, number>();

  return async (request, send) => {
    const claim = readCredentialScope(request.headers['authorization'] ?? '');
    const caller = callerOf(claim, directory);
    const { account, region, service } = caller;
    const key = `${account}/${region}/${service}`;
    const inFlightAtStart = openCalls.get(key) ?? 0;
    openCalls.set(key, inFlightAtStart + 1);
    const entry = log.add({
      ...NO_RESULT,
      ...caller,
      receivedAt: now(),
      requestId: randomUUID(),
      inFlightAtStart,
    });

    const result = await perform(request, claim, entry.requestId);
    entry.operation = result.operation;
    entry.accountIds = result.accountIds.join();
    entry.unprocessedAccountIds = result.unprocessed.join();
    entry.errorType = result.errorType;
    // The delay comes after the operation, so a read during the delay sees its effect.
    const delayMs = result.delayMs + delay(service ?? '', region ?? '');
    if (delayMs > 0) {
      await sleep(delayMs);
    }

    // The entry is settled before the answer is sent: a caller that has its answer finds a settled call in the log.
    const isWhole = result.delivery.manner === 'whole';
    entry.httpStatus = result.delivery.reply?.status ?? null;
    entry.answeredAt = isWhole ? now() : null;
    entry.outcome = outcomeOf(result, isWhole);
    const wasHandedOver = await send(result.delivery);
    entry.outcome = outcomeOf(result, wasHandedOver);
    openCalls.set(key, (openCalls.get(key) ?? 1) - 1);
  };
}

/** Returns the account, region and service that the Authorization header names; null for those it does not name. */
function callerOf(claim: CredentialScope | undefined, directory: CredentialDirectory) {
  if (!claim) {
    return { account: null, region: null, service: null };
  }
  const { region, service, accessKeyId } = claim;
  return { account: directory.find(accessKeyId)?.account ?? null, region, service };
}

/** The log entry of a call without a result. */
const NO_RESULT = {
  answeredAt: null,
  operation: null,
  accountIds: '',
  httpStatus: null,
  outcome: null,
  errorType: null,
  unprocessedAccountIds: '',
} as const;

function outcomeOf({ performed }: CallResult, isAnswered: boolean): CallOutcome {
  if (isAnswered) {
    return performed ? 'applied' : 'refused';
  }
  return performed ? 'dropped-after' : 'dropped-before';
}
