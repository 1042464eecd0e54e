import type { Config } from '../config/loadConfig.js';
import { ConfigurationFaults } from '../errors.js';
import type { Log } from '../log.js';
import type { Administrator } from '../membership.js';
import { checkAccounts, whoAmI } from '../upstream/identity.js';
import type { UpstreamAccess } from './upstream.js';

/**
 * The administrators that the gateway acts as. Without ADMINISTRATORS_FILE there is one, `default`: the account of the
 * credentials, as STS GetCallerIdentity names it. With AWS, STS names the account of each administrator in the file; while
 * it does not answer, the start goes on, and nothing is sent with credentials whose account is not known
 * (docs/decisions/0034-who-an-administrator-is.md).
 *
 * @throws ConfigurationFaults when the account of an administrator is another one.
 * @throws what `whoAmI` throws when STS does not answer.
 */
export async function configuredAdministrators(
  config: Config,
  access: UpstreamAccess,
  log: Log,
): Promise<readonly Administrator[]> {
  const { administrators } = config;
  if (administrators !== null) {
    if (access.checkAccounts) {
      await requireAccounts(administrators, config.administratorLines, access, log);
    }
    return administrators;
  }
  return [
    {
      id: 'default',
      accountId: await whoAmI({ ...access, regions: config.defaultRegions }),
      roleArn: null,
      externalId: null,
      profile: null,
      services: ['GUARDDUTY', 'SECURITY_HUB'],
      regions: config.defaultRegions,
      detectorIds: {},
    },
  ];
}

async function requireAccounts(
  administrators: readonly Administrator[],
  lines: Config['administratorLines'],
  access: UpstreamAccess,
  log: Log,
): Promise<void> {
  const { faults, unknown } = await checkAccounts(administrators, access);
  if (faults.size > 0) {
    // The order of the file.
    throw new ConfigurationFaults(
      administrators.flatMap(({ id }) => {
        const fault = faults.get(id);
        return fault === undefined
          ? []
          : `ADMINISTRATORS_FILE: line ${lines.get(id)}: administrator ${id}: ${fault}`;
      }),
    );
  }
  for (const reason of unknown) {
    log.warn(
      { reason },
      'STS does not name the account of an administrator: nothing is sent for it until then',
    );
  }
}
