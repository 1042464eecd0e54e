import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { isMap, isSeq, LineCounter, parseDocument, type Node } from 'yaml';
import { usageError } from '../faults.js';
import type { Account } from '../input/checkRows.js';
import { jsonItems } from '../input/jsonRows.js';
import { accountsOf, readAccounts } from '../input/readAccounts.js';
import { targetInput, type TargetInput } from '../requests/targetFlags.js';

/** The accounts that should be the members of some targets, and no others. */
export interface Wanted {
  readonly targets: TargetInput;
  readonly accounts: readonly Account[];
}

const KEYS = ['administrator', 'services', 'regions', 'accounts', 'file'];

/**
 * Reads what is wanted from YAML: a list `members` of blocks. Every value is a text, so that an account id needs no
 * quotes and keeps its zeros.
 *
 * @throws CommandError `usage` with what was expected.
 */
export async function readWanted(file: string, stdin: Readable): Promise<readonly Wanted[]> {
  let text;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    throw usageError(`${file}: ${(error as Error).message}`);
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { schema: 'failsafe', lineCounter: lines });
  if (document.errors.length > 0) {
    throw usageError(...document.errors.map(({ message }) => `${file}: ${message.split('\n')[0] ?? ''}`));
  }
  const blocks = document.get('members', true);
  if (!isSeq(blocks) || blocks.items.length === 0) {
    throw usageError(`${file}: expected a list "members" of blocks with accounts`);
  }
  const lineOf = (node: Node): number => lines.linePos(node.range?.[0] ?? 0).line;
  const wanted: Wanted[] = [];
  for (const block of blocks.items) {
    if (!isMap(block)) {
      throw usageError(`${file}: expected a block with accounts for each entry of "members"`);
    }
    const number = lineOf(block);
    const values = block.toJS(document) as Record<string, unknown>;
    const unknown = Object.keys(values).find((key) => !KEYS.includes(key));
    if (unknown !== undefined) {
      throw usageError(
        `${file}, line ${number}: expected ${KEYS.join(', ')}, got ${JSON.stringify(unknown)}`,
      );
    }
    const list = block.get('accounts', true);
    const inline = isSeq(list)
      ? list.items.map((item) => ({
          value: (item as Node).toJS(document) as unknown,
          place: { source: file, kind: 'line' as const, number: lineOf(item as Node) },
        }))
      : [];
    wanted.push({
      targets: targetsOf(values, `${file}, line ${number}`),
      accounts: await accountsFrom(inline, values['file'], file, stdin),
    });
  }
  return wanted;
}

function targetsOf(
  { administrator, services, regions }: Record<string, unknown>,
  where: string,
): TargetInput {
  if (administrator !== undefined && typeof administrator !== 'string') {
    throw usageError(`${where}: expected a name for administrator`);
  }
  const service = textsOf(services, `${where}: services`);
  const region = textsOf(regions, `${where}: regions`);
  return targetInput({
    ...(administrator === undefined ? {} : { administrator }),
    ...(service === undefined ? {} : { service }),
    ...(region === undefined ? {} : { region }),
  });
}

function textsOf(value: unknown, where: string): string[] | undefined {
  if (value === undefined || (Array.isArray(value) && value.every((item) => typeof item === 'string'))) {
    return value;
  }
  throw usageError(`${where}: expected a list`);
}

/** From `accounts` and from a file beside the YAML. */
async function accountsFrom(
  inline: Parameters<typeof jsonItems>[0],
  file: unknown,
  yaml: string,
  stdin: Readable,
): Promise<readonly Account[]> {
  if (typeof file !== 'string') {
    return accountsOf([jsonItems(inline)]).accounts;
  }
  const beside = path.resolve(path.dirname(yaml), file);
  const { accounts } = await readAccounts({ files: [beside], inline: [], stdin });
  return inline.length === 0 ? accounts : [...accountsOf([jsonItems(inline)]).accounts, ...accounts];
}
