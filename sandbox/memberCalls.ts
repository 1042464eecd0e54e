import type { MemberPage, Screen, Unprocessed } from './member.js';
import type { SignedCall, Surroundings } from './operation.js';
import { BATCH_LIMIT } from './operation.js';
import { badInput, OUT_OF_RANGE } from './refusal.js';
import { isAccountId, type ChangingOperation, type Scope, type Service } from './scope.js';

/** What both services do with members, in words of neither: a service file adds the names on the wire. */
export interface MemberCalls {
  create(accounts: readonly { accountId: string; email?: string | undefined }[]): Unprocessed[];
  invite(
    accountIds: readonly string[],
    letter: { message: string | null; emailDisabled: boolean },
  ): Unprocessed[];
  disassociate(accountIds: readonly string[]): Unprocessed[];
  remove(accountIds: readonly string[]): Unprocessed[];
  get(accountIds: readonly string[]): ReturnType<ReturnType<Surroundings['world']['register']>['get']>;
  list(page: PageInput): MemberPage;
}

/** The member operations of one call, bound to the caller's register, the magic account ids and the mails. */
export function memberCalls(
  { world, screen, mail }: Surroundings,
  { identity, region, at }: SignedCall,
  service: Service,
): MemberCalls {
  const scope: Scope = { account: identity.account, region, service };
  const register = world.register(scope);
  const screened = (operation: ChangingOperation): Screen => screen(scope, operation);

  return {
    create: (accounts) => register.create(accounts, at, screened('CreateMembers')),
    invite: (accountIds, letter) =>
      register.invite(accountIds, at, screened('InviteMembers'), (accountId) =>
        mail({ ...scope, accountId, ...letter, invitedAt: at }),
      ),
    disassociate: (accountIds) => register.disassociate(accountIds, at, screened('DisassociateMembers')),
    remove: (accountIds) => register.remove(accountIds, screened('DeleteMembers')),
    get: (accountIds) => register.get(accountIds),
    list: ({ after, size, onlyAssociated }) => register.list(after, size, onlyAssociated),
  };
}

/** Which members a list is asked for. */
export interface PageInput {
  /** The last account id of the page before; empty for the first. */
  readonly after: string;
  readonly size: number;
  readonly onlyAssociated: boolean;
}

/** Reads a list's query; `names` are the service's own. Throws a Refusal when a value is out of range. */
export function readPage(
  service: Service,
  query: SignedCall['query'],
  names: { size: string; token: string; onlyAssociated: string },
): PageInput {
  const [size = '50', token = '', onlyAssociated = 'true'] = [
    names.size,
    names.token,
    names.onlyAssociated,
  ].map((name) => query[name]?.toString());
  const after = token && Buffer.from(token, 'base64url').toString('latin1');
  const outOfRange =
    !/^\d+$/.test(size) ||
    Number(size) < 1 ||
    Number(size) > BATCH_LIMIT ||
    (after !== '' && !isAccountId(after)) ||
    !/^(true|false)$/i.test(onlyAssociated);
  if (outOfRange) {
    throw badInput(service, OUT_OF_RANGE);
  }
  return { after, size: Number(size), onlyAssociated: onlyAssociated.toLowerCase() === 'true' };
}

/** The token that asks for the page after the account id `next`; undefined when there is none. */
export const nextToken = (next: string | undefined): string | undefined =>
  next === undefined ? undefined : Buffer.from(next, 'latin1').toString('base64url');

/** A body of JSON; undefined when it is none. */
export function readJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString()) as unknown;
  } catch {
    return undefined;
  }
}
