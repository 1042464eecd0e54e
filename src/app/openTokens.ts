import type { Closers } from '../closers.js';
import { addressesOf } from '../config/databaseAddress.js';
import type { Config } from '../config/loadConfig.js';
import { GatewayError } from '../errors.js';
import { joinEmbeddedDatabase } from '../local/embeddedDatabase.js';
import type { Log } from '../log.js';
import { LOCAL_CALLER, type Administrator } from '../membership.js';
import type { TokenRow } from '../ports/tokens.js';
import { tokenNodeId } from '../services/input/nodeId.js';
import type { UserError } from '../services/input/faults.js';
import { createTokenService, type CreateTokenInput } from '../services/access/tokens.js';
import { createTokenStore } from '../store/access/tokenStore.js';
import { openMigratedDatabase } from './database.js';
import { withSignIn } from './databaseSignIn.js';
import { findInstallation } from './installation.js';

/** API tokens as the operator of the gateway manages them. */
export interface ApiTokens {
  /**
   * The secret of a new token.
   *
   * @throws GatewayError `BAD_USER_INPUT`, one line for each fault of the input.
   */
  create(input: CreateTokenInput): Promise<string>;
  /** Newest first. */
  list(): Promise<readonly ApiToken[]>;
  /**
   * The token, revoked. `id` is the id in the schema.
   *
   * @throws GatewayError `BAD_USER_INPUT` when no such token exists.
   */
  revoke(id: string): Promise<ApiToken>;
}

/** A token; its `id` is the id in the schema. */
export type ApiToken = TokenRow;

/**
 * Opens the API tokens without a gateway: in the database of DATABASE_URL, else in the embedded database, which a gateway may
 * be using meanwhile.
 */
export async function openTokens(
  config: Config,
  process: { readonly log: Log; readonly closers: Closers },
): Promise<ApiTokens> {
  const addresses = config.database ?? addressesOf(await joinEmbeddedDatabase(config.dataDir, process));
  const { migrationsDir } = findInstallation();
  const { database } = await openMigratedDatabase(
    withSignIn(addresses, config.signInNetwork),
    migrationsDir,
    process,
  );
  const administrators = config.administrators ?? [DEFAULT_ADMINISTRATOR];
  const tokens = createTokenService(createTokenStore(database.prisma), administrators);
  return {
    async create(input) {
      const { secret, userErrors } = await tokens.create(LOCAL_CALLER, input);
      if (secret === null) {
        throw refused(userErrors);
      }
      return secret;
    },
    async list() {
      return (await tokens.list(LOCAL_CALLER)).map(toApiToken);
    },
    async revoke(id) {
      const { token, userErrors } = await tokens.revoke(LOCAL_CALLER, id);
      if (token === null) {
        throw refused(userErrors);
      }
      return toApiToken(token);
    },
  };
}

/** The administrator of a gateway without ADMINISTRATORS_FILE. A token needs its id only. */
const DEFAULT_ADMINISTRATOR: Administrator = {
  id: 'default',
  accountId: '',
  roleArn: null,
  externalId: null,
  profile: null,
  services: [],
  regions: [],
  detectorIds: {},
};

function toApiToken(row: TokenRow): ApiToken {
  return { ...row, id: tokenNodeId(row.id) };
}

function refused(userErrors: readonly UserError[]): GatewayError {
  return new GatewayError(
    'BAD_USER_INPUT',
    userErrors.map(({ field, message }) => `${field?.at(-1) ?? 'input'}: ${message}`).join('\n'),
  );
}
