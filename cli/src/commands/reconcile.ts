import type { Client } from 'membership-gateway-client';
import { type CommonFlags, createContext, type Surroundings } from '../context.js';
import { EXIT, type ExitStatus } from '../faults.js';
import { readAccounts } from '../input/readAccounts.js';
import type { Column } from '../output/output.js';
import { targetInput, type TargetFlags } from '../requests/targetFlags.js';
import { throwUserErrors } from '../requests/userErrors.js';

type ReconciledTarget = Awaited<ReturnType<Client['reconcile']>>['targets'][number];

/** The flags of reconcile. */
export interface ReconcileFlags extends CommonFlags, TargetFlags {
  readonly account?: readonly string[];
  readonly maxAge?: number;
  readonly limit: number;
}

/** What is to do for an account, in the order in which people do it. */
const KINDS = ['toCreate', 'toInvite', 'toRecreate', 'emailMissing', 'emailDiffers', 'unexpected'] as const;

interface Difference {
  readonly action: (typeof KINDS)[number];
  readonly accountId: string;
  readonly administrator: string;
  readonly service: string;
  readonly region: string;
  readonly memberStatus: string;
  readonly email: string | null;
  readonly memberEmail: string | null;
}

const COLUMNS: readonly Column<Difference>[] = [
  { name: 'action', of: ({ action }) => action },
  { name: 'accountId', of: ({ accountId }) => accountId },
  { name: 'service', of: ({ service }) => service },
  { name: 'region', of: ({ region }) => region },
  { name: 'memberStatus', of: ({ memberStatus }) => memberStatus },
  { name: 'email', of: ({ email }) => email },
  { name: 'memberEmail', of: ({ memberEmail }) => memberEmail },
];

/**
 * `mgw reconcile`: the differences between the accounts that should be members and those that are. The status is
 * `done` if there are none, else `incomplete`.
 */
export async function reconcile(
  files: readonly string[],
  flags: ReconcileFlags,
  surroundings: Surroundings,
): Promise<ExitStatus> {
  const targets = targetInput(flags);
  const { client, output, signal } = await createContext(flags, surroundings);
  const { accounts, notes } = await readAccounts({
    files,
    inline: flags.account ?? [],
    stdin: surroundings.stdin,
  });
  notes.forEach(output.note);
  const input = {
    ...targets,
    accounts: accounts.map(({ accountId, email }) => ({ accountId, email })),
    maxAgeSeconds: flags.maxAge ?? 0,
    limit: flags.limit,
  };
  const result = await client.reconcile({ input }, { signal });
  throwUserErrors(result.userErrors, accounts);
  await output.list({ type: 'difference', columns: COLUMNS, rows: result.targets.flatMap(differencesOf) });
  let complete = true;
  for (const target of result.targets) {
    output.note(lineOf(target));
    complete &&= target.reasonCode === null && KINDS.every((kind) => (target[kind]?.totalCount ?? 0) === 0);
  }
  return complete ? EXIT.done : EXIT.incomplete;
}

function differencesOf(target: ReconciledTarget): Difference[] {
  const { administrator, service, region } = target;
  return KINDS.flatMap((action) =>
    (target[action]?.accounts ?? []).map((account) => ({
      action,
      administrator,
      service,
      region,
      ...account,
    })),
  );
}

function lineOf(target: ReconciledTarget): string {
  const where = `${target.service} ${target.region}`;
  if (target.reasonCode !== null) {
    return `${where}: could not be read: ${target.reasonCode}: ${target.reason ?? ''}`;
  }
  const parts = KINDS.flatMap((kind) => {
    const count = target[kind]?.totalCount ?? 0;
    return count > 0 ? [`${kind} ${count}`] : [];
  });
  return `${where}: ${[`${target.upToDate ?? 0} up to date`, ...parts].join(', ')}`;
}
