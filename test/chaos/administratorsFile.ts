import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';

/** The account that the gateways act as; the sandbox's credentials are its own. */
export const ADMINISTRATOR = '111122223333';

/** Where it has members. */
export const REGIONS = ['us-east-1', 'eu-west-1'] as const;

/** Writes a file that names the administrator: gateways that know it need not ask STS who they are before they start. */
export async function writeAdministratorsFile(): Promise<{ path: string; remove(): Promise<void> }> {
  const directory = await mkdtemp(join(tmpdir(), 'gateway-chaos-'));
  const path = join(directory, 'administrators.yaml');
  const services = ['GUARDDUTY', 'SECURITY_HUB'];
  const administrator = { id: 'default', accountId: ADMINISTRATOR, services, regions: [...REGIONS] };
  await writeFile(path, stringify({ administrators: [administrator] }));
  return { path, remove: () => rm(directory, { recursive: true }) };
}
