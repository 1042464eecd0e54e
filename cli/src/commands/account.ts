import { type Client, GatewayError } from 'membership-gateway-client';
import { type CommonFlags, createContext, type Surroundings } from '../context.js';
import { EXIT, type ExitStatus } from '../faults.js';
import { failureLines } from '../gatewayFailures.js';
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
  const variables = {
    accountId,
    administrator: flags.administrator ?? null,
    maxAgeSeconds: flags.maxAge ?? null,
    first: flags.limit,
  };
  let status: ExitStatus = EXIT.done;
  const { members, outcomes } = await client.account(variables, { signal }).catch((error: unknown) => {
    // A target that does not answer: the others are shown.
    if (!(error instanceof GatewayError) || !isPart(error.data)) {
      throw error;
    }
    failureLines(error).forEach(output.warn);
    status = EXIT.failed;
    return error.data.account;
  });
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
  return status;
}

type AccountAnswer = Awaited<ReturnType<Client['account']>>;

function isPart(data: unknown): data is { account: AccountAnswer } {
  return typeof data === 'object' && data !== null && 'account' in data && data.account !== null;
}
