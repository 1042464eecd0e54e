import type { Config } from '../config/loadConfig.js';
import { GatewayError } from '../errors.js';
import type { Log } from '../log.js';
import type { Administrator } from '../membership.js';
import { addressFaults } from '../upstream/addresses.js';
import { checkAccounts, whoAmI } from '../upstream/identity.js';
import type { UpstreamAccess } from './upstream.js';

/**
 * The administrators that the gateway acts as. Without ADMINISTRATORS_FILE there is one, `default`: the account of the
 * credentials, as STS GetCallerIdentity names it. With AWS, STS names the account of each administrator in the file; while
 * it does not answer, the start goes on, and nothing is sent with credentials whose account is not known
 * (docs/decisions/0034-who-an-administrator-is.md).
 *
 * @throws GatewayError `BAD_CONFIGURATION` when the account of an administrator is another one, or the SDK has no address for a service.
 * @throws what `whoAmI` throws when STS does not answer.
 */
export async function configuredAdministrators(
  config: Config,
  access: UpstreamAccess,
  log: Log,
): Promise<readonly Administrator[]> {
  const { administrators } = config;
  if (config.upstream === 'aws') {
    await requireAddresses(administrators?.flatMap(({ regions }) => regions) ?? config.defaultRegions);
  }
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

async function requireAddresses(regions: readonly string[]): Promise<void> {
  const faults = await addressFaults(regions);
  if (faults.length > 0) {
    throw new GatewayError(
      'BAD_CONFIGURATION',
      `the AWS SDK has no address for calls:\n${faults.map((fault) => `  ${fault}\n`).join('')}` +
        'Expected FIPS (AWS_USE_FIPS_ENDPOINT, use_fips_endpoint) and dual-stack (AWS_USE_DUALSTACK_ENDPOINT, use_dualstack_endpoint) ' +
        "without addresses other than AWS's (AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_*, endpoint_url), in variables and in the AWS configuration files.",
    );
  }
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
    const told = administrators.flatMap(({ id }) => {
      const fault = faults.get(id);
      return fault === undefined
        ? []
        : `  ADMINISTRATORS_FILE: line ${lines.get(id)}: administrator ${id}: ${fault}`;
    });
    throw new GatewayError(
      'BAD_CONFIGURATION',
      `STS names other accounts than the configuration:\n${told.join('\n')}`,
    );
  }
  for (const reason of unknown) {
    log.warn(
      { reason },
      'STS does not name the account of an administrator: nothing is sent for it until then',
    );
  }
}
