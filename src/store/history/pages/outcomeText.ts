import { Prisma } from '../../../generated/client.js';
import { RETRYABLE_REASONS, STATUSES_WITH_REASON } from '../../../membership.js';
import type { ExportColumn, ExportFormat } from '../../../ports/exports.js';
import type { TextColumn } from '../../../ports/pages.js';
import { literals } from '../../sql/literals.js';
import { SENDS } from './sends.js';

/** Text, or an SQL expression for text. `isShared`: the same for all outcomes of a target. */
type Fragment = string | { readonly sql: Prisma.Sql; readonly isShared: boolean };

/**
 * The value of a column. Fragments are concatenated, which costs half of row_to_json.
 *
 * - `VALUE`: a number or a truth value.
 * - `NAME`: text that needs no escape.
 * - `TEXT`: text of a caller, a service or an operator, in one expression; may be null.
 */
interface Value {
  readonly kind: 'VALUE' | 'NAME' | 'TEXT';
  readonly fragments: readonly Fragment[];
  /** Of a name in one expression. */
  readonly mayBeNull?: true;
}

/** The columns, from the rows o of outcome, t of target, l of lane and a of request_account. */
const COLUMNS: Readonly<Record<ExportColumn, Value>> = {
  __typename: name('Outcome'),
  id: name('outcome_', ofOutcome(Prisma.sql`o.target_id`), '_', ofOutcome(Prisma.sql`o.account_id`)),
  accountId: name(ofOutcome(Prisma.sql`o.account_id`)),
  email: text(ofOutcome(Prisma.sql`a.email`)),
  operation: name(ofTarget(Prisma.sql`t.operation`)),
  administrator: text(ofTarget(Prisma.sql`l.administrator`)),
  service: name(ofTarget(Prisma.sql`l.service`)),
  region: text(ofTarget(Prisma.sql`l.region`)),
  status: name(ofOutcome(Prisma.sql`o.status`)),
  reasonCode: nameOrNull(ofOutcome(Prisma.sql`o.reason_code`)),
  reason: text(ofOutcome(Prisma.sql`o.reason`)),
  // The SQL of `mayBeRetried` (services/answers/retryPolicy.ts).
  retryable: value(
    ofOutcome(Prisma.sql`
      COALESCE(o.status IN (${literals(STATUSES_WITH_REASON)}) AND o.reason_code IN (${literals(RETRYABLE_REASONS)}), false)`),
  ),
  sends: value(ofOutcome(SENDS)),
  // Cut to milliseconds, as JavaScript does.
  settledAt: nameOrNull(
    ofOutcome(Prisma.sql`to_char(o.settled_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`),
  ),
  requestId: name('request_', ofTarget(Prisma.sql`t.request_id`)),
  callId: nameOrNull(ofOutcome(Prisma.sql`'call_' || o.call_ids[cardinality(o.call_ids)]`)),
};

/** How the text of an outcome is put together. */
interface Format {
  readonly begin: string;
  readonly end: string;
  /** What comes before the value of a column. */
  readonly before: (column: string, index: number) => string;
  readonly write: (value: Value) => readonly Fragment[];
}

/** What makes a value in CSV need quotes. */
const NEEDS_QUOTES = Prisma.sql`'[",\\r\\n]|^[=+@\\t＝＋－＠-]'`;

/** The beginning of a value that a spreadsheet would run as a formula. */
const FORMULA = Prisma.sql`'^[=+@\\t\\r＝＋－＠-]'`;

/** An object in JSON, or a record in CSV (RFC 4180) in which an apostrophe comes before what a spreadsheet would run as a formula. */
const FORMATS: Readonly<Record<ExportFormat, Format>> = {
  JSON: {
    begin: '{',
    end: '}',
    before: (column, index) => `${index === 0 ? '' : ','}"${column}":`,
    write({ kind, fragments, mayBeNull }) {
      switch (kind) {
        case 'VALUE':
          return fragments;
        case 'NAME':
          return mayBeNull
            ? wrap(fragments, (sql) => Prisma.sql`COALESCE('"' || ${sql} || '"', 'null')`)
            : ['"', ...fragments, '"'];
        case 'TEXT':
          return wrap(fragments, (sql) => Prisma.sql`COALESCE(to_json(${sql})::text, 'null')`);
      }
    },
  },
  CSV: {
    begin: '',
    end: '',
    before: (_column, index) => (index === 0 ? '' : ','),
    write({ kind, fragments, mayBeNull }) {
      if (kind === 'TEXT') {
        return wrap(
          fragments,
          (sql) => Prisma.sql`COALESCE(CASE
            WHEN ${sql} ~ ${NEEDS_QUOTES}
            THEN '"' || CASE WHEN ${sql} ~ ${FORMULA} THEN '''' ELSE '' END || replace(${sql}, '"', '""') || '"'
            ELSE ${sql}
          END, '')`,
        );
      }
      return mayBeNull ? wrap(fragments, (sql) => Prisma.sql`COALESCE(${sql}::text, '')`) : fragments;
    },
  },
};

/** SQL that writes an outcome. */
export interface OutcomeText {
  /** Columns of the relation `t`: texts that all outcomes of a target share. */
  readonly targetColumns: readonly Prisma.Sql[];
  /** The text of the outcome `o` of the target `t`. */
  readonly outcome: Prisma.Sql;
}

/**
 * The SQL for these columns. The cost grows with the number of `||`, so all fragments between two expressions of an outcome
 * become one text; if such a text has an expression of the target, it is written once per target.
 */
export function writeOutcome(
  columns: readonly TextColumn<ExportColumn>[],
  format: ExportFormat = 'JSON',
): OutcomeText {
  const { begin, end, before, write } = FORMATS[format];
  const targetColumns: Prisma.Sql[] = [];
  const outcome: (string | Prisma.Sql)[] = [];
  let shared: Fragment[] = [begin];
  const endShared = (): void => {
    const texts = shared.map((fragment) => (typeof fragment === 'string' ? fragment : fragment.sql));
    if (shared.every((fragment) => typeof fragment === 'string')) {
      outcome.push(...texts);
    } else {
      const name = Prisma.raw(`shared_${targetColumns.length}`);
      targetColumns.push(Prisma.sql`${concatenate(texts)} AS ${name}`);
      outcome.push(Prisma.sql`t.${name}`);
    }
    shared = [];
  };

  columns.forEach(({ as, column }, index) => {
    shared.push(before(as, index));
    for (const fragment of write(COLUMNS[column])) {
      if (typeof fragment === 'string' || fragment.isShared) {
        shared.push(fragment);
      } else {
        endShared();
        outcome.push(fragment.sql);
      }
    }
  });
  shared.push(end);
  endShared();
  return { targetColumns, outcome: concatenate(outcome) };
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

/** The fragments with each expression changed. */
function wrap(fragments: readonly Fragment[], change: (sql: Prisma.Sql) => Prisma.Sql): Fragment[] {
  return fragments.map((fragment) =>
    typeof fragment === 'string' ? fragment : { ...fragment, sql: change(fragment.sql) },
  );
}

function value(fragment: Fragment): Value {
  return { kind: 'VALUE', fragments: [fragment] };
}

function name(...fragments: Fragment[]): Value {
  return { kind: 'NAME', fragments };
}

function nameOrNull(fragment: Fragment): Value {
  return { kind: 'NAME', fragments: [fragment], mayBeNull: true };
}

function text(fragment: Fragment): Value {
  return { kind: 'TEXT', fragments: [fragment] };
}

function ofOutcome(sql: Prisma.Sql): Fragment {
  return { sql, isShared: false };
}

function ofTarget(sql: Prisma.Sql): Fragment {
  return { sql, isShared: true };
}
