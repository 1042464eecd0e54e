import type { Config } from '../config/loadConfig.js';
import { ConfigurationFaults } from '../errors.js';
import { dataDirFault } from '../local/dataDirFault.js';
import { addressFaults } from '../upstream/addresses.js';
import { listenFault } from './listenAddress.js';

/**
 * Tries what the configuration names on this machine, before anything is started: address and port, the data directory, and the
 * addresses of AWS that the SDK makes.
 *
 * @throws ConfigurationFaults all faults together.
 */
export async function checkSurroundings(config: Config): Promise<void> {
  const found = await Promise.all([
    listenFault(config.host, config.port),
    needsDataDir(config) ? dataDirFault(config.dataDir) : null,
    config.upstream === 'aws' ? awsFaults(config) : null,
  ]);
  const faults = found.flat().filter((fault) => fault !== null);
  if (faults.length > 0) {
    throw new ConfigurationFaults(faults);
  }
}

/** The embedded database and the sandbox of this process keep their files there. */
function needsDataDir({ database, upstream, endpoint }: Config): boolean {
  return database === null || (upstream === 'sandbox' && endpoint === null);
}

async function awsFaults({ administrators, defaultRegions }: Config): Promise<string[]> {
  const faults = await addressFaults(administrators?.flatMap(({ regions }) => regions) ?? defaultRegions);
  return faults.map(
    (fault) =>
      `the AWS SDK has no address for ${fault}; expected FIPS (AWS_USE_FIPS_ENDPOINT, use_fips_endpoint) and dual-stack ` +
      "(AWS_USE_DUALSTACK_ENDPOINT, use_dualstack_endpoint) without addresses other than AWS's (AWS_ENDPOINT_URL, " +
      'AWS_ENDPOINT_URL_*, endpoint_url), in variables and in the AWS configuration files',
  );
}
