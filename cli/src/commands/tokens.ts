import type { Client, Role } from 'membership-gateway-client';
import { type CommonFlags, createContext, type Surroundings } from '../context.js';
import { EXIT, type ExitStatus } from '../faults.js';
import type { Column } from '../output/output.js';
import { throwUserErrors } from '../requests/userErrors.js';

type Token = Awaited<ReturnType<Client['tokens']>>[number];

/** The flags of token create. */
export interface CreateTokenFlags extends CommonFlags {
  readonly name: string;
  readonly role: string;
  readonly administrator?: readonly string[];
  readonly expires?: number;
}

const COLUMNS: readonly Column<Token>[] = [
  { name: 'id', of: ({ id }) => id },
  { name: 'name', of: ({ name }) => name },
  { name: 'role', of: ({ role }) => role },
  { name: 'administrators', of: ({ administrators }) => administrators?.join(', ') ?? 'all' },
  { name: 'expiresAt', of: ({ expiresAt }) => expiresAt },
  { name: 'lastUsedAt', of: ({ lastUsedAt }) => lastUsedAt },
  { name: 'revokedAt', of: ({ revokedAt }) => revokedAt },
];

/** `mgw token create`: writes the secret alone to standard output; with --json the token with its secret. */
export async function createToken(flags: CreateTokenFlags, surroundings: Surroundings): Promise<ExitStatus> {
  const { client, output, signal } = await createContext(flags, surroundings);
  const input = {
    name: flags.name,
    role: flags.role.toUpperCase() as Role,
    administrators: flags.administrator === undefined ? null : [...flags.administrator],
    expiresInDays: flags.expires ?? null,
  };
  const { secret, token, userErrors } = await client.createToken(input, { signal });
  throwUserErrors(userErrors);
  if (output.format === 'json') {
    await output.json('token', { ...token, secret });
  } else {
    await output.raw(`${secret ?? ''}\n`);
  }
  output.note(`${token?.id ?? ''}: keep the secret, it is shown this once`);
  return EXIT.done;
}

/** `mgw token list`: all tokens, without their secrets. */
export async function listTokens(flags: CommonFlags, surroundings: Surroundings): Promise<ExitStatus> {
  const { client, output, signal } = await createContext(flags, surroundings);
  const rows = await client.tokens({}, { signal });
  await output.list({ type: 'token', columns: COLUMNS, rows });
  return EXIT.done;
}

/** `mgw token revoke`: the token is refused from now on. */
export async function revokeToken(
  tokenId: string,
  flags: CommonFlags,
  surroundings: Surroundings,
): Promise<ExitStatus> {
  const { client, output, signal } = await createContext(flags, surroundings);
  const { token, userErrors } = await client.revokeToken({ tokenId }, { signal });
  throwUserErrors(userErrors);
  await output.list({ type: 'token', columns: COLUMNS, rows: token == null ? [] : [token] });
  return EXIT.done;
}
