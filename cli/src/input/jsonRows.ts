import { type Columns, findColumns } from './columns.js';
import type { Cell, InputFault, Place, Row, Rows } from './rows.js';
import { trimBlanks } from './trimBlanks.js';
import { quoted, visible } from './visible.js';

/**
 * Reads JSON: a list of objects or of account ids, or an object with one such list, as `aws organizations list-accounts`
 * prints it. Else JSON lines: one object or account id on each line, blank lines and lines that begin with `#` aside.
 */
export function jsonRows(source: string, text: string): Rows {
  const whole = parseJson(text);
  if ('value' in whole) {
    const items = listOf(whole.value);
    if (items !== null) {
      return jsonItems(items.map((value, i) => ({ value, place: { source, kind: 'item', number: i + 1 } })));
    }
  } else if (text.trimStart().startsWith('[')) {
    const place: Place = { source, kind: 'line', number: lineOfFault(text, whole.error) };
    return {
      rows: [],
      faults: [{ place, column: null, message: `expected JSON: ${whole.error}` }],
      ignored: [],
    };
  }
  return jsonLines(source, text);
}

function jsonLines(source: string, text: string): Rows {
  const values: { value: unknown; place: Place }[] = [];
  const faults: InputFault[] = [];
  for (const [i, line] of text.split(/\r\n?|\n/).entries()) {
    const place: Place = { source, kind: 'line', number: i + 1 };
    if (line.trim() === '' || line.startsWith('#')) {
      continue;
    }
    const parsed = parseJson(line);
    if ('value' in parsed) {
      values.push({ value: parsed.value, place });
    } else {
      faults.push({ place, column: null, message: `expected JSON: ${parsed.error}` });
    }
  }
  const rows = jsonItems(values);
  return { ...rows, faults: [...faults, ...rows.faults] };
}

function parseJson(text: string): { value: unknown } | { error: string } {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch (error) {
    return { error: visible((error as Error).message) };
  }
}

function lineOfFault(text: string, error: string): number {
  const position = /at position (\d+)/.exec(error)?.[1];
  return text.slice(0, position === undefined ? text.length : Number(position)).split(/\r\n?|\n/).length;
}

/** The list, or the only list of an object; null if there is none. */
function listOf(value: unknown): readonly unknown[] | null {
  if (Array.isArray(value)) {
    return value as readonly unknown[];
  }
  if (typeof value !== 'object' || value === null) {
    return null;
  }
  const lists = Object.values(value).filter((member) => Array.isArray(member));
  return lists.length === 1 ? (lists[0] ?? null) : null;
}

/** The rows of values that are parsed already. */
export function jsonItems(values: readonly { value: unknown; place: Place }[]): Rows {
  const rows: Row[] = [];
  const faults: InputFault[] = [];
  const ignored = new Set<string>();
  for (const { value, place } of values) {
    const result = toRow(value, place);
    if ('faults' in result) {
      faults.push(...result.faults);
    } else {
      rows.push(result.row);
      result.ignored.forEach((name) => ignored.add(visible(name)));
    }
  }
  return { rows, faults, ignored: [...ignored] };
}

function toRow(
  value: unknown,
  place: Place,
): { row: Row; ignored: readonly string[] } | { faults: InputFault[] } {
  if (typeof value === 'string') {
    return {
      row: { place, accountId: { column: 'account id', text: trimBlanks(value) }, email: null },
      ignored: [],
    };
  }
  const fault = (column: string | null, message: string): { faults: InputFault[] } => {
    return { faults: [{ place, column, message }] };
  };
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return fault(null, `expected an object or an account id in quotes, got ${shown(value)}`);
  }
  const names = Object.keys(value);
  const columns = findColumns(names);
  if (columns === null || columns.accountId === -1) {
    return fault(null, `expected a member accountId, got ${shown(value)}`);
  }
  if (columns.twice.length > 0) {
    return fault(null, `expected one member ${quoted(columns.twice[0] ?? '')}, got two`);
  }
  return cellsOf(Object.values(value), names, columns, place);
}

function cellsOf(
  values: readonly unknown[],
  names: readonly string[],
  columns: Columns,
  place: Place,
): { row: Row; ignored: readonly string[] } | { faults: InputFault[] } {
  const faults: InputFault[] = [];
  const cell = (index: number): Cell => {
    const value = values[index] ?? '';
    const column = visible(names[index] ?? '');
    if (typeof value !== 'string') {
      const zeros = typeof value === 'number' ? ', since a number loses leading zeros' : '';
      faults.push({ place, column, message: `expected a string in quotes, got ${shown(value)}${zeros}` });
    }
    return { column, text: typeof value === 'string' ? trimBlanks(value) : '' };
  };
  const accountId = cell(columns.accountId);
  const email = columns.email === -1 ? null : cell(columns.email);
  return faults.length > 0 ? { faults } : { row: { place, accountId, email }, ignored: columns.ignored };
}

function shown(value: unknown): string {
  const text = JSON.stringify(value);
  return visible(text.length > 60 ? `${text.slice(0, 60)}...` : text);
}
