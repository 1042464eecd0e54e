import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { GatewayError } from '../../errors.js';
import { CLUSTER_USER } from './cluster.js';

/** Index of the line of postmaster.pid with the port. */
const PORT_LINE = 3;

/**
 * The connection string of the embedded database that a gateway runs on this data directory.
 *
 * @throws GatewayError `UNAVAILABLE` when that database does not run yet.
 */
export async function runningPostgresUrl(dataDir: string): Promise<string> {
  const home = join(dataDir, 'postgres');
  try {
    const password = (await readFile(join(home, 'password'), 'utf8')).trim();
    const port = (await readFile(join(home, 'cluster', 'postmaster.pid'), 'utf8')).split('\n')[PORT_LINE];
    return `postgresql://${CLUSTER_USER}:${password}@127.0.0.1:${port ?? ''}/postgres`;
  } catch (cause) {
    throw new GatewayError('UNAVAILABLE', `the database of the gateway in ${dataDir} is not running yet`, {
      cause,
    });
  }
}
