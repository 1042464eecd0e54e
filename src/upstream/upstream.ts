import type { GuardDutyClient } from '@aws-sdk/client-guardduty';
import type { SecurityHubClient } from '@aws-sdk/client-securityhub';
import type { Log } from '../log.js';
import type { Administrator, TargetAddress } from '../membership.js';
import type { AwsNetwork } from '../ports/awsNetwork.js';
import type { CallAnswer, DetectorRead, Refused, Unanswered, Upstream } from '../ports/upstream.js';
import { createClients, type Clients } from './clients.js';
import type { KeyPair } from './credentialSources.js';
import { isOfCredentials, translateError } from './errors.js';
import {
  changeGuardDutyMembers,
  findGuardDutyDetector,
  getGuardDutyMembers,
  listGuardDutyMembers,
  readGuardDutyOrganization,
} from './guardDuty.js';
import { createRequestHandler } from './requestHandler.js';
import type { SharedCredentials } from './sharedCredentials.js';
import {
  changeSecurityHubMembers,
  getSecurityHubMembers,
  listSecurityHubMembers,
  readSecurityHubOrganization,
} from './securityHub.js';

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
  /** Whether STS must name the account of an administrator's credentials before they are used. By default not. */
  readonly checkAccounts?: boolean;
  /** By default, calls go directly, and Node's own certificates are trusted. */
  readonly network?: AwsNetwork | null;
  readonly log: Log;
  /** Called after every exchange. */
  readonly onExchange?: (exchange: EndedExchange) => void;
  /** In milliseconds; by default 30 seconds. */
  readonly requestTimeoutMs?: number;
  /** In milliseconds; by default 5 seconds. */
  readonly connectionTimeoutMs?: number;
  /** Longest time to get credentials, in milliseconds; by default 10 seconds. */
  readonly credentialsLimitMs?: number;
}

/** Both services through the AWS SDK. */
export function createUpstream(options: UpstreamOptions): Upstream {
  const services = createRequestHandler(options);
  // Its requests are not those of a call: a call whose credentials cannot be had has not left.
  const credentialSources = createRequestHandler(options);
  const clients = createClients(options.administrators, {
    credentials: options.credentials,
    endpoint: options.endpoint,
    region: options.network?.region ?? null,
    checkAccounts: options.checkAccounts ?? false,
    limitMs: options.credentialsLimitMs,
    requestHandler: credentialSources.handler,
    serviceRequestHandler: services.handler,
  });

  const exchange = async <Answer extends EndedExchange['answer']>(
    target: TargetAddress,
    action: string,
    send: Send<Answer>,
  ): Promise<Answer | Refused | Unanswered> => {
    const startedAt = performance.now();
    const attempt = async (): Promise<Answer | Refused | Unanswered> => {
      const { result, mayHaveArrived } = await services.observe(() =>
        sendTo(clients, target, send).catch((err: unknown) => {
          // A defect of the gateway: these functions return what AWS and the SDK do as values.
          options.log.error({ err, ...target, action }, 'a call failed in the gateway');
          return translateError(err);
        }),
      );
      return mayHaveArrived ? result : asNeverSent(result);
    };
    const answer = await withRenewedCredentials(clients.credentials(target.administrator), attempt);
    report(options, { target, action, answer, seconds: (performance.now() - startedAt) / 1_000 });
    return answer;
  };

  return {
    changeMembers: (target, change) =>
      exchange(target, change.operation, {
        guardDuty: (client) => changeGuardDutyMembers(client, change),
        securityHub: (client) => changeSecurityHubMembers(client, change),
      }),
    getMembers: (target, detectorId, accountIds, options) =>
      exchange(target, 'GET_MEMBERS', {
        guardDuty: (client) => getGuardDutyMembers(client, detectorId, accountIds, options),
        securityHub: (client) => getSecurityHubMembers(client, accountIds, options),
      }),
    listMembers: (target, detectorId, page, signal) =>
      exchange(target, 'LIST_MEMBERS', {
        guardDuty: (client) => listGuardDutyMembers(client, detectorId, page, signal),
        securityHub: (client) => listSecurityHubMembers(client, page, signal),
      }),
    findDetector: (target) =>
      exchange(target, 'LIST_DETECTORS', { guardDuty: findGuardDutyDetector, securityHub: noDetectors }),
    readOrganization: (target, detectorId) =>
      exchange(target, 'DESCRIBE_ORGANIZATION_CONFIGURATION', {
        guardDuty: (client) => readGuardDutyOrganization(client, detectorId),
        securityHub: readSecurityHubOrganization,
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

/** Sends an operation to the service of its target. */
async function sendTo<Answer>(
  clients: Clients,
  target: TargetAddress,
  { guardDuty, securityHub }: Send<Answer>,
): Promise<Answer | Refused> {
  switch (target.service) {
    case 'GUARDDUTY': {
      const client = clients.guardDuty(target);
      return client === null ? notConfigured(target) : guardDuty(client);
    }
    case 'SECURITY_HUB': {
      const client = clients.securityHub(target);
      return client === null ? notConfigured(target) : securityHub(client);
    }
  }
}

/** The answer to an attempt, or to a second one with new credentials if AWS does not accept the present ones. */
async function withRenewedCredentials<Answer extends EndedExchange['answer']>(
  credentials: SharedCredentials | null,
  attempt: () => Promise<Answer>,
): Promise<Answer> {
  const generation = credentials?.generation() ?? 0;
  const answer = await attempt();
  const isStale = answer.kind === 'REFUSED' && isOfCredentials(answer.errorCode);
  return isStale && (await credentials?.renew(generation)) ? attempt() : answer;
}

/**
 * The answer of a call of which no byte left: a call that has no answer then changed nothing, also if its error says otherwise
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

function noDetectors(): Promise<DetectorRead | Refused | Unanswered> {
  return Promise.reject(new Error('Security Hub has no detectors.'));
}
