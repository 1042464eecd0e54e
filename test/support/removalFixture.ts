import { accounts } from './gateway.js';
import type { TestSandbox } from './sandboxControl.js';

/** The account of the sandbox's default administrator. */
export const OWN = '111122223333';
export const REGION = 'us-east-1';
/** Both services, as the wire names them. */
export const SERVICES = ['guardduty', 'securityhub'] as const;

/** So many ordinary account ids. */
export function members(count: number, first = 0): string[] {
  return accounts(count, first).map(({ accountId }) => accountId);
}

/** Has both services show the accounts with this status in a region, since the first of January. */
export async function seedMembers(
  sandbox: TestSandbox,
  accountIds: readonly string[],
  status = 'Enabled',
  region = REGION,
): Promise<void> {
  const since = { invitedAt: '2026-01-01T00:00:00.000Z', updatedAt: '2026-01-01T00:00:00.000Z' };
  for (const service of SERVICES) {
    await sandbox.seed(
      { account: OWN, region, service },
      accountIds.map((accountId) => ({ accountId, status, ...since })),
    );
  }
}
