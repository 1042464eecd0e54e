import { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import type { Caller } from '../../membership.js';
import type { ExportFormat, ExportOutcomes, Parameters } from '../../ports/exports.js';
import type { Charge } from '../../services/access/budget.js';
import { EXPORT_COLUMNS } from '../../services/history/exportOutcomes.js';
import { waitToPay } from '../../services/access/waitToPay.js';
import type { WatchCredential } from '../../services/access/credentialWatch.js';
import { type Gate, noCredentials } from '../request/gate.js';
import { credentialOf } from '../request/requestInfo.js';
import { STREAM_HEADERS } from '../request/streamHeaders.js';

/** The cost of an export, in points of the caller's budget: that of ten pages of the largest size. */
const EXPORT_POINTS = 1_000;

/** The cost of each row, in points: gateway and PostgreSQL take about 10 microseconds for one. */
const ROW_POINTS = 0.5;

/** What the export routes work with. */
export interface ExportDependencies {
  readonly gate: Gate;
  readonly charge: Charge;
  readonly watchCredential: WatchCredential;
  /** Records that the caller named administrators that are not granted to it. */
  readonly denied: (caller: Caller, field: string, administrators: readonly string[]) => void;
  readonly exportOutcomes: ExportOutcomes;
}

interface Format {
  readonly file: string;
  readonly type: string;
  /** How each outcome is written. */
  readonly outcomes: ExportFormat;
  readonly lineEnd: string;
  /** The line before the first outcome; null for none. */
  readonly header: string | null;
}

const FORMATS: readonly Format[] = [
  {
    file: 'outcomes.csv',
    type: 'text/csv; charset=utf-8; header=present',
    outcomes: 'CSV',
    lineEnd: '\r\n',
    header: EXPORT_COLUMNS.join(','),
  },
  {
    file: 'outcomes.jsonl',
    type: 'application/jsonl; charset=utf-8',
    outcomes: 'JSON',
    lineEnd: '\n',
    header: null,
  },
];

/**
 * Registers GET /export/outcomes.csv (RFC 4180, with a header) and GET /export/outcomes.jsonl: all outcomes that match the
 * query parameters, newest first. The database is read as fast as the client reads and its caller's budget allows, and no further
 * once it disconnects.
 *
 * An error before the first row gets its HTTP status. After it, an error or the end of the caller's credential cuts the
 * connection, so that a client cannot take the rows so far for the whole export.
 */
export function registerExport(app: FastifyInstance, dependencies: ExportDependencies): void {
  const { gate, charge, watchCredential, exportOutcomes } = dependencies;
  for (const format of FORMATS) {
    const url = `/export/${format.file}`;
    app.get<{ Querystring: Parameters }>(url, { onRequest: gate }, async (request, reply) => {
      const requestInfo = request.requestInfo;
      if (requestInfo?.caller == null) {
        throw noCredentials();
      }
      const { caller } = requestInfo;
      noteForeign(dependencies, caller, request.query);
      const { batches: all, ended } = exportOutcomes(caller, request.query, format.outcomes);
      const batches = all[Symbol.asyncIterator]();
      await charge(caller, EXPORT_POINTS);
      // Before the status is sent, since the first read may fail.
      const first = await batches.next();
      const closed = new AbortController();
      const pay = (rows: number): Promise<boolean> =>
        waitToPay({ charge, caller, points: Math.ceil(rows * ROW_POINTS) }, closed.signal);
      const text = Readable.from(textOf(format, paid(first, batches, pay)), { objectMode: false });
      const watch = watchCredential(credentialOf(requestInfo));
      void Promise.race([watch.ended, ended]).then((error) => text.destroy(error));
      // Closes in every case, also when nothing of the text was read.
      text.once('close', () => {
        closed.abort();
        watch.close();
        void batches.return?.();
      });
      // By HTTP/1.0, which nginx speaks by default, an orderly end of the connection is the end of a whole answer.
      text.once('error', () => reply.raw.socket?.resetAndDestroy());
      return reply
        .headers(STREAM_HEADERS)
        .header('content-type', format.type)
        .header('content-disposition', `attachment; filename="${format.file}"`)
        .send(text);
    });
  }
}

/** Records a query for an administrator that is not granted to the caller. */
function noteForeign({ denied }: ExportDependencies, caller: Caller, { administrator }: Parameters): void {
  const granted = caller.administrators;
  if (granted === null || typeof administrator !== 'string' || granted.includes(administrator)) {
    return;
  }
  denied(caller, 'GET /export', [administrator]);
}

async function* textOf(
  { header, lineEnd }: Format,
  batches: AsyncIterable<readonly string[]>,
): AsyncGenerator<string> {
  if (header !== null) {
    yield `${header}${lineEnd}`;
  }
  for await (const batch of batches) {
    yield `${batch.join(lineEnd)}${lineEnd}`;
  }
}

/** The first batch and the others, each once its rows are paid for. */
async function* paid(
  first: IteratorResult<readonly string[]>,
  batches: AsyncIterator<readonly string[]>,
  pay: (rows: number) => Promise<boolean>,
): AsyncGenerator<readonly string[]> {
  for (let batch = first; batch.done !== true; batch = await batches.next()) {
    if (!(await pay(batch.value.length))) {
      return;
    }
    yield batch.value;
  }
}
