import { parseArgs } from 'node:util';
import { openTokens, type ApiToken, type ApiTokens } from './app/openTokens.js';
import { createClosers } from './closers.js';
import { readProcessConfig } from './config/processConfig.js';
import { GatewayError } from './errors.js';
import { createLog } from './log.js';
import { ROLES } from './membership.js';
import { printStartFaults } from './startFaults.js';

const USAGE = `Usage:
  npm run --silent token -- create --name NAME --role viewer|operator|admin [--administrator ID]... [--expires DAYS]
  npm run --silent token -- list
  npm run --silent token -- revoke ID
Without --administrator the token is good for all administrators. It expires after 365 days, or after DAYS.
`;

/** Creates, lists and revokes API tokens. The database is the one that the environment names, or the embedded one. */
export async function main(): Promise<void> {
  const log = createLog('warn');
  const closers = createClosers(log);
  try {
    const [command, options] = readArguments();
    const tokens = await openTokens(readProcessConfig(), { log, closers });
    process.stdout.write(await COMMANDS[command](tokens, options));
  } catch (error) {
    if (error instanceof GatewayError && error.code === 'BAD_USER_INPUT') {
      process.stderr.write(`${error.message}\n`);
    } else {
      printStartFaults(error);
    }
    process.exitCode = 1;
  } finally {
    await closers.closeAll();
  }
}

type Options = ReturnType<typeof readArguments>[1];

/** Each returns the text for standard output. */
const COMMANDS: Record<
  'create' | 'list' | 'revoke',
  (tokens: ApiTokens, options: Options) => Promise<string>
> = {
  async create(tokens, { name, role: roleName, administrator, expires }) {
    const role = ROLES.find((known) => known.toLowerCase() === roleName);
    if (name === undefined || role === undefined) {
      throw usage('expected --name NAME and --role viewer|operator|admin');
    }
    const secret = await tokens.create({
      name,
      role,
      administrators: administrator ?? null,
      expiresInDays: expires === undefined ? null : Number(expires),
    });
    return `${secret}\n`;
  },
  async list(tokens) {
    return (await tokens.list()).map((token) => `${lineOf(token)}\n`).join('');
  },
  async revoke(tokens, { id }) {
    if (id === undefined) {
      throw usage('expected the id of a token, as list prints it');
    }
    return `${lineOf(await tokens.revoke(id))}\n`;
  },
};

function readArguments() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        name: { type: 'string' },
        role: { type: 'string' },
        administrator: { type: 'string', multiple: true },
        expires: { type: 'string' },
      },
    });
    const [command, id, ...extra] = positionals;
    if ((command !== 'create' && command !== 'list' && command !== 'revoke') || extra.length > 0) {
      throw new Error('expected create, list or revoke');
    }
    return [command, { ...values, id }] as const;
  } catch (error) {
    throw usage(error instanceof Error ? error.message : String(error));
  }
}

function usage(fault: string): GatewayError {
  return new GatewayError('BAD_USER_INPUT', `${fault}\n\n${USAGE}`);
}

/** A token as one line: its facts, separated by tabs. */
function lineOf(token: ApiToken): string {
  return [
    token.id,
    token.name,
    token.role.toLowerCase(),
    token.administrators?.join(',') ?? 'all administrators',
    stateOf(token),
    `last used ${token.lastUsedAt?.toISOString() ?? 'never'}`,
  ].join('\t');
}

function stateOf({ revokedAt, expiresAt }: ApiToken): string {
  if (revokedAt !== null) {
    return `revoked ${revokedAt.toISOString()}`;
  }
  if (expiresAt === null) {
    return 'good until revoked';
  }
  return `${expiresAt < new Date() ? 'expired' : 'good until'} ${expiresAt.toISOString()}`;
}
