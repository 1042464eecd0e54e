import type { GuardDutyClient } from '@aws-sdk/client-guardduty';
import type { SecurityHubClient } from '@aws-sdk/client-securityhub';
import type { Log } from '../log.js';
import type { Administrator, TargetAddress } from '../membership.js';
import type { CallAnswer, Refused, Upstream } from '../ports/upstream.js';
import { createClients, type Clients } from './clients.js';
import type { KeyPair } from './credentials.js';
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
  readonly log: Log;
  /** Called after every exchange. */
  readonly onExchange?: (exchange: EndedExchange) => void;
  /** In milliseconds; by default 30 seconds. */
  readonly requestTimeoutMs?: number;
}

/** Both services through the AWS SDK. */
export function createUpstream(options: UpstreamOptions): Upstream {
  const { administrators, endpoint, credentials } = options;
  const requestHandler = createRequestHandler(options.requestTimeoutMs);
  const clients = createClients(administrators, { credentials, endpoint, requestHandler });

  const exchange = async <Answer extends EndedExchange['answer']>(
    target: TargetAddress,
    action: string,
    send: Send<Answer>,
  ): Promise<Answer | Refused> => {
    const answer = sendTo(clients, target, send);
    return answer === null ? notConfigured(target) : logged(options, { target, action }, answer);
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
    async findDetector(target) {
      const client = clients.guardDuty(target);
      if (client === null) {
        return notConfigured(target);
      }
      return logged(options, { target, action: 'LIST_DETECTORS' }, findGuardDutyDetector(client));
    },
    close() {
      requestHandler.destroy();
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

/** Logs an exchange and reports it to `onExchange` when its answer comes. */
async function logged<Answer extends EndedExchange['answer']>(
  { log, onExchange }: UpstreamOptions,
  { target, action }: Pick<EndedExchange, 'target' | 'action'>,
  pending: Promise<Answer>,
): Promise<Answer> {
  const startedAt = performance.now();
  const answer = await pending;
  const ms = performance.now() - startedAt;
  log.debug({ ...target, action, kind: answer.kind, ms: Math.round(ms) }, 'upstream');
  onExchange?.({ target, action, answer, seconds: ms / 1_000 });
  return answer;
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
