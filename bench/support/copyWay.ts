import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { Closers } from '../../src/closers.js';
import { openRecord, timed, type WriteRequest } from './record.js';

/** COPY of the same request with a row for each account at each target, from text that was made beforehand. */
export async function openCopyWay(closers: Closers, databaseUrl: string): Promise<WriteRequest> {
  const { lanes } = await openRecord(closers, databaseUrl);
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  closers.add('COPY', () => client.end());
  let targetId = 0;

  const copy = (table: string, columns: string, text: Buffer): Promise<void> =>
    pipeline(Readable.from([text]), client.query(copyFrom(`COPY ${table} (${columns}) FROM STDIN`)));

  return async (request) => {
    const { id, accounts, targets } = request;
    const total = accounts.length;
    const placed = targets.map((target) => ({ ...target, id: (targetId += 1), laneId: lanes.idOf(target) }));
    const texts = {
      request: lines([
        [
          id,
          request.operation,
          request.administrator,
          request.caller.id,
          request.caller.kind,
          request.inputHash,
          targets.length,
          targets.length * total,
        ],
      ]),
      accounts: lines(accounts.map((account) => [id, account.accountId, account.email ?? '\\N'])),
      targets: lines(
        placed.map((each) => [each.id, id, each.laneId, request.operation, each.batchKey, 'f', total, total]),
      ),
      queued: lines(
        placed.flatMap((target) =>
          accounts.map(({ accountId }) => [target.id, accountId, target.laneId, 'now', '{}']),
        ),
      ),
    };
    return timed(async () => {
      await client.query('BEGIN');
      await copy(
        'request',
        'id, operation, administrator, caller_id, caller_kind, input_hash, open_targets, total',
        texts.request,
      );
      await copy('request_account', 'request_id, account_id, email', texts.accounts);
      await copy(
        'target',
        'id, request_id, lane_id, operation, batch_key, detector_pinned, total, pending',
        texts.targets,
      );
      await copy('queued_account', 'target_id, account_id, lane_id, due_at, call_ids', texts.queued);
      await client.query('COMMIT');
    });
  };
}

function lines(rows: readonly (readonly (string | number)[])[]): Buffer {
  return Buffer.from(rows.map((row) => `${row.join('\t')}\n`).join(''));
}
