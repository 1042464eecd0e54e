import type { MemberPage, MemberStatus, Unprocessed } from './member.js';
import { ASSOCIATED, type MemberList } from './memberList.js';
import { BATCH_LIMIT, type ServiceDependencies, type SignedCall } from '../calls/operation.js';
import { badInput, OUT_OF_RANGE } from '../wire/refusal.js';
import { isAccountId, type ChangingOperation, type Scope, type Service } from '../scope.js';

/** The member operations that both services have. guardduty.ts and securityhub.ts add the names on the wire. */
export interface MemberOperations {
  create(accounts: readonly { accountId: string; email?: string | undefined }[]): Unprocessed[];
  invite(
    accountIds: readonly string[],
    invitation: { message: string | null; emailDisabled: boolean },
  ): Unprocessed[];
  disassociate(accountIds: readonly string[]): Unprocessed[];
  remove(accountIds: readonly string[]): Unprocessed[];
  get(accountIds: readonly string[]): ReturnType<MemberList['get']>;
  list(page: PageInput): MemberPage;
}

/** Returns the member operations for the caller of one call. */
export function memberOperations(
  { state, fixedResults, mail }: ServiceDependencies,
  { identity, region, at }: SignedCall,
  service: Service,
): MemberOperations {
  const scope: Scope = { account: identity.account, region, service };
  const list = state.memberList(scope);
  const fixed = (operation: ChangingOperation) => fixedResults(scope, operation);

  return {
    create: (accounts) => list.create(accounts, at, fixed('CreateMembers')),
    invite: (accountIds, invitation) =>
      list.invite(accountIds, at, fixed('InviteMembers'), (accountId) =>
        mail({ ...scope, accountId, ...invitation, invitedAt: at }),
      ),
    disassociate: (accountIds) => list.disassociate(accountIds, at, fixed('DisassociateMembers')),
    remove: (accountIds) => list.remove(accountIds, fixed('DeleteMembers')),
    get: (accountIds) => list.get(accountIds),
    list: ({ after, size, onlyAssociated }) =>
      list.list(after, size, onlyAssociated ? LISTED[service] : null),
  };
}

/** The statuses that `onlyAssociated` lists (UPSTREAMS.md, "Both services"). */
const LISTED: Readonly<Record<Service, ReadonlySet<MemberStatus>>> = {
  guardduty: ASSOCIATED,
  securityhub: new Set(['Enabled', 'Associated']),
};

/** The query of ListMembers. */
export interface PageInput {
  /** The last account id of the previous page; empty for the first page. */
  readonly after: string;
  readonly size: number;
  readonly onlyAssociated: boolean;
}

/**
 * Returns the query of ListMembers. `names` are the service's parameter names.
 *
 * @throws Refusal for a value out of range.
 */
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

/** Returns the token of the page after the account id `next`; undefined without one. */
export const nextToken = (next: string | undefined): string | undefined =>
  next === undefined ? undefined : Buffer.from(next, 'latin1').toString('base64url');

/** Returns the parsed body; undefined if it is not JSON. */
export function readJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString()) as unknown;
  } catch {
    return undefined;
  }
}
