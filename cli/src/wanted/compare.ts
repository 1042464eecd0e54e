import type { Client, SecurityService } from 'membership-gateway-client';
import type { Context } from '../context.js';
import { CommandError, EXIT, usageError } from '../faults.js';
import { throwUserErrors } from '../requests/userErrors.js';
import type { Wanted } from './readWanted.js';

/** What is to do for one account at one target. `mend` is for people: a wrong e-mail address, or none. */
export interface Change {
  readonly action: 'create' | 'invite' | 'remove' | 'mend';
  readonly administrator: string;
  readonly service: SecurityService;
  readonly region: string;
  readonly accountId: string;
  readonly email: string | null;
  readonly memberStatus: string;
  /** What a person should know of it. */
  readonly detail: string | null;
}

type ReconciledTarget = Awaited<ReturnType<Client['reconcile']>>['targets'][number];
type List = 'toCreate' | 'toInvite' | 'emailMissing' | 'toRecreate' | 'emailDiffers' | 'unexpected';

const ACTIONS: readonly (readonly [List, Change['action'], string | null])[] = [
  ['toCreate', 'create', null],
  ['toInvite', 'invite', null],
  ['emailMissing', 'mend', 'GuardDuty wants an e-mail address'],
  ['toRecreate', 'mend', 'the e-mail address is wrong: delete the member, then create it'],
  ['emailDiffers', 'mend', 'the e-mail address differs'],
  ['unexpected', 'remove', null],
];

/** The longest list of a target, and of all targets together: limits of the gateway. */
const MAX_LIST = 10_000;
const MAX_LISTS = 40_000;

/** The differences, and how many of a target are not among them. */
export interface Comparison {
  readonly changes: readonly Change[];
  /** Members that are not wanted, beyond MAX_LIST of a target. */
  readonly beyond: readonly { readonly target: string; readonly members: number }[];
}

/** The most accounts of a dry run. */
const MAX_DRY_RUN = 1_000;

/**
 * The differences between what is wanted and what is, read from the services now.
 *
 * @throws CommandError `failed` if a target cannot be read, `usage` if two blocks share a target.
 */
export async function compare(context: Context, wanted: readonly Wanted[]): Promise<Comparison> {
  const administrators = await context.client.administrators({}, { signal: context.signal });
  const changes: Change[] = [];
  const beyond: { target: string; members: number }[] = [];
  const seen = new Set<string>();
  for (const block of wanted) {
    const targets = await reconcile(context, block, administrators);
    for (const target of targets) {
      const name = `${target.administrator} ${target.service} ${target.region}`;
      if (seen.has(name)) {
        throw usageError(
          `expected each target in one block, got ${name} in two: the accounts of one are strangers to the other`,
        );
      }
      seen.add(name);
      changes.push(...changesOf(target));
      const { totalCount = 0, accounts = [] } = target.unexpected ?? {};
      if (totalCount > accounts.length) {
        beyond.push({ target: name, members: totalCount - accounts.length });
      }
    }
  }
  return { changes, beyond };
}

/** The targets of a block, those with longer lists than fit into one answer by an answer of their own. */
async function reconcile(
  context: Context,
  wanted: Wanted,
  administrators: Awaited<ReturnType<Client['administrators']>>,
): Promise<readonly ReconciledTarget[]> {
  const { targets } = wanted;
  const known = administrators.find(({ id }) => id === targets.administrator) ?? administrators[0];
  const services = (targets.services ?? known?.services ?? []).length;
  const regions = (targets.regions ?? known?.regions ?? []).length;
  const limit = Math.min(MAX_LIST, Math.floor(MAX_LISTS / Math.max(1, services * regions)));
  const read = await reconcileWithin(context, wanted, limit);
  const whole: ReconciledTarget[] = [];
  for (const target of read) {
    const { administrator, service, region } = target;
    const isCut = ACTIONS.some(([list]) => (target[list]?.totalCount ?? 0) > limit);
    const alone = { administrator, services: [service], regions: [region] };
    whole.push(
      ...(isCut && limit < MAX_LIST
        ? await reconcileWithin(context, { ...wanted, targets: alone }, MAX_LIST)
        : [target]),
    );
  }
  return whole;
}

async function reconcileWithin(
  { client, signal }: Context,
  { targets, accounts }: Wanted,
  limit: number,
): Promise<readonly ReconciledTarget[]> {
  const list = accounts.map(({ accountId, email }) => ({ accountId, email }));
  const result = await client.reconcile({ input: { ...targets, accounts: list, limit } }, { signal });
  throwUserErrors(result.userErrors, accounts);
  const unread = result.targets.filter(({ reasonCode }) => reasonCode !== null);
  if (unread.length > 0) {
    throw new CommandError(
      EXIT.failed,
      unread.map(({ service, region, reasonCode, reason }) => {
        return `${service} ${region} could not be read: ${reasonCode ?? ''}: ${reason ?? ''}`;
      }),
    );
  }
  return result.targets;
}

function changesOf(target: ReconciledTarget): Change[] {
  const { administrator, service, region } = target;
  const listed = new Set<string>();
  return ACTIONS.flatMap(([list, action, detail]) =>
    (target[list]?.accounts ?? []).flatMap(({ accountId, email, memberEmail, memberStatus }) => {
      // A member with another address may be to invite too: the first action counts.
      if (listed.has(accountId)) {
        return [];
      }
      listed.add(accountId);
      const shown = email ?? memberEmail;
      return [{ action, administrator, service, region, accountId, email: shown, memberStatus, detail }];
    }),
  );
}

/** The changes, each create and invite with the verdict of a dry run if it would not succeed. */
export async function foresee(context: Context, changes: readonly Change[]): Promise<readonly Change[]> {
  const verdicts = new Map<string, string>();
  for (const group of groupByTarget(changes, ['create', 'invite'])) {
    for (let from = 0; from < group.changes.length; from += MAX_DRY_RUN) {
      const part = group.changes.slice(from, from + MAX_DRY_RUN);
      for (const { accountId, verdict } of await dryRun(context, group, part)) {
        if (!verdict.startsWith('WOULD_')) {
          verdicts.set(`${group.name} ${accountId}`, verdict);
        }
      }
    }
  }
  return changes.map((change) => {
    const detail = verdicts.get(`${nameOf(change)} ${change.accountId}`);
    return detail === undefined ? change : { ...change, detail };
  });
}

async function dryRun(
  { client, signal }: Context,
  { action, targets }: ChangeGroup,
  changes: readonly Change[],
): Promise<readonly { accountId: string; verdict: string }[]> {
  const { plan, userErrors } =
    action === 'create'
      ? await client.createMembers({ ...targets, accounts: toAccounts(changes), dryRun: true }, { signal })
      : await client.inviteMembers({ ...targets, accountIds: toIds(changes), dryRun: true }, { signal });
  throwUserErrors(userErrors);
  return plan?.targets.flatMap(({ accounts }) => accounts) ?? [];
}

/** The changes of one kind at one target: what one request can carry. */
export interface ChangeGroup {
  readonly name: string;
  readonly action: Change['action'];
  readonly targets: { administrator: string; services: SecurityService[]; regions: string[] };
  readonly changes: readonly Change[];
}

export function groupByTarget(
  changes: readonly Change[],
  actions: readonly Change['action'][],
): readonly ChangeGroup[] {
  const wanted = changes.filter(({ action }) => actions.includes(action));
  return [...Map.groupBy(wanted, nameOf)].flatMap(([name, group]) => {
    const [first] = group;
    if (first === undefined) {
      return [];
    }
    const { action, administrator, service, region } = first;
    return [
      { name, action, targets: { administrator, services: [service], regions: [region] }, changes: group },
    ];
  });
}

function nameOf({ action, administrator, service, region }: Change): string {
  return `${action} ${administrator} ${service} ${region}`;
}

export function toAccounts(changes: readonly Change[]): { accountId: string; email: string | null }[] {
  return changes.map(({ accountId, email }) => ({ accountId, email }));
}

export function toIds(changes: readonly Change[]): string[] {
  return changes.map(({ accountId }) => accountId);
}
