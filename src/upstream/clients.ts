import { GuardDutyClient } from '@aws-sdk/client-guardduty';
import { SecurityHubClient } from '@aws-sdk/client-securityhub';
import type { Administrator, TargetAddress } from '../membership.js';
import type { NodeHttpHandler } from '@smithy/node-http-handler';
import { customEndpoint } from './customEndpoint.js';
import { credentialsOf, type CredentialProvider, type CredentialSources } from './credentials.js';

/** The client for a target, created on first use. Null: its administrator is not configured. */
export interface Clients {
  guardDuty(target: TargetAddress): GuardDutyClient | null;
  securityHub(target: TargetAddress): SecurityHubClient | null;
}

/** The settings of a client. */
interface ClientSettings {
  readonly region: string;
  readonly credentials: CredentialProvider;
  readonly requestHandler: NodeHttpHandler;
  readonly maxAttempts: number;
  readonly retryMode: 'standard';
  readonly endpoint?: string;
  readonly useFipsEndpoint?: false;
  readonly useDualstackEndpoint?: false;
}

/** Clients by administrator, service and region. All clients of an administrator share its credentials. */
export function createClients(
  administrators: readonly Administrator[],
  sources: CredentialSources & { readonly serviceRequestHandler: NodeHttpHandler },
): Clients {
  const providers = new Map(
    administrators.map((administrator) => [administrator.id, credentialsOf(administrator, sources)]),
  );
  const { endpoint, serviceRequestHandler } = sources;

  function cacheOf<Client>(create: (settings: ClientSettings) => Client) {
    const clients = new Map<string, Client>();
    return ({ administrator, region }: TargetAddress): Client | null => {
      const credentials = providers.get(administrator);
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
        credentials,
        requestHandler: serviceRequestHandler,
        // The SDK sends once: each attempt takes its own turn, and each attempt of a change has its own row in the record
        // (docs/decisions/0003).
        maxAttempts: 1,
        retryMode: 'standard',
        ...customEndpoint(endpoint),
      });
      clients.set(key, client);
      return client;
    };
  }

  return {
    guardDuty: cacheOf((settings) => new GuardDutyClient(settings)),
    securityHub: cacheOf((settings) => new SecurityHubClient(settings)),
  };
}
