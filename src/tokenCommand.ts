import { parseArgs } from 'node:util';
import path from 'node:path';
import { existsSync } from 'node:fs';
import { createClosers, type Closers } from './closers.js';
import { loadConfig, type Config } from './config/loadConfig.js';
import { GatewayError } from './errors.js';
import { createLog, type Log } from './log.js';
import { LOCAL_CALLER, ROLES } from './membership.js';
import type { TokenRow } from './ports/tokens.js';
import { tokenNodeId } from './services/input/nodeId.js';
import { createTokenService, type TokenService } from './services/access/tokens.js';
import type { UserError } from './services/input/userErrors.js';
import { openDatabase } from './store/connection/client.js';
import { lockDataDir } from './local/postgres/dataDirLock.js';
import { startEmbeddedPostgres } from './local/postgres/startPostgres.js';
import { migrate } from './store/connection/migrator.js';
import { runningPostgresUrl } from './local/postgres/runningPostgres.js';
import { createTokenStore } from './store/access/tokenStore.js';

const USAGE = `Usage:
  npm run --silent token -- create --name NAME --role viewer|operator|admin [--administrator ID]... [--expires DAYS]
  npm run --silent token -- list
  npm run --silent token -- revoke ID
Without --administrator the token is good for all of them. It expires after 365 days, or as many as you say.
`;

/** Makes, lists and revokes API tokens, on the database that the environment names or beside a gateway that is running. */
async function main(): Promise<void> {
  const log = createLog('warn');
  const closers = createClosers(log);
  try {
    const [command, options] = readArguments();
    const config = loadConfig(process.env);
    const tokens = await openTokens(config, closers, log);
    process.stdout.write(await COMMANDS[command](tokens, options));
  } catch (error) {
    process.stderr.write(error instanceof GatewayError ? `${error.message}\n` : `${String(error)}\n`);
    process.exitCode = 1;
  } finally {
    await closers.closeAll();
  }
}

type Options = ReturnType<typeof readArguments>[1];

const COMMANDS: Record<
  'create' | 'list' | 'revoke',
  (tokens: TokenService, options: Options) => Promise<string>
> = {
  async create(tokens, { name, role, administrator, expires }) {
    const wanted = ROLES.find((known) => known.toLowerCase() === role);
    if (name === undefined || wanted === undefined) {
      throw usage('expected --name NAME and --role viewer|operator|admin');
    }
    const { secret, userErrors } = await tokens.create(LOCAL_CALLER, {
      name,
      role: wanted,
      administrators: administrator ?? null,
      expiresInDays: expires === undefined ? null : Number(expires),
    });
    if (secret === null) {
      throw refused(userErrors);
    }
    return `${secret}\n`;
  },
  async list(tokens) {
    return (await tokens.list(LOCAL_CALLER)).map((token) => `${lineOf(token)}\n`).join('');
  },
  async revoke(tokens, { id }) {
    if (id === undefined) {
      throw usage('expected the id of a token, which list shows');
    }
    const { token, userErrors } = await tokens.revoke(LOCAL_CALLER, id);
    if (token === null) {
      throw refused(userErrors);
    }
    return `${lineOf(token)}\n`;
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
    const [command, id, ...rest] = positionals;
    if ((command !== 'create' && command !== 'list' && command !== 'revoke') || rest.length > 0) {
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

function refused(userErrors: readonly UserError[]): GatewayError {
  return new GatewayError(
    'BAD_USER_INPUT',
    userErrors.map(({ field, message }) => `${field?.at(-1) ?? 'input'}: ${message}`).join('\n'),
  );
}

function lineOf(token: TokenRow): string {
  const end = token.revokedAt ?? token.expiresAt;
  const state =
    token.revokedAt !== null ? 'revoked' : end !== null && end < new Date() ? 'expired' : 'good until';
  return [
    tokenNodeId(token.id),
    token.name,
    token.role.toLowerCase(),
    token.administrators?.join(',') ?? 'all administrators',
    `${state} ${end?.toISOString() ?? 'revoked'}`,
    `last used ${token.lastUsedAt?.toISOString() ?? 'never'}`,
  ].join('\t');
}

/** Without DATABASE_URL the embedded database: started for the moment, or the one of a gateway that is running. */
async function openTokens(config: Config, closers: Closers, log: Log): Promise<TokenService> {
  const databaseUrl = config.databaseUrl ?? (await embeddedUrl(config.dataDir, closers, log));
  await migrate({ databaseUrl, migrationsDir: path.join(findRoot(), 'prisma/migrations'), log });
  const database = openDatabase(databaseUrl);
  closers.add('database', () => database.close());
  const fallback = {
    accountId: '',
    roleArn: null,
    externalId: null,
    services: [],
    regions: [],
    detectorIds: {},
  };
  const administrators = config.administrators ?? [{ id: 'default', ...fallback }];
  return createTokenService(createTokenStore(database.prisma), administrators);
}

async function embeddedUrl(dataDir: string, closers: Closers, log: Log): Promise<string> {
  const lock = await lockDataDir(dataDir).catch(() => null);
  if (lock === null) {
    return runningPostgresUrl(dataDir);
  }
  closers.add('data directory', () => lock.release());
  const postgres = await startEmbeddedPostgres({ dataDir, log });
  closers.add('PostgreSQL', () => postgres.stop());
  return postgres.url;
}

function findRoot(): string {
  let root = import.meta.dirname;
  while (!existsSync(path.join(root, 'package.json'))) {
    root = path.dirname(root);
  }
  return root;
}

await main();
