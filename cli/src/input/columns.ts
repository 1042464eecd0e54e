/** The names of each column, the more exact ones first: `Account ID`, `account_id` and `accountId` are the same name. */
const NAMES = {
  accountId: ['accountid', 'awsaccountid', 'accountnumber', 'account', 'id'],
  email: ['email', 'emailaddress', 'accountemail', 'rootemail', 'mail'],
} as const;

/** Which column has the account, and which its e-mail address: positions from 0. */
export interface Columns {
  /** -1 if no column has such a name. */
  readonly accountId: number;
  readonly email: number;
  /** Two columns have the same name. */
  readonly twice: readonly string[];
  /** The names of the other columns. */
  readonly ignored: readonly string[];
}

/** Finds the columns by their names in any order and case; null if no name is known, as in a row of data. */
export function findColumns(names: readonly string[]): Columns | null {
  const plain = names.map(plainName);
  const accountId = find(plain, NAMES.accountId);
  const email = find(plain, NAMES.email);
  if (accountId.index === -1 && email.index === -1) {
    return null;
  }
  return {
    accountId: accountId.index,
    email: email.index,
    twice: [accountId, email].flatMap(({ index, count }) => (count > 1 ? [names[index] ?? ''] : [])),
    ignored: names.filter((name, i) => i !== accountId.index && i !== email.index && name.trim() !== ''),
  };
}

function find(plain: readonly string[], known: readonly string[]): { index: number; count: number } {
  const name = known.find((candidate) => plain.includes(candidate));
  return {
    index: name === undefined ? -1 : plain.indexOf(name),
    count: plain.filter((candidate) => candidate === name).length,
  };
}

function plainName(name: string): string {
  return name.replace(/[^\p{L}\p{N}]/gu, '').toLowerCase();
}
