import { type CommonFlags, type Context, createContext, type Surroundings } from '../context.js';
import { CommandError, EXIT, type ExitStatus } from '../faults.js';
import type { Column } from '../output/output.js';
import { askToType } from '../requests/askToType.js';
import { applyChanges } from '../wanted/applyChanges.js';
import { type Change, compare, foresee } from '../wanted/compare.js';
import { readWanted, type Wanted } from '../wanted/readWanted.js';

/** The flags of plan and apply. */
export interface PlanFlags extends CommonFlags {
  readonly file: string;
  readonly remove?: boolean;
  readonly detailedExitcode?: boolean;
}

/** Those of apply alone. */
export interface ApplyFlags extends PlanFlags {
  readonly yes?: boolean;
  readonly note?: string;
}

/** The exit status of a difference with --detailed-exitcode: that of Terraform. */
const DIFFERENT = 2;

const SIGNS: Readonly<Record<Change['action'], string>> = {
  create: '+',
  invite: '>',
  remove: '-',
  mend: '!',
};

const COLUMNS: readonly Column<Change>[] = [
  { name: 'change', of: ({ action }) => `${SIGNS[action]} ${action}` },
  { name: 'accountId', of: ({ accountId }) => accountId },
  { name: 'administrator', of: ({ administrator }) => administrator },
  { name: 'service', of: ({ service }) => service },
  { name: 'region', of: ({ region }) => region },
  { name: 'memberStatus', of: ({ memberStatus }) => memberStatus },
  { name: 'email', of: ({ email }) => email },
  { name: 'detail', of: ({ detail }) => detail },
];

/** `mgw plan`: what apply would change; nothing is changed. */
export async function plan(flags: PlanFlags, surroundings: Surroundings): Promise<ExitStatus> {
  try {
    const { changes } = await prepare(flags, surroundings);
    return changes.length > 0 && flags.detailedExitcode === true ? DIFFERENT : EXIT.done;
  } catch (error) {
    // With --detailed-exitcode 2 is a difference, and a failure is 1.
    const isUsage = error instanceof CommandError && error.status === EXIT.usage;
    throw isUsage && flags.detailedExitcode === true ? new CommandError(EXIT.failed, error.lines) : error;
  }
}

/** `mgw apply`: creates and invites what is missing, and with --remove removes what is not wanted. */
export async function apply(flags: ApplyFlags, surroundings: Surroundings): Promise<ExitStatus> {
  const { context, wanted, changes, isWhole } = await prepare(flags, surroundings);
  const todo = changes.filter(({ action }) => action !== 'mend');
  if (todo.length > 0) {
    if (flags.yes !== true) {
      await askToType(context, `apply ${todo.length}`, '--yes', 'nothing was changed');
    }
    const request = flags.note === undefined ? { wait: true } : { wait: true, note: flags.note };
    const status = await applyChanges(context, wanted, todo, request);
    if (status !== EXIT.done) {
      return status;
    }
  }
  return changes.length > todo.length || !isWhole ? EXIT.incomplete : EXIT.done;
}

interface Prepared {
  readonly context: Context;
  readonly wanted: readonly Wanted[];
  readonly changes: readonly Change[];
  /** Whether nothing is left to do after these changes. */
  readonly isWhole: boolean;
}

async function prepare(flags: PlanFlags, surroundings: Surroundings): Promise<Prepared> {
  const wanted = await readWanted(flags.file, surroundings.stdin);
  const context = await createContext(flags, surroundings);
  const { changes: all, beyond } = await compare(context, wanted);
  const kept = all.filter(({ action }) => action === 'remove' && flags.remove !== true);
  const changes = await foresee(
    context,
    all.filter((change) => !kept.includes(change)),
  );
  const { output } = context;
  await output.list({ type: 'change', columns: COLUMNS, rows: changes });
  const counts = Object.keys(SIGNS).flatMap((action) => {
    const count = changes.filter((change) => change.action === action).length;
    return count > 0 ? [`${count} to ${action}`] : [];
  });
  output.note(counts.length === 0 ? 'no changes' : counts.join(', '));
  const members = kept.length + beyond.reduce((sum, target) => sum + target.members, 0);
  if (flags.remove !== true && members > 0) {
    output.note(`${members} members are not wanted and stay; --remove removes them`);
  }
  const left = flags.remove === true ? beyond : [];
  for (const { target, members: more } of left) {
    output.warn(`${target}: ${more} more members are not wanted; run it again after this to remove them`);
  }
  return { context, wanted, changes, isWhole: left.length === 0 };
}
