import type { Log } from '../log.js';
import type { Administrator, TargetAddress } from '../membership.js';
import type { CallAnswer, Refused, Upstream } from '../ports/upstream.js';
import { createClients } from './clients.js';
import type { KeyPair } from './credentials.js';
import {
  changeGuardDutyMembers,
  findGuardDutyDetector,
  getGuardDutyMembers,
  listGuardDutyMembers,
} from './guardDuty.js';
import { createRequestHandler } from './requestHandler.js';
import { changeSecurityHubMembers, getSecurityHubMembers, listSecurityHubMembers } from './securityHub.js';

/** An exchange that has ended. */
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
  /** Told how every exchange ended. */
  readonly onExchange?: (exchange: EndedExchange) => void;
  /** Milliseconds, in place of REQUEST_TIMEOUT_MS. */
  readonly requestTimeoutMs?: number;
}

/** Both services through the AWS SDK. */
export function createUpstream(options: UpstreamOptions): Upstream {
  const { administrators, endpoint, credentials, log, onExchange } = options;
  const requestHandler = createRequestHandler(options.requestTimeoutMs);
  const clients = createClients(administrators, { credentials, endpoint, requestHandler });

  /** Tells how an exchange ended, and hands the answer on. */
  async function logged<Answer extends EndedExchange['answer']>(
    target: TargetAddress,
    action: string,
    answer: Promise<Answer>,
  ): Promise<Answer> {
    const startedAt = performance.now();
    const ended = await answer;
    const ms = performance.now() - startedAt;
    log.debug({ ...target, action, kind: ended.kind, ms: Math.round(ms) }, 'upstream');
    onExchange?.({ target, action, answer: ended, seconds: ms / 1_000 });
    return ended;
  }

  return {
    async changeMembers(target, change) {
      switch (target.service) {
        case 'GUARDDUTY': {
          const client = clients.guardDuty(target);
          if (client === null) {
            return notConfigured(target);
          }
          return logged(target, change.operation, changeGuardDutyMembers(client, change));
        }
        case 'SECURITY_HUB': {
          const client = clients.securityHub(target);
          if (client === null) {
            return notConfigured(target);
          }
          return logged(target, change.operation, changeSecurityHubMembers(client, change));
        }
      }
    },

    async getMembers(target, detectorId, accountIds, signal) {
      switch (target.service) {
        case 'GUARDDUTY': {
          const client = clients.guardDuty(target);
          if (client === null) {
            return notConfigured(target);
          }
          return logged(target, 'GET_MEMBERS', getGuardDutyMembers(client, detectorId, accountIds, signal));
        }
        case 'SECURITY_HUB': {
          const client = clients.securityHub(target);
          if (client === null) {
            return notConfigured(target);
          }
          return logged(target, 'GET_MEMBERS', getSecurityHubMembers(client, accountIds, signal));
        }
      }
    },

    async listMembers(target, detectorId, page, signal) {
      switch (target.service) {
        case 'GUARDDUTY': {
          const client = clients.guardDuty(target);
          if (client === null) {
            return notConfigured(target);
          }
          return logged(target, 'LIST_MEMBERS', listGuardDutyMembers(client, detectorId, page, signal));
        }
        case 'SECURITY_HUB': {
          const client = clients.securityHub(target);
          if (client === null) {
            return notConfigured(target);
          }
          return logged(target, 'LIST_MEMBERS', listSecurityHubMembers(client, page, signal));
        }
      }
    },

    async findDetector(target) {
      const client = clients.guardDuty(target);
      if (client === null) {
        return notConfigured(target);
      }
      return logged(target, 'LIST_DETECTORS', findGuardDutyDetector(client));
    },

    close() {
      requestHandler.destroy();
    },
  };
}

/** Work recorded for an administrator that has been taken out of the configuration since. */
function notConfigured({ administrator }: TargetAddress): Refused {
  return {
    kind: 'REFUSED',
    metadata: { httpStatus: null, awsRequestId: null, attempts: 0 },
    errorCode: 'AdministratorNotConfigured',
    errorMessage: `The administrator "${administrator}" is not configured any more; nothing was sent.`,
  };
}
