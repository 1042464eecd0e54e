import { Prisma } from '../../../generated/client.js';
import { RETRYABLE_REASONS, STATUSES_WITH_REASON } from '../../../membership.js';
import type { ExportColumn } from '../../../ports/exports.js';
import type { TextColumn } from '../../../ports/pages.js';
import { literals } from '../../sql/literals.js';
import { SENDS } from './sends.js';

/** Text of JSON, or an SQL expression for such text. `isShared`: the same for all outcomes of a target. */
type Fragment = string | { readonly sql: Prisma.Sql; readonly isShared: boolean };

/**
 * The JSON value of each column, from the rows o of outcome, t of target, l of lane and a of request_account. Fragments are
 * concatenated, which costs half of row_to_json. Only texts of callers and services can need an escape, hence to_json.
 */
const COLUMNS: Readonly<Record<ExportColumn, readonly Fragment[]>> = {
  __typename: ['"Outcome"'],
  id: ['"outcome_', ofOutcome(Prisma.sql`o.target_id`), '_', ofOutcome(Prisma.sql`o.account_id`), '"'],
  accountId: ['"', ofOutcome(Prisma.sql`o.account_id`), '"'],
  email: [ofOutcome(Prisma.sql`COALESCE(to_json(a.email)::text, 'null')`)],
  operation: ['"', ofTarget(Prisma.sql`t.operation`), '"'],
  administrator: [ofTarget(Prisma.sql`to_json(l.administrator)`)],
  service: ['"', ofTarget(Prisma.sql`l.service`), '"'],
  region: [ofTarget(Prisma.sql`to_json(l.region)`)],
  status: ['"', ofOutcome(Prisma.sql`o.status`), '"'],
  reasonCode: [ofOutcome(Prisma.sql`COALESCE('"' || o.reason_code || '"', 'null')`)],
  reason: [ofOutcome(Prisma.sql`COALESCE(to_json(o.reason)::text, 'null')`)],
  // The SQL of `mayBeRetried` (services/answers/retryPolicy.ts).
  retryable: [
    ofOutcome(Prisma.sql`
      COALESCE(o.status IN (${literals(STATUSES_WITH_REASON)}) AND o.reason_code IN (${literals(RETRYABLE_REASONS)}), false)`),
  ],
  sends: [ofOutcome(SENDS)],
  // Cut to milliseconds, as JavaScript does.
  settledAt: [
    ofOutcome(Prisma.sql`
      COALESCE(to_char(o.settled_at AT TIME ZONE 'UTC', '"\\""YYYY-MM-DD"T"HH24:MI:SS.MS"Z\\""'), 'null')`),
  ],
  requestId: ['"request_', ofTarget(Prisma.sql`t.request_id`), '"'],
  callId: [ofOutcome(Prisma.sql`COALESCE('"call_' || o.call_ids[cardinality(o.call_ids)] || '"', 'null')`)],
};

/** SQL that writes an outcome as a JSON object. */
export interface OutcomeText {
  /** Columns of the relation `t`: texts that all outcomes of a target share. */
  readonly targetColumns: readonly Prisma.Sql[];
  /** The object of the outcome `o` of the target `t`. */
  readonly object: Prisma.Sql;
}

/**
 * The SQL for these columns. The cost grows with the number of `||`, so all fragments between two expressions of an outcome
 * become one text; if such a text has an expression of the target, it is written once per target.
 */
export function writeOutcome(columns: readonly TextColumn<ExportColumn>[]): OutcomeText {
  const targetColumns: Prisma.Sql[] = [];
  const object: (string | Prisma.Sql)[] = [];
  let shared: Fragment[] = ['{'];
  const endShared = (): void => {
    const texts = shared.map((fragment) => (typeof fragment === 'string' ? fragment : fragment.sql));
    if (shared.every((fragment) => typeof fragment === 'string')) {
      object.push(...texts);
    } else {
      const name = Prisma.raw(`shared_${targetColumns.length}`);
      targetColumns.push(Prisma.sql`${concatenate(texts)} AS ${name}`);
      object.push(Prisma.sql`t.${name}`);
    }
    shared = [];
  };

  columns.forEach(({ as, column }, index) => {
    shared.push(`${index === 0 ? '' : ','}"${as}":`);
    for (const fragment of COLUMNS[column]) {
      if (typeof fragment === 'string' || fragment.isShared) {
        shared.push(fragment);
      } else {
        endShared();
        object.push(fragment.sql);
      }
    }
  });
  shared.push('}');
  endShared();
  return { targetColumns, object: concatenate(object) };
}

/** One expression for all fragments; consecutive strings become one literal. */
function concatenate(fragments: readonly (string | Prisma.Sql)[]): Prisma.Sql {
  const terms: Prisma.Sql[] = [];
  let text = '';
  const endText = (): void => {
    if (text !== '') {
      terms.push(Prisma.raw(`'${text}'`));
    }
    text = '';
  };
  for (const fragment of fragments) {
    if (typeof fragment === 'string') {
      text += fragment;
    } else {
      endText();
      terms.push(fragment);
    }
  }
  endText();
  return Prisma.join(terms, ' || ');
}

function ofOutcome(sql: Prisma.Sql): Fragment {
  return { sql, isShared: false };
}

function ofTarget(sql: Prisma.Sql): Fragment {
  return { sql, isShared: true };
}
