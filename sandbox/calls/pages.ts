import { isAccountId } from '../scope.js';
import type { Service } from '../scope.js';
import { badInput, OUT_OF_RANGE } from '../wire/refusal.js';
import { BATCH_LIMIT, type SignedCall } from './operation.js';

/** The names of a list's parameters in one service. */
export interface PageNames {
  readonly size: string;
  readonly token: string;
}

/** The page that a caller asks for. Lists are in the order of account ids. */
export interface PageInput {
  /** The last account id of the previous page; empty for the first page. */
  readonly after: string;
  readonly size: number;
}

/**
 * Returns the page in the query of a list.
 *
 * @throws Refusal for a value out of range.
 */
export function readPage(service: Service, query: SignedCall['query'], names: PageNames): PageInput {
  const size = query[names.size]?.toString() ?? String(BATCH_LIMIT);
  const token = query[names.token]?.toString() ?? '';
  const after = Buffer.from(token, 'base64url').toString('latin1');
  const isInRange = /^\d+$/.test(size) && Number(size) >= 1 && Number(size) <= BATCH_LIMIT;
  if (!isInRange || (after !== '' && !isAccountId(after))) {
    throw badInput(service, OUT_OF_RANGE);
  }
  return { after, size: Number(size) };
}

/** Returns the token of the page after the account id `next`; undefined without one. */
export const nextToken = (next: string | undefined): string | undefined =>
  next === undefined ? undefined : Buffer.from(next, 'latin1').toString('base64url');

/** Returns a page of a short list, which is in the order of account ids. */
export function pageOf<Item extends { readonly accountId: string }>(
  items: readonly Item[],
  { after, size }: PageInput,
): { items: readonly Item[]; next: string | undefined } {
  const rest = items.filter(({ accountId }) => accountId > after);
  const page = rest.slice(0, size);
  return { items: page, next: rest.length > size ? page.at(-1)?.accountId : undefined };
}

/**
 * Returns the parameter `onlyAssociated` of ListMembers; true by default.
 *
 * @throws Refusal unless it is true or false.
 */
export function readOnlyAssociated(service: Service, value: string | string[] | undefined): boolean {
  const text = value?.toString() ?? 'true';
  if (!/^(true|false)$/i.test(text)) {
    throw badInput(service, OUT_OF_RANGE);
  }
  return text.toLowerCase() === 'true';
}
