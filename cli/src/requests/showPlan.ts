import type { Client } from 'membership-gateway-client';
import type { Context } from '../context.js';
import { EXIT, type ExitStatus } from '../faults.js';
import type { Column } from '../output/output.js';

export type Plan = NonNullable<Awaited<ReturnType<Client['createMembers']>>['plan']>;
export type RemovalPlan = NonNullable<Awaited<ReturnType<Client['deleteMembers']>>['plan']>;

interface PlannedAccount {
  readonly administrator: string;
  readonly service: string;
  readonly region: string;
  readonly accountId: string;
  readonly verdict: string;
  readonly memberStatus: string | null;
}

const COLUMNS: readonly Column<PlannedAccount>[] = [
  { name: 'accountId', of: ({ accountId }) => accountId },
  { name: 'service', of: ({ service }) => service },
  { name: 'region', of: ({ region }) => region },
  { name: 'verdict', of: ({ verdict }) => verdict },
  { name: 'memberStatus', of: ({ memberStatus }) => memberStatus },
];

/**
 * Writes what a request would do, one row for each account at each target, and returns `done` if all would be done,
 * else `incomplete`. A verdict that --accept names counts as done.
 */
export async function showPlan(
  context: Context,
  plan: Plan | RemovalPlan,
  accept: readonly string[],
): Promise<ExitStatus> {
  const { output } = context;
  const rows = plan.targets.flatMap(({ accounts, administrator, service, region }) =>
    accounts.map((account) => ({ administrator, service, region, ...account })),
  );
  const { targets, ...totals } = plan;
  await output.json('plan', {
    ...totals,
    targets: targets.map(({ accounts: _, ...target }) => target),
  });
  await output.list({ type: 'plannedAccount', columns: COLUMNS, rows });
  for (const { service, region, reasonCode, reason } of targets) {
    if (reasonCode !== null) {
      output.warn(`${service} ${region}: ${reasonCode}: ${reason ?? ''}`);
    }
  }
  const done = rows.filter(({ verdict }) => verdict.startsWith('WOULD_') || accept.includes(verdict));
  output.note(
    `dry run: ${done.length} of ${rows.length} would be done, in ${plan.calls} calls; nothing was sent`,
  );
  return done.length === rows.length ? EXIT.done : EXIT.incomplete;
}
