import { CsvError, parse } from 'csv-parse/sync';
import { type Columns, findColumns } from './columns.js';
import type { InputFault, Place, Row, Rows } from './rows.js';
import { trimBlanks } from './trimBlanks.js';
import { quoted, visible } from './visible.js';

/** Number of rows with wrong quotes after which the file is not read on: its quotes mean something else. */
const MAX_QUOTE_FAULTS = 100;

/** One row as the file has it. */
interface Line {
  readonly number: number;
  readonly cells: readonly string[];
}

/**
 * Reads CSV with commas, semicolons or tabs. The first row may name the columns, in any order and case; without names the
 * account comes first. Blank rows and rows that begin with `#` are comments. Rows have the numbers of a spreadsheet.
 */
export function csvRows(source: string, text: string): Rows {
  const normal = text.replace(/\r\n?/g, '\n');
  const at = (number: number): Place => ({ source, kind: 'row', number });
  const { lines, faults } = readLines(normal, at);
  const [first, ...others] = lines;
  if (first === undefined) {
    return { rows: [], faults, ignored: [] };
  }
  const header = findColumns(first.cells);
  if (header !== null) {
    return rowsBelow(header, first, others, { at, faults });
  }
  const columns = { ...guessColumns(first.cells), names: [] };
  const width = 2;
  const rows = lines.map((line) => toRow(line, columns, at));
  const wide = lines.flatMap((line) => {
    return tooWide(line, width, at, 'a header such as accountId,email would name the columns');
  });
  return { rows, faults: [...faults, ...wide], ignored: [] };
}

function rowsBelow(
  header: Columns,
  { cells, number }: Line,
  lines: readonly Line[],
  { at, faults }: { at: (number: number) => Place; faults: readonly InputFault[] },
): Rows {
  const wrong = [
    ...(header.accountId === -1
      ? [`expected a column accountId beside ${quoted(cells[header.email] ?? '')}`]
      : []),
    ...header.twice.map((name) => `expected one column ${quoted(name)}, got two`),
  ];
  if (wrong.length > 0) {
    const found = wrong.map((message) => ({ place: at(number), column: null, message }));
    return { rows: [], faults: [...found, ...faults], ignored: [] };
  }
  const wide = lines.flatMap((line) =>
    tooWide(line, cells.length, at, 'put quotes around a value with a comma'),
  );
  const rows = lines.map((line) => toRow(line, { ...header, names: cells }, at));
  return { rows, faults: [...faults, ...wide], ignored: header.ignored.map(visible) };
}

/** The first row decides: an e-mail address in its first cell alone means that the addresses come first. */
function guessColumns([first = '', second = '']: readonly string[]): Pick<Columns, 'accountId' | 'email'> {
  return first.includes('@') && !second.includes('@')
    ? { accountId: 1, email: 0 }
    : { accountId: 0, email: 1 };
}

function toRow(
  { number, cells }: Line,
  columns: Pick<Columns, 'accountId' | 'email'> & { readonly names: readonly string[] },
  at: (number: number) => Place,
): Row {
  const cell = (index: number, name: string) => ({
    column: `column ${index + 1} (${visible(columns.names[index] ?? name)})`,
    text: cells[index] ?? '',
  });
  return {
    place: at(number),
    accountId: cell(columns.accountId, 'accountId'),
    email: columns.email === -1 ? null : cell(columns.email, 'email'),
  };
}

function tooWide(
  { number, cells }: Line,
  width: number,
  at: (number: number) => Place,
  hint: string,
): InputFault[] {
  const extra = cells.findIndex((cell, i) => i >= width && cell !== '');
  if (extra === -1) {
    return [];
  }
  const message = `expected ${width} columns, got ${quoted(cells[extra] ?? '')} in another one; ${hint}`;
  return [{ place: at(number), column: `column ${extra + 1}`, message }];
}

/** Every row that has something in it. A row with wrong quotes is a fault, and the next row is read as if it were the first. */
function readLines(text: string, at: (number: number) => Place): { lines: Line[]; faults: InputFault[] } {
  const delimiter = delimiterOf(text);
  const lines: Line[] = [];
  const faults: InputFault[] = [];
  let rest = text;
  let read = 0;
  for (;;) {
    const { error, consumed, newlines } = readUntilFault(rest, delimiter, read, lines);
    read += newlines;
    if (error === null) {
      return { lines, faults };
    }
    const left = rest.slice(consumed);
    const comments = countComments(left);
    const number = read + comments + 1;
    faults.push({
      place: at(number),
      column: null,
      message: `${quoteFault(error)}, got ${quoted(left.split('\n', comments + 1)[comments] ?? '')}`,
    });
    rest = afterLines(left, comments + 1);
    read = number;
    if (faults.length === MAX_QUOTE_FAULTS) {
      const message = `${MAX_QUOTE_FAULTS} rows have wrong quotes; the rows from here on were not read`;
      return { lines, faults: [...faults, { place: at(number + 1), column: null, message }] };
    }
  }
}

/** Appends the rows to `lines`, up to the first one with wrong quotes. */
function readUntilFault(
  text: string,
  delimiter: string,
  before: number,
  lines: Line[],
): { error: CsvError | null; consumed: number; newlines: number } {
  let consumed = 0;
  let newlines = 0;
  const onRecord = ({ record, raw }: { record: string[]; raw: string }): null => {
    const number = before + newlines + countComments(raw) + 1;
    const cells = record.map(trimBlanks);
    if (cells.some((cell) => cell !== '')) {
      lines.push({ number, cells });
    }
    consumed += raw.length;
    newlines += raw.split('\n').length - 1;
    return null;
  };
  try {
    parse(text, {
      delimiter,
      record_delimiter: '\n',
      relax_column_count: true,
      skip_empty_lines: true,
      comment: '#',
      comment_no_infix: true,
      raw: true,
      on_record: onRecord as never,
    });
    return { error: null, consumed, newlines };
  } catch (error) {
    if (error instanceof CsvError) {
      return { error, consumed, newlines };
    }
    throw error;
  }
}

/** The number of blank lines and comments that a text begins with. */
function countComments(text: string): number {
  let count = 0;
  let from = 0;
  while (text[from] === '\n' || text[from] === '#') {
    const end = text.indexOf('\n', from);
    if (end === -1) {
      break;
    }
    from = end + 1;
    count += 1;
  }
  return count;
}

/** The text after a number of lines; empty if it has no more. */
function afterLines(text: string, count: number): string {
  let from = 0;
  for (let i = 0; i < count; i += 1) {
    const end = text.indexOf('\n', from);
    if (end === -1) {
      return '';
    }
    from = end + 1;
  }
  return text.slice(from);
}

/** The delimiter that the first row has most often outside quotes; a comma if it has none. */
function delimiterOf(text: string): string {
  const first = afterLines(text, countComments(text)).split('\n', 1)[0] ?? '';
  const outside = first.replace(/"[^"]*"/g, '');
  const counts = [',', ';', '\t'].map((delimiter) => ({ delimiter, count: outside.split(delimiter).length }));
  return counts.reduce((most, next) => (next.count > most.count ? next : most)).delimiter;
}

function quoteFault({ code }: CsvError): string {
  if (code === 'CSV_QUOTE_NOT_CLOSED') {
    return 'expected a second quote (") at the end of a value';
  }
  return code === 'INVALID_OPENING_QUOTE'
    ? 'expected a quote (") at the beginning of a value or not at all'
    : 'expected a delimiter or the end of the row after the closing quote (")';
}
