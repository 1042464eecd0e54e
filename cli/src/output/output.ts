import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { styleText } from 'node:util';
import { stringify } from 'csv-stringify/sync';
import { visible } from '../input/visible.js';

export type Format = 'table' | 'json' | 'csv';

/** A column of a table and of CSV. */
export interface Column<Row> {
  readonly name: string;
  readonly of: (row: Row) => Value;
}

type Value = string | number | boolean | null | undefined;

/** Rows of one kind, and how each format shows them. */
export interface Listing<Row> {
  /** `type` of each JSON line. */
  readonly type: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: Iterable<Row> | AsyncIterable<Row>;
}

/** What people and programs read: data on standard output, everything else on standard error. */
export interface Output {
  readonly format: Format;
  /** Writes all rows and returns their number. A table aligns its columns by the first rows. */
  list<Row extends object>(listing: Listing<Row>): Promise<number>;
  /** Writes a text as it is, such as a script or a secret. */
  raw(text: string): Promise<void>;
  /** Writes one JSON line; nothing in the other formats. */
  json(type: string, value: object): Promise<void>;
  /** A line for people on standard error; not with --quiet. */
  note(line: string): void;
  /** A line on standard error, also with --quiet. */
  warn(line: string): void;
}

/** Streams, and what they can show. */
export interface OutputOptions {
  readonly format: Format;
  readonly quiet: boolean;
  readonly color: boolean;
  readonly stdout: Writable;
  readonly stderr: Writable;
}

/** Rows that decide the widths of a table's columns. */
const ALIGNED_ROWS = 500;

/** Characters of text that are written at once. */
const CHUNK = 16_384;

export function createOutput({ format, quiet, color, stdout, stderr }: OutputOptions): Output {
  const write = async (text: string): Promise<void> => {
    if (!stdout.write(text)) {
      await once(stdout, 'drain');
    }
  };
  const warn = (line: string): void => {
    stderr.write(`${visible(line)}\n`);
  };
  return {
    format,
    raw: write,
    warn,
    note: (line) => {
      if (!quiet) {
        warn(line);
      }
    },
    async json(type, value) {
      if (format === 'json') {
        await write(jsonLine(type, value));
      }
    },
    async list(listing) {
      let text = '';
      let count = 0;
      for await (const line of linesOf(listing, format, color)) {
        text += line.text;
        count += line.rows;
        if (text.length > CHUNK) {
          await write(text);
          text = '';
        }
      }
      await write(text);
      return count;
    },
  };
}

/** Texts to write, and how many rows each one stands for. */
async function* linesOf<Row extends object>(
  { type, columns, rows }: Listing<Row>,
  format: Format,
  color: boolean,
): AsyncGenerator<{ text: string; rows: number }> {
  switch (format) {
    case 'json':
      for await (const row of rows) {
        yield { text: jsonLine(type, row), rows: 1 };
      }
      return;
    case 'csv':
      yield { text: csvLine(columns.map(({ name }) => name)), rows: 0 };
      for await (const row of rows) {
        yield { text: csvLine(columns.map(({ of }) => of(row))), rows: 1 };
      }
      return;
    case 'table':
      yield* tableOf(columns, rows, color);
  }
}

async function* tableOf<Row>(
  columns: readonly Column<Row>[],
  rows: Iterable<Row> | AsyncIterable<Row>,
  color: boolean,
): AsyncGenerator<{ text: string; rows: number }> {
  const names = columns.map(({ name }) => titleOf(name));
  const first: string[][] = [];
  const widths: number[] = [];
  for await (const row of rows) {
    const cells = columns.map(({ of }) => visible(String(of(row) ?? '-')));
    if (widths.length > 0) {
      yield { text: tableLine(cells, widths), rows: 1 };
    } else if (first.push(cells) === ALIGNED_ROWS) {
      widths.push(...widthsOf([names, ...first]));
      yield tableStart(names, first, { widths, color });
    }
  }
  if (widths.length === 0 && first.length > 0) {
    yield tableStart(names, first, { widths: widthsOf([names, ...first]), color });
  }
}

/** The title and the first rows. */
function tableStart(
  names: readonly string[],
  first: readonly (readonly string[])[],
  { widths, color }: { widths: readonly number[]; color: boolean },
): { text: string; rows: number } {
  const title = tableLine(names, widths);
  const shown = color ? `${styleText('bold', title.trimEnd(), { validateStream: false })}\n` : title;
  return { text: shown + first.map((cells) => tableLine(cells, widths)).join(''), rows: first.length };
}

function widthsOf(rows: readonly (readonly string[])[]): number[] {
  return (rows[0] ?? []).map((_, i) => Math.max(...rows.map((cells) => cells[i]?.length ?? 0)));
}

/** `ACCOUNT ID` for `accountId`. */
function titleOf(name: string): string {
  return name.replace(/[A-Z]/g, ' $&').toUpperCase();
}

function tableLine(cells: readonly string[], widths: readonly number[]): string {
  const padded = cells.map((cell, i) => (i === cells.length - 1 ? cell : cell.padEnd(widths[i] ?? 0)));
  return `${padded.join('  ').trimEnd()}\n`;
}

function jsonLine(type: string, value: object): string {
  return `${JSON.stringify({ type, ...value })}\n`;
}

/** A value that a spreadsheet would take for a formula gets an apostrophe in front. */
function csvLine(values: readonly Value[]): string {
  return stringify([[...values]], {
    record_delimiter: 'windows',
    escape_formulas: true,
    cast: { boolean: String },
  });
}
