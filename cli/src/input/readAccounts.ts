import { readFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import type { Readable } from 'node:stream';
import { EXIT, CommandError, usageError } from '../faults.js';
import { type Account, checkRows, faultLines } from './checkRows.js';
import { csvRows } from './csvRows.js';
import { decodeText } from './decodeText.js';
import { jsonRows } from './jsonRows.js';
import type { Rows } from './rows.js';

/** The largest file that is read, in bytes: a hundred times a list of 10,000 accounts. */
const MAX_BYTES = 64 * 1024 * 1024;

/** The accounts to send, each once, and what people should know of how they were read. */
export interface Accounts {
  readonly accounts: readonly Account[];
  readonly notes: readonly string[];
}

/** Where accounts come from: files, of which `-` is standard input, and rows from the command line. */
export interface AccountSources {
  readonly files: readonly string[];
  /** Values of --account: an account id, or an account id and an e-mail address with a comma. */
  readonly inline: readonly string[];
  readonly stdin: Readable & { readonly isTTY?: boolean };
}

/**
 * Reads the accounts of all sources. Without any source it reads standard input, unless that is a terminal.
 *
 * @throws CommandError `usage` with every fault, by file, row and column.
 */
export async function readAccounts({ files, inline, stdin }: AccountSources): Promise<Accounts> {
  const wanted = files.length > 0 || inline.length > 0 ? files : ['-'];
  if (files.length === 0 && inline.length === 0 && stdin.isTTY === true) {
    throw usageError('expected a file of accounts, - for standard input, or --account ACCOUNT_ID');
  }
  const parts = await Promise.all([...new Set(wanted)].map((file) => readSource(file, stdin)));
  const rows = inline.map((value, i) => ({ ...csvRows('--account', value), number: i + 1 }));
  return accountsOf([...parts, ...rows.map(numbered)]);
}

/**
 * The accounts of all rows, each once.
 *
 * @throws CommandError `usage` with every fault.
 */
export function accountsOf(parts: readonly Rows[]): Accounts {
  const { accounts, faults: wrong, repeated } = checkRows(parts.flatMap(({ rows }) => rows));
  const faults = [...parts.flatMap((part) => part.faults), ...wrong].sort(
    (a, b) => a.place.source.localeCompare(b.place.source) || a.place.number - b.place.number,
  );
  if (faults.length > 0) {
    const count = faults.length === 1 ? '1 fault' : `${faults.length} faults`;
    throw new CommandError(EXIT.usage, [...faultLines(faults), `${count} in the accounts; nothing was sent`]);
  }
  if (accounts.length === 0) {
    throw usageError('expected at least one account, got none; nothing was sent');
  }
  const ignored = [...new Set(parts.flatMap((part) => part.ignored))];
  return {
    accounts,
    notes: [
      ...(ignored.length > 0 ? [`not read: ${ignored.join(', ')}`] : []),
      ...(repeated > 0 ? [`${repeated} rows repeat an earlier one and count once`] : []),
    ],
  };
}

/** The value of the third --account is row 3. */
function numbered({ number, ...rows }: Rows & { number: number }): Rows {
  return {
    ...rows,
    rows: rows.rows.map((row) => ({ ...row, place: { ...row.place, number } })),
    faults: rows.faults.map((fault) => ({ ...fault, place: { ...fault.place, number } })),
  };
}

async function readSource(file: string, stdin: Readable): Promise<Rows> {
  const source = file === '-' ? 'standard input' : file;
  const bytes = file === '-' ? await buffer(stdin) : await readBytes(file);
  if (bytes.byteLength > MAX_BYTES) {
    throw usageError(`${source}: expected at most ${MAX_BYTES} bytes, got ${bytes.byteLength}`);
  }
  const decoded = decodeText(source, bytes);
  if ('fault' in decoded) {
    return { rows: [], faults: [decoded.fault], ignored: [] };
  }
  const { text } = decoded;
  return isJson(file, text) ? jsonRows(source, text) : csvRows(source, text);
}

async function readBytes(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (error) {
    throw usageError(`${file}: ${(error as Error).message}`);
  }
}

/** By the name of the file, else by its first character: no CSV of accounts begins with a bracket or a brace. */
function isJson(file: string, text: string): boolean {
  if (/\.(?:json|jsonl|ndjson)$/i.test(file)) {
    return true;
  }
  return !/\.[ct]sv$/i.test(file) && /^\s*[[{]/.test(text);
}
