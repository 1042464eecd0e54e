import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** An administrators file with these ids and accounts, both services and one region; returns its path. */
export async function writeAdministrators(accountOf: Record<string, string>): Promise<string> {
  const directory = await mkdtemp(path.join(tmpdir(), 'administrators-'));
  const file = path.join(directory, 'administrators.yaml');
  const administrators = Object.entries(accountOf).map(([id, accountId]) => ({
    id,
    accountId,
    services: ['GUARDDUTY', 'SECURITY_HUB'],
    regions: ['us-east-1'],
  }));
  await writeFile(file, JSON.stringify({ administrators }, null, 2));
  return file;
}
