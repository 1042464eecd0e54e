import type { CommonFlags, Context, Surroundings } from '../context.js';
import { createContext } from '../context.js';
import { EXIT, type ExitStatus } from '../faults.js';
import { readAccounts, type Accounts } from '../input/readAccounts.js';
import { acceptedCodes } from '../requests/reasonCodes.js';
import { showPlan } from '../requests/showPlan.js';
import { type RequestFlags, startRequest } from '../requests/startRequest.js';
import { targetInput, type TargetFlags } from '../requests/targetFlags.js';
import { throwUserErrors } from '../requests/userErrors.js';

/** The flags of create and invite. */
export interface AddFlags extends CommonFlags, TargetFlags, RequestFlags {
  readonly account?: readonly string[];
  readonly detector?: string;
  readonly accept?: readonly string[];
  readonly dryRun?: boolean;
}

/** Those of invite alone. */
export interface InviteFlags extends AddFlags {
  readonly message?: string;
  /** False with --no-email. */
  readonly email: boolean;
  readonly followUp?: boolean;
  readonly followUpDays?: number;
}

/** `mgw create`: adds accounts as members. */
export async function createMembers(
  files: readonly string[],
  flags: AddFlags,
  surroundings: Surroundings,
): Promise<ExitStatus> {
  const { context, accounts, accept, shared } = await prepare(files, flags, surroundings);
  const input = {
    ...shared,
    accounts: accounts.map(({ accountId, email }) => ({ accountId, email })),
    // The record then says the same as the exit status.
    ...(accept.includes('ALREADY_MEMBER') ? { alreadyMember: 'PROCESSED' as const } : {}),
  };
  if (flags.dryRun === true) {
    const options = { signal: context.signal };
    const { plan, userErrors } = await context.client.createMembers({ ...input, dryRun: true }, options);
    throwUserErrors(userErrors, accounts);
    return plan === null ? EXIT.failed : showPlan(context, plan, accept);
  }
  const send = context.client.createMembers;
  return startRequest(context, { operation: 'createMembers', input, flags, accept, accounts, send });
}

/** `mgw invite`: invites members that are outside of the organization. */
export async function inviteMembers(
  files: readonly string[],
  flags: InviteFlags,
  surroundings: Surroundings,
): Promise<ExitStatus> {
  const { context, accounts, accept, shared } = await prepare(files, flags, surroundings);
  const input = {
    ...shared,
    accountIds: accounts.map(({ accountId }) => accountId),
    message: flags.message ?? null,
    disableEmailNotification: flags.email ? null : true,
    followUp: flags.followUp === true,
    ...(flags.followUpDays === undefined ? {} : { followUpDays: flags.followUpDays }),
  };
  if (flags.dryRun === true) {
    const options = { signal: context.signal };
    const { plan, userErrors } = await context.client.inviteMembers({ ...input, dryRun: true }, options);
    throwUserErrors(userErrors, accounts);
    return plan === null ? EXIT.failed : showPlan(context, plan, accept);
  }
  const send = context.client.inviteMembers;
  return startRequest(context, { operation: 'inviteMembers', input, flags, accept, accounts, send });
}

interface Prepared {
  readonly context: Context;
  readonly accounts: Accounts['accounts'];
  readonly accept: ReturnType<typeof acceptedCodes>;
  readonly shared: ReturnType<typeof targetInput> & { detectorId: string | null; note: string | null };
}

/** Reads all that people gave before anything is sent. */
async function prepare(
  files: readonly string[],
  flags: AddFlags,
  surroundings: Surroundings,
): Promise<Prepared> {
  const accept = acceptedCodes(flags.accept ?? []);
  const targets = targetInput(flags);
  const context = await createContext(flags, surroundings);
  const { accounts, notes } = await readAccounts({
    files,
    inline: flags.account ?? [],
    stdin: surroundings.stdin,
  });
  notes.forEach(context.output.note);
  const shared = { ...targets, detectorId: flags.detector ?? null, note: flags.note ?? null };
  return { context, accounts, accept, shared };
}
