import type { Config } from '../config/loadConfig.js';
import type { Administrator } from '../membership.js';
import type { KeyPair } from '../upstream/credentials.js';
import { whoAmI } from '../upstream/identity.js';

/**
 * The administrators the gateway acts as. Without a file that names them there is one: the account that the credentials
 * belong to, as STS says.
 *
 * @throws what `whoAmI` throws when STS does not answer.
 */
export async function configuredAdministrators(
  config: Config,
  endpoint: string | null,
  credentials: KeyPair | null,
): Promise<readonly Administrator[]> {
  if (config.administrators !== null) {
    return config.administrators;
  }
  const [region = ''] = config.defaultRegions;
  return [
    {
      id: 'default',
      accountId: await whoAmI({ region, endpoint, credentials }),
      roleArn: null,
      externalId: null,
      services: ['GUARDDUTY', 'SECURITY_HUB'],
      regions: config.defaultRegions,
      detectorIds: {},
    },
  ];
}
