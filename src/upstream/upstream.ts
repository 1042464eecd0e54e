import type { GuardDutyClient } from '@aws-sdk/client-guardduty';
import type { SecurityHubClient } from '@aws-sdk/client-securityhub';
import type { Log } from '../log.js';
import type { Administrator, TargetAddress } from '../membership.js';
import type { AwsNetwork } from '../ports/awsNetwork.js';
import type { CallAnswer, DetectorRead, Refused, Unanswered, Upstream } from '../ports/upstream.js';
import { createClients, type Clients } from './clients.js';
import type { KeyPair } from './credentials.js';
import { translateError } from './errors.js';
import {
  changeGuardDutyMembers,
  findGuardDutyDetector,
  getGuardDutyMembers,
  listGuardDutyMembers,
} from './guardDuty.js';
import { createRequestHandler } from './requestHandler.js';
import { changeSecurityHubMembers, getSecurityHubMembers, listSecurityHubMembers } from './securityHub.js';

/** An exchange with a service that has ended. */
export interface EndedExchange {
  readonly target: TargetAddress;
  /** The operation. */
  readonly action: string;
  readonly answer: CallAnswer | { readonly kind: 'READ' };
  readonly seconds: number;
}

/** How both services are reached. */
export interface UpstreamOptions {
  readonly administrators: readonly Administrator[];
  /** One base URL for GuardDuty, Security Hub and STS; null: the SDK's own rules, AWS_ENDPOINT_URL* among them. */
  readonly endpoint: string | null;
  /** Null: the SDK's default chain. */
  readonly credentials: KeyPair | null;
  /** By default, calls go directly, and Node's own certificates are trusted. */
  readonly network?: AwsNetwork | null;
  readonly log: Log;
  /** Called after every exchange. */
  readonly onExchange?: (exchange: EndedExchange) => void;
  /** In milliseconds; by default 30 seconds. */
  readonly requestTimeoutMs?: number;
  /** In milliseconds; by default 5 seconds. */
  readonly connectionTimeoutMs?: number;
}

/** Both services through the AWS SDK. */
export function createUpstream(options: UpstreamOptions): Upstream {
  const { administrators, endpoint, credentials } = options;
  const services = createRequestHandler(options);
  // Its requests are not those of a call: a call whose credentials cannot be had has not left.
  const credentialSources = createRequestHandler(options);
  const clients = createClients(administrators, {
    credentials,
    endpoint,
    requestHandler: credentialSources.handler,
    serviceRequestHandler: services.handler,
  });

  const exchange = async <Answer extends EndedExchange['answer']>(
    target: TargetAddress,
    action: string,
    send: Send<Answer>,
  ): Promise<Answer | Refused | Unanswered> => {
    const startedAt = performance.now();
    const { result, mayHaveArrived } = await services.observe(async () => {
      try {
        return await sendTo(clients, target, send);
      } catch (err) {
        // A defect of the gateway: the functions above return what AWS and the SDK do as values.
        options.log.error({ err, ...target, action }, 'a call failed in the gateway');
        return translateError(err);
      }
    });
    if (result === null) {
      return notConfigured(target);
    }
    const answer = mayHaveArrived ? result : asNeverSent(result);
    report(options, { target, action, answer, seconds: (performance.now() - startedAt) / 1_000 });
    return answer;
  };

  return {
    changeMembers: (target, change) =>
      exchange(target, change.operation, {
        guardDuty: (client) => changeGuardDutyMembers(client, change),
        securityHub: (client) => changeSecurityHubMembers(client, change),
      }),
    getMembers: (target, detectorId, accountIds, signal) =>
      exchange(target, 'GET_MEMBERS', {
        guardDuty: (client) => getGuardDutyMembers(client, detectorId, accountIds, signal),
        securityHub: (client) => getSecurityHubMembers(client, accountIds, signal),
      }),
    listMembers: (target, detectorId, page, signal) =>
      exchange(target, 'LIST_MEMBERS', {
        guardDuty: (client) => listGuardDutyMembers(client, detectorId, page, signal),
        securityHub: (client) => listSecurityHubMembers(client, page, signal),
      }),
    findDetector: (target) =>
      exchange<DetectorRead | Refused | Unanswered>(target, 'LIST_DETECTORS', {
        guardDuty: findGuardDutyDetector,
        securityHub: () => {
          throw new Error('Security Hub has no detectors.');
        },
      }),
    close() {
      services.destroy();
      credentialSources.destroy();
    },
  };
}

/** How an operation is sent to the service of its target. */
interface Send<Answer> {
  readonly guardDuty: (client: GuardDutyClient) => Promise<Answer>;
  readonly securityHub: (client: SecurityHubClient) => Promise<Answer>;
}

/** Null when the administrator is not configured. */
function sendTo<Answer>(
  clients: Clients,
  target: TargetAddress,
  { guardDuty, securityHub }: Send<Answer>,
): Promise<Answer> | null {
  switch (target.service) {
    case 'GUARDDUTY': {
      const client = clients.guardDuty(target);
      return client && guardDuty(client);
    }
    case 'SECURITY_HUB': {
      const client = clients.securityHub(target);
      return client && securityHub(client);
    }
  }
}

/**
 * The answer of a call of which no byte left: a call that has no answer then changed nothing, whatever its error says
 * (docs/decisions/0031-what-never-left-is-observed.md).
 */
function asNeverSent<Answer extends EndedExchange['answer']>(answer: Answer): Answer {
  return answer.kind === 'UNANSWERED'
    ? { ...answer, metadata: { ...answer.metadata, attempts: 0 }, neverSent: true }
    : answer;
}

/** Logs an exchange and reports it to `onExchange`. */
function report({ log, onExchange }: UpstreamOptions, exchange: EndedExchange): void {
  const { target, action, answer, seconds } = exchange;
  log.debug({ ...target, action, kind: answer.kind, ms: Math.round(seconds * 1_000) }, 'upstream');
  onExchange?.(exchange);
}

/** The answer for work recorded for an administrator that was removed from the configuration since. */
function notConfigured({ administrator }: TargetAddress): Refused {
  return {
    kind: 'REFUSED',
    metadata: { httpStatus: null, awsRequestId: null, attempts: 0 },
    errorCode: 'AdministratorNotConfigured',
    errorMessage: `The administrator "${administrator}" is not configured any more; nothing was sent.`,
  };
}
