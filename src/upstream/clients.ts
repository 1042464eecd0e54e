import { GuardDutyClient } from '@aws-sdk/client-guardduty';
import { SecurityHubClient } from '@aws-sdk/client-securityhub';
import type { Administrator, TargetAddress } from '../membership.js';
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
  readonly requestHandler: CredentialSources['requestHandler'];
  readonly maxAttempts: number;
  readonly retryMode: 'standard';
  readonly endpoint?: string;
}

/** Clients by administrator, service and region. All clients of an administrator share its credentials. */
export function createClients(administrators: readonly Administrator[], sources: CredentialSources): Clients {
  const providers = new Map(
    administrators.map((administrator) => [administrator.id, credentialsOf(administrator, sources)]),
  );
  const { endpoint, requestHandler } = sources;

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
        requestHandler,
        // The SDK sends once: each attempt takes its own turn, and each attempt of a change has its own row in the record
        // (docs/decisions/0003).
        maxAttempts: 1,
        retryMode: 'standard',
        ...(endpoint === null ? {} : { endpoint }),
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
