import type { Context } from '../context.js';
import { CommandError, EXIT, type ExitStatus } from '../faults.js';
import { type RequestFlags, startRequest } from '../requests/startRequest.js';
import { throwUserErrors } from '../requests/userErrors.js';
import { type Change, type ChangeGroup, compare, groupByTarget, toAccounts, toIds } from './compare.js';
import type { Wanted } from './readWanted.js';

/** The most accounts of a removal. */
const MAX_REMOVAL = 1_000;

/** Members that were only created are deleted; associated ones are disassociated. */
const CREATED_ONLY = ['CREATED', 'EMAIL_VERIFICATION_FAILED', 'EMAIL_VERIFICATION_IN_PROGRESS'];

/** One removal: a kind, a target, at most 1,000 accounts. */
interface Removal {
  readonly operation: 'disassociateMembers' | 'deleteMembers';
  readonly group: ChangeGroup;
  readonly accountIds: string[];
}

/**
 * Makes the changes: creates, then invites those that need it, then removes. The removals are previewed before anything
 * is changed, so that one beyond the share limit stops all. Returns the worst status of the requests.
 */
export async function applyChanges(
  context: Context,
  wanted: readonly Wanted[],
  changes: readonly Change[],
  flags: RequestFlags,
): Promise<ExitStatus> {
  const removals = removalsOf(changes);
  for (const removal of removals) {
    await preview(context, removal);
  }
  const statuses: ExitStatus[] = [];
  const creates = groupByTarget(changes, ['create']);
  for (const group of creates) {
    statuses.push(await create(context, group, flags));
  }
  const later = creates.length > 0 ? (await compare(context, wanted)).changes : changes;
  for (const group of groupByTarget(later, ['invite'])) {
    statuses.push(await invite(context, group, flags));
  }
  for (const removal of removals) {
    statuses.push(await remove(context, removal, flags));
  }
  return worst(statuses);
}

/** All done, or all failed, or something in between. */
function worst(statuses: readonly ExitStatus[]): ExitStatus {
  if (statuses.every((status) => status === EXIT.done)) {
    return EXIT.done;
  }
  return statuses.every((status) => status === EXIT.failed) ? EXIT.failed : EXIT.incomplete;
}

async function create(
  context: Context,
  { targets, changes }: ChangeGroup,
  flags: RequestFlags,
): Promise<ExitStatus> {
  const input = { ...targets, accounts: toAccounts(changes), note: flags.note ?? null };
  const send = context.client.createMembers;
  return startRequest(context, { operation: 'createMembers', input, flags, accept: [], accounts: [], send });
}

async function invite(
  context: Context,
  { targets, changes }: ChangeGroup,
  flags: RequestFlags,
): Promise<ExitStatus> {
  const input = { ...targets, accountIds: toIds(changes), note: flags.note ?? null };
  const send = context.client.inviteMembers;
  return startRequest(context, { operation: 'inviteMembers', input, flags, accept: [], accounts: [], send });
}

function removalsOf(changes: readonly Change[]): readonly Removal[] {
  return groupByTarget(changes, ['remove']).flatMap((group) => {
    const created = group.changes.filter(({ memberStatus }) => CREATED_ONLY.includes(memberStatus));
    const associated = group.changes.filter(({ memberStatus }) => !CREATED_ONLY.includes(memberStatus));
    return [
      ...parts(associated).map((part) => ({
        operation: 'disassociateMembers' as const,
        group,
        accountIds: part,
      })),
      ...parts(created).map((part) => ({ operation: 'deleteMembers' as const, group, accountIds: part })),
    ];
  });
}

function parts(changes: readonly Change[]): string[][] {
  const ids = toIds(changes);
  const count = Math.ceil(ids.length / MAX_REMOVAL);
  return Array.from({ length: count }, (_, i) => ids.slice(i * MAX_REMOVAL, (i + 1) * MAX_REMOVAL));
}

/** The token of the removal. */
async function preview(
  { client, signal }: Context,
  { operation, group, accountIds }: Removal,
): Promise<string> {
  const input = { ...group.targets, accountIds, dryRun: true };
  const { plan, userErrors } = await client[operation](input, { signal });
  throwUserErrors(userErrors);
  if (plan?.confirm == null) {
    throw new CommandError(EXIT.failed, [`${group.name}: the preview has no token`]);
  }
  return plan.confirm;
}

async function remove(context: Context, removal: Removal, flags: RequestFlags): Promise<ExitStatus> {
  const { operation, group, accountIds } = removal;
  const confirm = await preview(context, removal);
  const input = { ...group.targets, accountIds, note: flags.note ?? null };
  return startRequest(context, {
    operation,
    input,
    flags,
    accept: [],
    accounts: [],
    send: (values, options) => context.client[operation]({ ...values, confirm }, options),
  });
}
