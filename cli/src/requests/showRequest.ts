import type { Context } from '../context.js';
import { EXIT, type ExitStatus } from '../faults.js';
import type { Column } from '../output/output.js';
import { isFinal, type OutcomeState, type RequestState } from './requestState.js';

/** Outcomes that a table shows of a finished request; --json and --csv have them all. */
const SHOWN_OUTCOMES = 20;

type Target = RequestState['targets'][number];

const TARGET_COLUMNS: readonly Column<Target>[] = [
  { name: 'service', of: ({ service }) => service },
  { name: 'region', of: ({ region }) => region },
  { name: 'accounts', of: ({ counts }) => counts.total },
  { name: 'processed', of: ({ counts }) => counts.processed },
  { name: 'unprocessed', of: ({ counts }) => counts.unprocessed },
  { name: 'failed', of: ({ counts }) => counts.failed },
  { name: 'canceled', of: ({ counts }) => counts.canceled },
  { name: 'open', of: ({ counts }) => counts.pending + counts.inFlight },
];

type ShownOutcome = Pick<
  OutcomeState,
  'accountId' | 'service' | 'region' | 'status' | 'reasonCode' | 'retryable' | 'reason'
>;

/** The columns of an outcome, in a table and in CSV. */
export const OUTCOME_COLUMNS: readonly Column<ShownOutcome>[] = [
  { name: 'accountId', of: ({ accountId }) => accountId },
  { name: 'service', of: ({ service }) => service },
  { name: 'region', of: ({ region }) => region },
  { name: 'status', of: ({ status }) => status },
  { name: 'reasonCode', of: ({ reasonCode }) => reasonCode },
  { name: 'retryable', of: ({ retryable }) => retryable },
  { name: 'reason', of: ({ reason }) => reason },
];

/** Which outcomes to show, and which reasons count as done. */
export interface ShowOptions {
  readonly accept: readonly string[];
  /** Also those that are PROCESSED. */
  readonly all: boolean;
}

/**
 * Writes the request and its outcomes, and returns the exit status that it stands for. A table shows targets and the
 * first outcomes that are not done; CSV has the outcomes alone; JSON lines have the request, then its outcomes.
 */
export async function showRequest(
  context: Context,
  request: RequestState,
  options: ShowOptions,
): Promise<ExitStatus> {
  const { output } = context;
  const accepted = await countAccepted(context, request, options.accept);
  const { total, processed } = request.counts;
  const missing = total - processed - accepted;
  if (output.format === 'table') {
    await output.list({ type: 'target', columns: TARGET_COLUMNS, rows: request.targets });
  }
  await output.json('request', request);
  const wanted = options.all ? total : total - processed;
  if (wanted > 0 || output.format === 'csv') {
    await showOutcomes(context, request, options.all);
  }
  output.note(`${request.id} ${request.status}: ${summary(request, accepted)}`);
  if (!isFinal(request)) {
    return EXIT.done;
  }
  if (missing <= 0) {
    return EXIT.done;
  }
  return processed + accepted > 0 ? EXIT.incomplete : EXIT.failed;
}

async function showOutcomes(
  { client, output, signal }: Context,
  request: RequestState,
  all: boolean,
): Promise<void> {
  const status = all ? null : (['UNPROCESSED', 'FAILED', 'CANCELED'] as const);
  const filter = { requestId: request.id, ...(status === null ? {} : { status: [...status] }) };
  const outcomes = client.outcomes({ filter }, { signal });
  if (output.format !== 'table') {
    await output.list({ type: 'outcome', columns: OUTCOME_COLUMNS, rows: outcomes });
    return;
  }
  const first: OutcomeState[] = [];
  for await (const outcome of outcomes) {
    first.push(outcome);
    if (first.length > SHOWN_OUTCOMES && !all) {
      break;
    }
  }
  await output.raw('\n');
  await output.list({
    type: 'outcome',
    columns: OUTCOME_COLUMNS,
    rows: all ? first : first.slice(0, SHOWN_OUTCOMES),
  });
  if (!all && first.length > SHOWN_OUTCOMES) {
    output.note(`... and more: mgw request show ${request.id} --csv`);
  }
}

/** Outcomes that were not processed for a reason that counts as done. */
async function countAccepted(
  { client, signal }: Context,
  { id, counts }: RequestState,
  accept: readonly string[],
): Promise<number> {
  if (accept.length === 0 || counts.unprocessed + counts.failed === 0) {
    return 0;
  }
  const filter = {
    requestId: id,
    reasonCode: [...accept] as never[],
    status: ['UNPROCESSED' as const, 'FAILED' as const],
  };
  const rows = await client.statistics({ groupBy: ['STATUS'], filter }, { signal });
  return rows.reduce((sum, { outcomes }) => sum + outcomes, 0);
}

function summary({ counts }: RequestState, accepted: number): string {
  const open = counts.pending + counts.inFlight;
  const parts = [
    `${counts.processed} of ${counts.total} processed`,
    ...(counts.unprocessed > 0 ? [`${counts.unprocessed} unprocessed`] : []),
    ...(counts.failed > 0 ? [`${counts.failed} failed`] : []),
    ...(counts.canceled > 0 ? [`${counts.canceled} canceled`] : []),
    ...(accepted > 0 ? [`of these ${accepted} accepted`] : []),
    ...(open > 0 ? [`${open} open`] : []),
  ];
  return parts.join(', ');
}
