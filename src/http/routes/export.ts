import { Readable } from 'node:stream';
import { stringify } from 'csv-stringify/sync';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { GatewayError } from '../../errors.js';
import type { Caller } from '../../membership.js';
import type { ExportedOutcome, ExportOutcomes, Parameters } from '../../ports/exports.js';
import type { Charge } from '../../services/access/budget.js';
import type { WatchCredential } from '../../services/access/credentialWatch.js';
import { type Gate, noCredentials } from '../request/gate.js';
import { sendRefusal } from '../request/refusal.js';

/** What an export takes of a caller's budget: as much as ten of the largest pages. */
const EXPORT_POINTS = 1_000;

const COLUMNS: readonly (keyof ExportedOutcome)[] = [
  'id',
  'accountId',
  'email',
  'operation',
  'administrator',
  'service',
  'region',
  'status',
  'reasonCode',
  'reason',
  'retryable',
  'sends',
  'settledAt',
  'requestId',
  'callId',
];

/** What exports need. */
export interface ExportOptions {
  /** The same as for /graphql. */
  readonly gate: Gate;
  readonly charge: Charge;
  readonly watchCredential: WatchCredential;
  /** Notes that the caller asked for administrators that are not granted to it. */
  readonly denied: (caller: Caller, field: string, administrators: readonly string[]) => void;
  readonly exportOutcomes: ExportOutcomes;
}

interface Format {
  readonly file: string;
  readonly type: string;
  /** Null: nothing comes before the first row. */
  readonly header: string | null;
  readonly write: (outcomes: readonly ExportedOutcome[]) => string;
}

const FORMATS: readonly Format[] = [
  {
    file: 'outcomes.csv',
    type: 'text/csv; charset=utf-8; header=present',
    header: writeCsv([COLUMNS]),
    write: (outcomes) => writeCsv(outcomes.map((outcome) => COLUMNS.map((column) => outcome[column]))),
  },
  {
    file: 'outcomes.jsonl',
    type: 'application/jsonl; charset=utf-8',
    header: null,
    write: (outcomes) => outcomes.map((outcome) => `${JSON.stringify(outcome)}\n`).join(''),
  },
];

/**
 * GET /export/outcomes.csv (RFC 4180, with a header) and /export/outcomes.jsonl: all outcomes that meet the conditions given
 * as parameters, newest first. No more is read than the client takes, and a client that leaves ends the reading. What is
 * wrong from the beginning is answered as /graphql would, by a status; later the connection breaks off, since an export that
 * seemed whole would be worse: also when the credential it was asked with is good no longer.
 */
export function registerExport(app: FastifyInstance, options: ExportOptions): void {
  const { gate, charge, watchCredential, exportOutcomes } = options;
  for (const format of FORMATS) {
    const url = `/export/${format.file}`;
    app.get<{ Querystring: Parameters }>(url, { onRequest: gate }, async (request, reply) => {
      try {
        const caller = callerOf(request);
        noteForeign(options, caller, request.query);
        const parts = exportOutcomes(caller, request.query)[Symbol.asyncIterator]();
        await charge(caller, EXPORT_POINTS);
        // The first part tells whether there is an answer at all.
        const first = await parts.next();
        const text = Readable.from(textOf(format, first, parts), { objectMode: false });
        const standing = watchCredential({
          tokenId: caller.origin?.tokenId ?? null,
          expiresAt: request.requestInfo?.expiresAt ?? null,
        });
        void standing.ended.then((error) => text.destroy(error));
        // However it ends, and also when nothing of it was ever taken.
        text.once('close', () => {
          standing.close();
          void parts.return?.();
        });
        return await reply
          .header('content-type', format.type)
          .header('content-disposition', `attachment; filename="${format.file}"`)
          .header('cache-control', 'no-store')
          .send(text);
      } catch (error) {
        if (error instanceof GatewayError) {
          return sendRefusal(reply, error);
        }
        throw error;
      }
    });
  }
}

function callerOf({ requestInfo }: FastifyRequest): Caller {
  if (requestInfo?.caller) {
    return requestInfo.caller;
  }
  throw noCredentials();
}

function noteForeign({ denied }: ExportOptions, caller: Caller, { administrator }: Parameters): void {
  const granted = caller.administrators;
  if (granted === null || typeof administrator !== 'string' || granted.includes(administrator)) {
    return;
  }
  denied(caller, 'GET /export', [administrator]);
}

async function* textOf(
  { header, write }: Format,
  first: IteratorResult<readonly ExportedOutcome[]>,
  parts: AsyncIterator<readonly ExportedOutcome[]>,
): AsyncGenerator<string> {
  if (header !== null) {
    yield header;
  }
  for (let part = first; part.done !== true; part = await parts.next()) {
    yield write(part.value);
  }
}

/** Values that a spreadsheet would take for a formula get an apostrophe in front. */
function writeCsv(rows: readonly (readonly (string | number | boolean | null)[])[]): string {
  return stringify([...rows], {
    record_delimiter: 'windows',
    escape_formulas: true,
    cast: { boolean: String },
  });
}
