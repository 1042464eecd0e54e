/** Where a value stands. Rows count from 1, as a spreadsheet and an editor count them. */
export interface Place {
  /** The file, `standard input` or `--account`. */
  readonly source: string;
  readonly kind: 'row' | 'item' | 'line';
  readonly number: number;
}

/** One value of a row that is not what was expected. */
export interface InputFault {
  readonly place: Place;
  /** The column, such as `column 2 (email)`; null if the whole row is at fault. */
  readonly column: string | null;
  /** What was expected and what came. */
  readonly message: string;
}

/** The texts of one row, not checked yet. */
export interface Row {
  readonly place: Place;
  readonly accountId: Cell;
  /** Null if the row has no such column. */
  readonly email: Cell | null;
}

/** A text, and how people find it in its row. */
export interface Cell {
  readonly column: string;
  readonly text: string;
}

/** What one source holds. */
export interface Rows {
  readonly rows: readonly Row[];
  readonly faults: readonly InputFault[];
  /** The columns that are neither the account nor its e-mail address. */
  readonly ignored: readonly string[];
}

/** `accounts.csv, row 3, column 2 (email): expected ...`. */
export function faultLine({ place, column, message }: InputFault): string {
  const where = [placeLine(place), ...(column === null ? [] : [column])].join(', ');
  return `${where}: ${message}`;
}

/** `accounts.csv, row 3`. */
export function placeLine({ source, kind, number }: Place): string {
  return `${source}, ${kind} ${number}`;
}
