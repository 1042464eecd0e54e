import type { Client } from 'membership-gateway-client';
import { type CommonFlags, createContext, type Surroundings } from '../context.js';
import { EXIT, type ExitStatus } from '../faults.js';
import type { Column } from '../output/output.js';

type Coverage = Awaited<ReturnType<Client['coverage']>>;
type Gap = Coverage['gaps'][number];

/** The flags of coverage. */
export interface CoverageFlags extends CommonFlags {
  readonly administrator?: string;
  readonly account?: readonly string[];
}

const TARGET_COLUMNS: readonly Column<Coverage['targets'][number]>[] = [
  { name: 'service', of: ({ service }) => service },
  { name: 'region', of: ({ region }) => region },
  { name: 'members', of: ({ members }) => members },
  {
    name: 'statuses',
    of: ({ statuses }) => statuses.map(({ status, members }) => `${status} ${members}`).join(', '),
  },
  { name: 'observedAt', of: ({ observedAt }) => observedAt },
  { name: 'reasonCode', of: ({ reasonCode }) => reasonCode },
];

const GAP_COLUMNS: readonly Column<Gap>[] = [
  { name: 'accountId', of: ({ accountId }) => accountId },
  {
    name: 'enabledIn',
    of: ({ enabledIn }) => enabledIn.map(({ service, region }) => `${service} ${region}`).join('; '),
  },
  {
    name: 'missingIn',
    of: ({ missingIn }) =>
      missingIn.map(({ service, region, status }) => `${service} ${region} ${status}`).join('; '),
  },
];

const PAGE = 100;

/** `mgw coverage`: accounts that are enabled in one place and not in another. CSV has the accounts alone. */
export async function showCoverage(flags: CoverageFlags, surroundings: Surroundings): Promise<ExitStatus> {
  const { client, output, signal } = await createContext(flags, surroundings);
  const variables = {
    administrator: flags.administrator ?? null,
    accountIds: flags.account === undefined ? null : [...flags.account],
    first: PAGE,
  };
  const page = await client.coverage(variables, { signal });
  if (output.format !== 'csv') {
    await output.list({ type: 'target', columns: TARGET_COLUMNS, rows: page.targets });
  }
  if (output.format === 'table' && page.gapCount > 0) {
    await output.raw('\n');
  }
  const rest = async (after: string): Promise<readonly Gap[]> =>
    (await client.coverage({ ...variables, after }, { signal })).gaps;
  await output.list({ type: 'gap', columns: GAP_COLUMNS, rows: gapsOf(page.gaps, rest) });
  output.note(`${page.gapCount} accounts are enabled in one place and not in another`);
  return EXIT.done;
}

async function* gapsOf(
  gaps: readonly Gap[],
  next: (after: string) => Promise<readonly Gap[]>,
): AsyncGenerator<Gap, void, undefined> {
  let page = gaps;
  for (;;) {
    yield* page;
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE) {
      return;
    }
    page = await next(last.accountId);
  }
}
