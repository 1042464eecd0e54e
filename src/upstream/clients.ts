import { GuardDutyClient } from '@aws-sdk/client-guardduty';
import { SecurityHubClient } from '@aws-sdk/client-securityhub';
import type { Administrator, TargetAddress } from '../membership.js';
import type { NodeHttpHandler } from '@smithy/node-http-handler';
import { customEndpoint } from './customEndpoint.js';
import { credentialsByAdministrator } from './credentials.js';
import type { Credentials, CredentialSources } from './credentialSources.js';
import { withReadableTimes } from './readableTimes.js';
import { sendOnce } from './sendOnce.js';
import type { SharedCredentials } from './sharedCredentials.js';

/** The client for a target, created on first use. Null: its administrator is not configured. */
export interface Clients {
  guardDuty(target: TargetAddress): GuardDutyClient | null;
  securityHub(target: TargetAddress): SecurityHubClient | null;
  /** The credentials that the clients of an administrator share. */
  credentials(administrator: string): SharedCredentials | null;
}

/** The settings of a client. */
interface ClientSettings {
  readonly region: string;
  readonly credentials: () => Promise<Credentials>;
  readonly requestHandler: NodeHttpHandler;
  readonly retryStrategy: typeof sendOnce;
  readonly endpoint?: string;
  readonly useFipsEndpoint?: false;
  readonly useDualstackEndpoint?: false;
}

/** Clients by administrator, service and region. All clients of an administrator share its credentials. */
export function createClients(
  administrators: readonly Administrator[],
  sources: CredentialSources & { readonly serviceRequestHandler: NodeHttpHandler },
): Clients {
  const shared = credentialsByAdministrator(administrators, sources);
  const { endpoint, serviceRequestHandler } = sources;

  function cacheOf<Client>(create: (settings: ClientSettings) => Client) {
    const clients = new Map<string, Client>();
    return ({ administrator, region }: TargetAddress): Client | null => {
      const credentials = shared.get(administrator);
      if (credentials === undefined) {
        return null;
      }
      const key = JSON.stringify([administrator, region]);
      const known = clients.get(key);
      if (known !== undefined) {
        return known;
      }
      const client = create({
        region,
        credentials: async () => readEachTime(await credentials.get(region)),
        requestHandler: serviceRequestHandler,
        retryStrategy: sendOnce,
        ...customEndpoint(endpoint),
      });
      clients.set(key, client);
      return client;
    };
  }

  return {
    credentials: (administrator) => shared.get(administrator) ?? null,
    guardDuty: cacheOf((settings) => new GuardDutyClient(settings)),
    securityHub: cacheOf(
      (settings) => new SecurityHubClient({ ...settings, streamCollector: withReadableTimes }),
    ),
  };
}

/**
 * The credentials with an expiry that is over: a client asks for such ones before each request. Others it would keep, the
 * ones without an expiry for ever.
 */
function readEachTime(credentials: Credentials): Credentials {
  return { ...credentials, expiration: new Date(0) };
}
