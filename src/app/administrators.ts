import type { Config } from '../config/loadConfig.js';
import type { Administrator } from '../membership.js';
import { whoAmI } from '../upstream/identity.js';
import type { UpstreamAccess } from './upstream.js';

/**
 * The administrators that the gateway acts as. Without ADMINISTRATORS_FILE there is one, `default`: the account of the
 * credentials, as STS GetCallerIdentity names it.
 *
 * @throws what `whoAmI` throws when STS does not answer.
 */
export async function configuredAdministrators(
  config: Config,
  access: UpstreamAccess,
): Promise<readonly Administrator[]> {
  if (config.administrators !== null) {
    return config.administrators;
  }
  const [region = ''] = config.defaultRegions;
  return [
    {
      id: 'default',
      accountId: await whoAmI({ region, ...access }),
      roleArn: null,
      externalId: null,
      services: ['GUARDDUTY', 'SECURITY_HUB'],
      regions: config.defaultRegions,
      detectorIds: {},
    },
  ];
}
