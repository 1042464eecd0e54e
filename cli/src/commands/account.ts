import { type CommonFlags, createContext, type Surroundings } from '../context.js';
import { EXIT, type ExitStatus } from '../faults.js';
import { MEMBER_COLUMNS } from './members.js';
import { OUTCOME_COLUMNS } from '../requests/showRequest.js';

/** The flags of account. */
export interface AccountFlags extends CommonFlags {
  readonly administrator?: string;
  readonly maxAge?: number;
  readonly limit: number;
}

/** `mgw account`: where an account is a member now, and its newest outcomes. */
export async function showAccount(
  accountId: string,
  flags: AccountFlags,
  surroundings: Surroundings,
): Promise<ExitStatus> {
  const { client, output, signal } = await createContext(flags, surroundings);
  const { members, outcomes } = await client.account(
    {
      accountId,
      administrator: flags.administrator ?? null,
      maxAgeSeconds: flags.maxAge ?? null,
      first: flags.limit,
    },
    { signal },
  );
  const known = members.filter((member) => member !== null);
  await output.list({ type: 'member', columns: MEMBER_COLUMNS, rows: known });
  if (output.format !== 'csv' && outcomes.nodes.length > 0) {
    if (output.format === 'table') {
      await output.raw('\n');
    }
    const columns = [
      { name: 'settledAt', of: (outcome: (typeof outcomes.nodes)[number]) => outcome.settledAt },
      { name: 'operation', of: (outcome: (typeof outcomes.nodes)[number]) => outcome.operation },
      ...OUTCOME_COLUMNS.slice(1),
    ];
    await output.list({ type: 'outcome', columns, rows: outcomes.nodes });
  }
  return EXIT.done;
}
