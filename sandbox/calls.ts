import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CallOutcome, LoggedCall } from './callLog.js';
import type { CredentialDirectory } from './credentials.js';
import type { Delivery } from './delivery.js';
import type { Journal } from './journal.js';
import { readCredentialScope, type SignedRequest } from './signature.js';
import type { Work, Perform } from './work.js';

/** What the call handler puts together. */
export interface CallParts {
  readonly perform: Perform;
  readonly directory: CredentialDirectory;
  readonly log: Journal<LoggedCall>;
  /** How long an answer takes on its way back, in milliseconds. */
  readonly delay: (service: string, region: string) => number;
  readonly now: () => number;
}

/**
 * Answers one AWS call and keeps its entry in the log. `send` resolves once nothing more will come, to whether a
 * whole answer was handed to an open connection.
 */
export type CallHandler = (
  request: SignedRequest,
  send: (delivery: Delivery) => Promise<boolean>,
) => Promise<void>;

export function createCallHandler({ perform, directory, log, delay, now }: CallParts): CallHandler {
  const underWay = new Map<string, number>();

  return async (request, send) => {
    const claim = readCredentialScope(request.headers['authorization'] ?? '');
    const account = (claim && directory.find(claim.accessKeyId)?.account) ?? null;
    const { region = null, service = null } = claim ?? {};
    const lane = `${account}/${region}/${service}`;
    const inFlightAtStart = underWay.get(lane) ?? 0;
    underWay.set(lane, inFlightAtStart + 1);
    const entry = log.add({
      ...NOTHING_YET,
      receivedAt: now(),
      account,
      region,
      service,
      requestId: randomUUID(),
      inFlightAtStart,
    });

    const work = await perform(request, claim, entry.requestId);
    entry.operation = work.operation;
    entry.accountIds = work.accountIds.join();
    entry.unprocessedAccountIds = work.unprocessed.join();
    entry.errorType = work.errorType;
    // The wait comes after the work: what is on its way back has happened, and whoever reads sees it.
    const wait = work.delayMs + delay(service ?? '', region ?? '');
    if (wait > 0) {
      await sleep(wait);
    }

    // Settled before the send: a caller that holds its answer finds the call settled in the log.
    entry.httpStatus = work.delivery.reply?.status ?? null;
    entry.answeredAt = work.delivery.manner === 'whole' ? now() : null;
    entry.outcome = outcomeOf(work, work.delivery.manner === 'whole');
    const handedOver = await send(work.delivery);
    entry.outcome = outcomeOf(work, handedOver);
    underWay.set(lane, (underWay.get(lane) ?? 1) - 1);
  };
}

const NOTHING_YET = {
  answeredAt: null,
  operation: null,
  accountIds: '',
  httpStatus: null,
  outcome: null,
  errorType: null,
  unprocessedAccountIds: '',
} as const;

const outcomeOf = ({ done }: Work, answered: boolean): CallOutcome =>
  answered ? (done ? 'applied' : 'refused') : done ? 'dropped-after' : 'dropped-before';
