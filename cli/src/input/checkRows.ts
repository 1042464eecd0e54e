import { type Cell, faultLine, type InputFault, type Place, placeLine, type Row } from './rows.js';
import { oddCharacter, quoted } from './visible.js';

/** An account to send, and where it was read. */
export interface Account {
  readonly accountId: string;
  readonly email: string | null;
  readonly place: Place;
}

/** The accounts of the rows, each once, and what is wrong with the others. */
export function checkRows(rows: readonly Row[]): {
  accounts: Account[];
  faults: InputFault[];
  /** Rows that repeat an earlier one exactly. */
  repeated: number;
} {
  const byId = new Map<string, Account>();
  const faults: InputFault[] = [];
  let repeated = 0;
  for (const { place, accountId: idCell, email: emailCell } of rows) {
    const found = [faultOf(place, idCell, accountIdFault), faultOf(place, emailCell, emailFault)];
    const wrong = found.filter((fault) => fault !== null);
    const account = { accountId: idCell.text, email: emailCell?.text || null, place };
    const earlier = byId.get(account.accountId);
    if (wrong.length > 0) {
      faults.push(...wrong);
    } else if (earlier === undefined) {
      byId.set(account.accountId, account);
    } else if (earlier.email?.toLowerCase() === account.email?.toLowerCase()) {
      repeated += 1;
    } else {
      faults.push(twoAddresses(account, earlier, emailCell));
    }
  }
  return { accounts: [...byId.values()], faults, repeated };
}

/** The lines that tell all faults, at most 100, and how many there are. */
export function faultLines(faults: readonly InputFault[]): string[] {
  const shown = faults.slice(0, 100).map(faultLine);
  return faults.length > shown.length
    ? [...shown, `... and ${faults.length - shown.length} more faults`]
    : shown;
}

function faultOf(place: Place, cell: Cell | null, check: (text: string) => string | null): InputFault | null {
  const message = cell === null ? null : check(cell.text);
  return cell === null || message === null ? null : { place, column: cell.column, message };
}

function twoAddresses(account: Account, earlier: Account, cell: Cell | null): InputFault {
  const came = account.email === null ? 'none' : quoted(account.email);
  const before = earlier.email === null ? 'none' : quoted(earlier.email);
  return {
    place: account.place,
    column: cell?.column ?? null,
    message: `expected one e-mail address for account ${account.accountId}, got ${came}, and ${before} in ${placeLine(earlier.place)}`,
  };
}

function accountIdFault(text: string): string | null {
  if (/^\d{12}$/.test(text)) {
    return null;
  }
  const got = text === '' ? 'nothing' : quoted(text);
  const hint = accountIdHint(text);
  return `expected an account id of 12 digits, got ${got}${hint === null ? '' : `; ${hint}`}`;
}

/** What probably happened to the account id. */
function accountIdHint(text: string): string | null {
  const odd = oddCharacter(text);
  if (odd !== null) {
    return odd;
  }
  if (/^\d{9,11}$/.test(text)) {
    return `Excel drops leading zeros: if this was ${text.padStart(12, '0')}, format the column as text`;
  }
  if (/^\d(?:[.,]\d+)?E\+?\d+$/i.test(text)) {
    return 'Excel shortened the number and its last digits are lost: format the column as text before you paste the ids';
  }
  if (/^\d{12}[.,]0+$/.test(text)) {
    return 'a spreadsheet took it for a number: format the column as text';
  }
  if (/^\d{4}-\d{4}-\d{4}$/.test(text)) {
    return 'write it without hyphens';
  }
  if (text.startsWith("'")) {
    return 'write it without the apostrophe';
  }
  if (text.includes('@')) {
    return 'this looks like an e-mail address: name the columns in a header, such as accountId,email';
  }
  return /[a-z]/i.test(text) ? 'a header names its columns accountId and email' : null;
}

function emailFault(text: string): string | null {
  if (text === '' || /^[!-?A-~]+@[!-?A-~]+$/.test(text)) {
    return null;
  }
  const odd = oddCharacter(text);
  const hint = odd ?? (/^\d{12}$/.test(text) ? 'this looks like an account id' : null);
  return `expected an e-mail address, got ${quoted(text)}${hint === null ? '' : `; ${hint}`}`;
}
