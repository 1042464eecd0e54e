import { type CommonFlags, createContext, type Surroundings } from '../context.js';
import { EXIT, type ExitStatus } from '../faults.js';
import { first } from '../output/first.js';
import type { Column } from '../output/output.js';
import { serviceOf } from '../requests/targetFlags.js';
import { enumValues } from './requests.js';

interface ShownMember {
  readonly accountId: string;
  readonly email: string | null;
  readonly administrator: string;
  readonly service: string;
  readonly region: string;
  readonly status: string;
  readonly invitedAt: string | null;
  readonly observedAt: string;
}

/** The columns of a member, in a table and in CSV. */
export const MEMBER_COLUMNS: readonly Column<ShownMember>[] = [
  { name: 'accountId', of: ({ accountId }) => accountId },
  { name: 'administrator', of: ({ administrator }) => administrator },
  { name: 'service', of: ({ service }) => service },
  { name: 'region', of: ({ region }) => region },
  { name: 'status', of: ({ status }) => status },
  { name: 'email', of: ({ email }) => email },
  { name: 'invitedAt', of: ({ invitedAt }) => invitedAt },
  { name: 'observedAt', of: ({ observedAt }) => observedAt },
];

/** The flags of members. */
export interface MembersFlags extends CommonFlags {
  readonly administrator?: string;
  readonly service: string;
  readonly region: string;
  readonly status?: readonly string[];
  readonly maxAge?: number;
  readonly limit: number;
}

/** `mgw members`: the members of one service in one region, read from the service. */
export async function listMembers(flags: MembersFlags, surroundings: Surroundings): Promise<ExitStatus> {
  const variables = {
    administrator: flags.administrator ?? null,
    service: serviceOf(flags.service),
    region: flags.region,
    status: enumValues(flags.status),
    maxAgeSeconds: flags.maxAge ?? null,
    first: Math.min(flags.limit, 100),
  };
  const { client, output, signal } = await createContext(flags, surroundings);
  const rows = first(client.members(variables, { signal }), flags.limit);
  const count = await output.list({ type: 'member', columns: MEMBER_COLUMNS, rows });
  output.note(`${count} members`);
  return EXIT.done;
}

/** The flags of inventory. */
export interface InventoryFlags extends CommonFlags {
  readonly account?: readonly string[];
  readonly administrator?: string;
  readonly service?: string;
  readonly region?: string;
  readonly status?: readonly string[];
  readonly invitedBefore?: string;
  readonly limit: number;
}

/** `mgw inventory`: the members of all targets as they were last listed. */
export async function listInventory(flags: InventoryFlags, surroundings: Surroundings): Promise<ExitStatus> {
  const filter = {
    accountId: flags.account === undefined ? null : [...flags.account],
    administrator: flags.administrator ?? null,
    service: flags.service === undefined ? null : serviceOf(flags.service),
    region: flags.region ?? null,
    status: enumValues(flags.status),
    invitedBefore: flags.invitedBefore ?? null,
  };
  const { client, output, signal } = await createContext(flags, surroundings);
  const entries = client.inventory({ filter, first: Math.min(flags.limit, 100) }, { signal });
  const rows = first(entries, flags.limit);
  const count = await output.list({ type: 'member', columns: MEMBER_COLUMNS, rows });
  output.note(`${count} members, as last observed`);
  return EXIT.done;
}
