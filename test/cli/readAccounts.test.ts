import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CommandError } from '../../cli/src/faults.js';
import { readAccounts } from '../../cli/src/input/readAccounts.js';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'mgw accounts '));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Reads standard input with these bytes. */
function read(content: string | Uint8Array, inline: readonly string[] = []) {
  const stdin = Readable.from([Buffer.from(content as string)]);
  return readAccounts({ files: inline.length > 0 && content === '' ? [] : ['-'], inline, stdin });
}

/** The accounts as `id` or `id email`. */
async function accountsOf(content: string | Uint8Array, inline?: readonly string[]): Promise<string[]> {
  const { accounts } = await read(content, inline);
  return accounts.map(({ accountId, email }) => (email === null ? accountId : `${accountId} ${email}`));
}

/** The lines of the error. */
async function faultsOf(
  content: string | Uint8Array,
  inline?: readonly string[],
): Promise<readonly string[]> {
  const error = await read(content, inline).then(
    () => expect.unreachable('no fault was found'),
    (error: unknown) => error as CommandError,
  );
  expect(error).toBeInstanceOf(CommandError);
  expect(error.status).toBe(2);
  return error.lines.map((line) => line.replace('standard input, ', ''));
}

const BOTH = ['111122223333 a@example.com', '012345678901 b@example.com'];

describe('a list of accounts is read', () => {
  it.each([
    ['without a header', '111122223333,a@example.com\n012345678901,b@example.com\n'],
    [
      'with the header of GuardDuty',
      'AccountId,Email\n111122223333,a@example.com\n012345678901,b@example.com',
    ],
    [
      'with the header of Security Hub',
      'Account ID,Email\n111122223333,a@example.com\n012345678901,b@example.com\n',
    ],
    [
      'in another order and case',
      'E-MAIL,account_id\na@example.com,111122223333\nb@example.com,012345678901\n',
    ],
    ['in another order without a header', 'a@example.com,111122223333\nb@example.com,012345678901\n'],
    ['with semicolons', 'AccountId;Email\n111122223333;a@example.com\n012345678901;b@example.com\n'],
    ['with tabs', 'AccountId\tEmail\n111122223333\ta@example.com\n012345678901\tb@example.com\n'],
    ['with quotes', '"111122223333","a@example.com"\n"012345678901",b@example.com\n'],
    ['with CRLF', 'AccountId,Email\r\n111122223333,a@example.com\r\n012345678901,b@example.com\r\n'],
    ['with CR alone', '111122223333,a@example.com\r012345678901,b@example.com\r'],
    [
      'with a byte order mark',
      '\uFEFFAccountId,Email\n111122223333,a@example.com\n012345678901,b@example.com\n',
    ],
    [
      'with blank and comment lines',
      '# ours\n\n111122223333,a@example.com\n,,\n  \n#111,x\n012345678901,b@example.com\n\n',
    ],
    ['with spaces around', ' 111122223333 , a@example.com\n012345678901 ,b@example.com \n'],
    [
      'with other columns',
      'Id,Name,Email\n111122223333,"Audit, ""main""",a@example.com\n012345678901,"two\nlines",b@example.com\n',
    ],
    [
      'as a JSON list',
      JSON.stringify([
        { accountId: '111122223333', email: 'a@example.com' },
        { Id: '012345678901', Email: 'b@example.com' },
      ]),
    ],
    [
      'as organizations list-accounts',
      JSON.stringify({
        Accounts: [
          { Id: '111122223333', Email: 'a@example.com', Status: 'ACTIVE' },
          { Id: '012345678901', Email: 'b@example.com' },
        ],
      }),
    ],
    [
      'as JSON lines',
      '{"accountId":"111122223333","email":"a@example.com"}\n\n{"accountId":"012345678901","email":"b@example.com"}\n',
    ],
  ])('%s', async (_name, content) => {
    expect(await accountsOf(content)).toEqual(BOTH);
  });

  it('from UTF-16, as Excel writes Unicode text', async () => {
    const text = Buffer.from('\uFEFFAccountId\tEmail\r\n111122223333\ta@example.com\r\n', 'utf16le');
    expect(await accountsOf(text)).toEqual(BOTH.slice(0, 1));
  });

  it('without e-mail addresses', async () => {
    expect(await accountsOf('111122223333\n012345678901\n')).toEqual(['111122223333', '012345678901']);
    expect(await accountsOf('["111122223333", "012345678901"]')).toEqual(['111122223333', '012345678901']);
    expect(await accountsOf('AccountId,Email\n111122223333,\n')).toEqual(['111122223333']);
  });

  it('from flags, and from several files', async () => {
    expect(await accountsOf('', ['111122223333,a@example.com', '012345678901'])).toEqual([
      '111122223333 a@example.com',
      '012345678901',
    ]);
    const files = ['a.csv', 'b.json'].map((name) => path.join(folder, name));
    await writeFile(files[0]!, '111122223333,a@example.com\n');
    await writeFile(files[1]!, '["012345678901"]');
    const { accounts } = await readAccounts({ files, inline: [], stdin: Readable.from([]) });
    expect(accounts.map(({ accountId }) => accountId)).toEqual(['111122223333', '012345678901']);
  });

  it('and rows that repeat an earlier one count once, and say so', async () => {
    const { accounts, notes } = await read(
      'Account,Email,Team\n111122223333,a@example.com,x\n111122223333,A@example.com,x\n',
    );
    expect(accounts).toHaveLength(1);
    expect(notes).toEqual(['not read: Team', '1 rows repeat an earlier one and count once']);
  });
});

describe('a fault is named by file, row and column, with what came', () => {
  it.each([
    [
      'lost zeros',
      '12345678901,a@b.c',
      'row 1, column 1 (accountId): expected an account id of 12 digits, got "12345678901"; Excel drops leading zeros: if this was 012345678901, format the column as text',
    ],
    [
      'a shortened number',
      'Account ID;Email\n1,2E+11;a@b.c',
      'row 2, column 1 (Account ID): expected an account id of 12 digits, got "1,2E+11"; Excel shortened the number and its last digits are lost: format the column as text before you paste the ids',
    ],
    [
      'hyphens',
      '1111-2222-3333',
      'row 1, column 1 (accountId): expected an account id of 12 digits, got "1111-2222-3333"; write it without hyphens',
    ],
    [
      'an invisible character',
      '111122223333\u200B,a@b.c',
      'row 1, column 1 (accountId): expected an account id of 12 digits, got "111122223333\\u{200B}"; character 13 is U+200B, a zero-width space',
    ],
    [
      'a no-break space in an address',
      '111122223333,a\u00A0@b.c',
      'row 1, column 2 (email): expected an e-mail address, got "a\\u{A0}@b.c"; character 2 is U+00A0, a no-break space',
    ],
    [
      'no account',
      'Email,AccountId\na@b.c,\n',
      'row 2, column 2 (AccountId): expected an account id of 12 digits, got nothing',
    ],
    [
      'two addresses',
      '111122223333,a@b.c\n\n111122223333,x@b.c',
      'row 3, column 2 (email): expected one e-mail address for account 111122223333, got "x@b.c", and "a@b.c" in row 1',
    ],
    [
      'a third column without a header',
      '111122223333,a@b.c,Audit',
      'row 1, column 3: expected 2 columns, got "Audit" in another one; a header such as accountId,email would name the columns',
    ],
    ['a header without accounts', 'Name,Email\nx,a@b.c', 'row 1: expected a column accountId beside "Email"'],
    [
      'a column twice',
      'Id,Email,E-mail\n111122223333,a@b.c,a@b.c',
      'row 1: expected one column "Email", got two',
    ],
    [
      'a quote in the middle',
      '111122223333,a"b@c.d',
      'row 1: expected a quote (") at the beginning of a value or not at all, got "111122223333,a"b@c.d"',
    ],
    [
      'a number in JSON',
      '[{"accountId": 12345678901}]',
      'item 1, accountId: expected a string in quotes, got 12345678901, since a number loses leading zeros',
    ],
    ['JSON that ends early', '[\n"111122223333",\n', 'line 3: expected JSON: Unexpected end of JSON input'],
    [
      'a broken JSON line',
      '{"id":"111122223333"}\n{"id":\n',
      'line 2: expected JSON: Unexpected end of JSON input',
    ],
    [
      'a JSON line of another kind',
      '{"id":"111122223333"}\n7\n',
      'line 2: expected an object or an account id in quotes, got 7',
    ],
    [
      'another encoding',
      Buffer.from('111122223333,a@b.c\n012345678901,\xe9@b.c\n', 'latin1'),
      'row 2: expected UTF-8, got other bytes; save the file as "CSV UTF-8"',
    ],
  ])('%s', async (_name, content, line) => {
    expect((await faultsOf(content)).map((fault) => fault.replace('standard input, ', ''))).toEqual([
      line,
      '1 fault in the accounts; nothing was sent',
    ]);
  });

  it('all at once, and the rows after one with wrong quotes are still checked', async () => {
    const lines = await faultsOf(
      'Id,Email\n1,a@b.c\n111122223333,"a@b.c\n2,b@c.d\n# no\n111122223333,"x" y\n333,c\n',
    );
    expect(lines.map((line) => /^row \d+|^\d+ faults/.exec(line)?.[0])).toEqual([
      'row 2',
      'row 3',
      'row 4',
      'row 6',
      'row 7',
      'row 7',
      '6 faults',
    ]);
  });

  it('with the number of the flag', async () => {
    expect((await faultsOf('', ['111122223333', 'x']))[0]).toMatch(/^--account, row 2, column 1/);
  });

  it('and the first hundred are shown', async () => {
    const lines = await faultsOf('x\n'.repeat(250));
    expect(lines).toHaveLength(102);
    expect(lines.slice(-2)).toEqual([
      '... and 150 more faults',
      '250 faults in the accounts; nothing was sent',
    ]);
  });

  it.each(['', '# nothing\n\n', 'AccountId,Email\n', '[]'])(
    'and a list without accounts is one: %j',
    async (content) => {
      expect(await faultsOf(content)).toEqual(['expected at least one account, got none; nothing was sent']);
    },
  );
});

/** One row of an odd file: what is written, and the account that it stands for. */
interface OddRow {
  readonly cells: readonly [string, string];
  readonly account: string | null;
}

const good = fc
  .tuple(
    fc.stringMatching(/^[0-9]{12}$/),
    fc.option(fc.stringMatching(/^[a-z=+-]{1,5}@[a-z]{1,5}\.org$/), { nil: '' }),
  )
  .map(([id, email]): OddRow => ({ cells: [id, email], account: email === '' ? id : `${id} ${email}` }));
const odd = fc
  .tuple(fc.string({ unit: 'binary', maxLength: 14 }), fc.constantFrom('', 'a@b.c', 'a@@b', '"', '\u00A0'))
  // A row that begins with # is a comment, and one without anything is blank.
  .filter(
    ([id]) => !/^\d{12}$/.test(id.trim()) && !id.startsWith('#') && /[!-~]/.test(id) && !/[\r\n]/.test(id),
  )
  .map(([id, email]): OddRow => ({ cells: [id, email], account: null }));

it('takes every row as it is or names it, with any quotes, delimiters, line ends and comments', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.oneof({ weight: 5, arbitrary: good }, { weight: 1, arbitrary: odd }), {
        minLength: 1,
        maxLength: 12,
      }),
      fc.constantFrom(',', ';', '\t'),
      fc.constantFrom('\n', '\r\n', '\r'),
      fc.array(
        fc.record({ quoted: fc.boolean(), before: fc.constantFrom('', '\n', '# no, "really"\n', ',,\n') }),
        {
          minLength: 12,
          maxLength: 12,
        },
      ),
      async (rows, delimiter, lineEnd, forms) => {
        const lines: string[] = [`AccountId${delimiter}Email`];
        const numbers = rows.map(({ cells }, i) => {
          const { quoted, before } = forms[i]!;
          lines.push(...before.split('\n').slice(0, -1));
          const isQuoted = quoted || cells.some((cell) => /["\t,;]/.test(cell));
          const shown = isQuoted ? cells.map((cell) => `"${cell.replaceAll('"', '""')}"`) : cells;
          return lines.push(shown.join(delimiter));
        });
        const result = await read(lines.join(lineEnd)).catch((error: unknown) => error as CommandError);
        const expected = rows.map(({ account }) => account);
        if (result instanceof CommandError) {
          const named = new Set(result.lines.map((line) => Number(/row (\d+)/.exec(line)?.[1])));
          const ids = rows.map(({ cells }) => cells[0]);
          rows.forEach(({ account }, i) => {
            const isRepeated = ids.indexOf(ids[i]!) !== i;
            if (account === null || !isRepeated) {
              expect([i, named.has(numbers[i]!)]).toEqual([i, account === null]);
            }
          });
        } else {
          expect(
            new Set(
              result.accounts.map(({ accountId, email }) =>
                email === null ? accountId : `${accountId} ${email}`,
              ),
            ),
          ).toEqual(new Set(expected));
        }
      },
    ),
    { numRuns: 100 },
  );
});

it('reads 2,000 rows, of which each has wrong quotes, without reading the file again for each', async () => {
  const lines = await faultsOf('111122223333,"a@b.c" x\n'.repeat(2_000));
  expect(lines.at(-1)).toBe('101 faults in the accounts; nothing was sent');
});
