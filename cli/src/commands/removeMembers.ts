import { type CommonFlags, type Context, createContext, type Surroundings } from '../context.js';
import { CommandError, EXIT, type ExitStatus } from '../faults.js';
import type { Account } from '../input/checkRows.js';
import { readAccounts } from '../input/readAccounts.js';
import { askToType } from '../requests/askToType.js';
import { acceptedCodes } from '../requests/reasonCodes.js';
import { type RemovalPlan, showPlan } from '../requests/showPlan.js';
import { type RequestFlags, startRequest } from '../requests/startRequest.js';
import { targetInput, type TargetFlags } from '../requests/targetFlags.js';
import { throwUserErrors } from '../requests/userErrors.js';

/** The flags of disassociate and delete. */
export interface RemoveFlags extends CommonFlags, TargetFlags, RequestFlags {
  readonly account?: readonly string[];
  readonly detector?: string;
  readonly accept?: readonly string[];
  readonly dryRun?: boolean;
  readonly confirm?: string;
}

/** `mgw disassociate` and `mgw delete`: a preview first, then the removal with the token that the preview gave. */
export async function removeMembers(
  verb: 'disassociate' | 'delete',
  files: readonly string[],
  flags: RemoveFlags,
  surroundings: Surroundings,
): Promise<ExitStatus> {
  const accept = acceptedCodes(flags.accept ?? []);
  const targets = targetInput(flags);
  const context = await createContext(flags, surroundings);
  const stdin = surroundings.stdin;
  const { accounts, notes } = await readAccounts({ files, inline: flags.account ?? [], stdin });
  notes.forEach(context.output.note);
  const { client } = context;
  const operation = verb === 'delete' ? 'deleteMembers' : 'disassociateMembers';
  const send = client[operation];
  const input = {
    ...targets,
    detectorId: flags.detector ?? null,
    note: flags.note ?? null,
    accountIds: accounts.map(({ accountId }) => accountId),
  };
  const confirmed = flags.dryRun === true ? undefined : flags.confirm;
  if (confirmed === undefined) {
    const { plan, userErrors } = await send({ ...input, dryRun: true }, { signal: context.signal });
    throwUserErrors(userErrors, accounts);
    if (plan == null) {
      throw new CommandError(EXIT.failed, ['expected a preview, got none']);
    }
    const status = await showPlan(context, plan, [...accept, 'NOT_A_MEMBER']);
    if (flags.dryRun === true) {
      tellToken(context, plan);
      return status;
    }
    flags = { ...flags, confirm: await askToConfirm(context, verb, plan, accounts) };
  }
  return startRequest(context, {
    operation,
    input,
    flags,
    accept,
    accounts,
    send: (values, options) => send({ ...values, confirm: flags.confirm ?? null }, options),
  });
}

function tellToken({ output }: Context, { confirm, confirmExpiresAt }: RemovalPlan): void {
  if (confirm != null) {
    output.note(`to do it, until ${confirmExpiresAt ?? 'soon'}: the same command with --confirm ${confirm}`);
  }
}

/** The token of the preview, once a person typed what they want. */
async function askToConfirm(
  context: Context,
  verb: string,
  plan: RemovalPlan,
  accounts: readonly Account[],
): Promise<string> {
  const { interactive } = context;
  if (plan.confirm == null) {
    throw new CommandError(EXIT.failed, ['the preview has no token; nothing was removed']);
  }
  if (!interactive) {
    tellToken(context, plan);
  }
  await askToType(
    context,
    `${verb} ${accounts.length}`,
    '--confirm with the token of this preview',
    'nothing was removed',
  );
  return plan.confirm;
}
