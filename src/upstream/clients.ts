import { GuardDutyClient } from '@aws-sdk/client-guardduty';
import { SecurityHubClient } from '@aws-sdk/client-securityhub';
import type { Administrator, TargetAddress } from '../membership.js';
import { credentialsOf, type CredentialProvider, type CredentialSources } from './credentials.js';

/** The SDK's own default for reads, named because AWS_MAX_ATTEMPTS could change it. */
const READ_ATTEMPTS = 3;

/** The clients of one target. The SDK sets attempts per client, so there are two (about 17 kB each). */
export interface ClientPair<Client> {
  /** Sends once: each attempt of a change has its own row in the record (docs/decisions/0003). */
  readonly changes: Client;
  /** Tries READ_ATTEMPTS times: reading twice does no harm. */
  readonly reads: Client;
}

/** The clients of every target, made when first asked for. Null: no such administrator is configured. */
export interface Clients {
  guardDuty(target: TargetAddress): ClientPair<GuardDutyClient> | null;
  securityHub(target: TargetAddress): ClientPair<SecurityHubClient> | null;
}

/** What every client is configured with. */
interface ClientSettings {
  readonly region: string;
  readonly credentials: CredentialProvider;
  readonly requestHandler: CredentialSources['requestHandler'];
  readonly maxAttempts: number;
  readonly retryMode: 'standard';
  readonly endpoint?: string;
}

/** A cache of clients by (administrator, service, region); credentials are shared per administrator. */
export function createClients(administrators: readonly Administrator[], sources: CredentialSources): Clients {
  const providers = new Map(
    administrators.map((administrator) => [administrator.id, credentialsOf(administrator, sources)]),
  );
  const { endpoint, requestHandler } = sources;

  function cacheOf<Client>(create: (settings: ClientSettings) => Client) {
    const pairs = new Map<string, ClientPair<Client>>();
    return ({ administrator, region }: TargetAddress): ClientPair<Client> | null => {
      const credentials = providers.get(administrator);
      if (credentials === undefined) return null;
      const key = JSON.stringify([administrator, region]);
      const known = pairs.get(key);
      if (known !== undefined) return known;
      const settings = {
        region,
        credentials,
        requestHandler,
        retryMode: 'standard',
        ...(endpoint === null ? {} : { endpoint }),
      } as const;
      const pair = {
        changes: create({ ...settings, maxAttempts: 1 }),
        reads: create({ ...settings, maxAttempts: READ_ATTEMPTS }),
      };
      pairs.set(key, pair);
      return pair;
    };
  }

  return {
    guardDuty: cacheOf((settings) => new GuardDutyClient(settings)),
    securityHub: cacheOf((settings) => new SecurityHubClient(settings)),
  };
}
