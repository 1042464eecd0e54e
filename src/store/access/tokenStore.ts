import { Prisma, type PrismaClient } from '../../generated/client.js';
import type { NewToken, TokenRow, TokenStore } from '../../ports/tokens.js';
import { uuidOrNone } from '../sql/cursors.js';

const TOKEN_COLUMNS = Prisma.sql`id::text, name, role::text, CASE WHEN all_administrators THEN NULL ELSE administrators END AS administrators,
  created_at AS "createdAt", created_by AS "createdBy", expires_at AS "expiresAt", last_used_at AS "lastUsedAt",
  revoked_at AS "revokedAt", revoked_by AS "revokedBy"`;

const IN_FORCE = Prisma.sql`revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())`;

/** The API tokens in PostgreSQL. A revocation is effective in all replicas at once. */
export function createTokenStore(prisma: PrismaClient): TokenStore {
  return {
    async insert(token) {
      const [row] = await prisma.$queryRaw<[TokenRow]>(insertToken(token));
      return row;
    },
    list: (within, limit) => prisma.$queryRaw<TokenRow[]>`
      SELECT ${TOKEN_COLUMNS} FROM api_token WHERE ${isWithin(within)} ORDER BY id DESC LIMIT ${limit}::int`,
    async revoke(within, id, revokedBy) {
      const [row] = await prisma.$queryRaw<TokenRow[]>`
        UPDATE api_token
        SET revoked_at = COALESCE(revoked_at, now()), revoked_by = COALESCE(revoked_by, ${revokedBy})
        WHERE id = ${uuidOrNone(id)}::uuid AND ${isWithin(within)}
        RETURNING ${TOKEN_COLUMNS}`;
      return row ?? null;
    },
    async use(secretHashes) {
      const hashes = secretHashes.map((hash) => hash.toString('hex'));
      const rows = await prisma.$queryRaw<(TokenRow & { secretHash: string })[]>(useTokens(hashes));
      const tokens = new Map(rows.map(({ secretHash, ...token }) => [secretHash, token]));
      return hashes.map((hash) => tokens.get(hash) ?? null);
    },
    async inForce(ids) {
      const rows = await prisma.$queryRaw<{ id: string }[]>`
        SELECT id::text FROM api_token WHERE id = ANY (${[...ids]}::uuid[]) AND ${IN_FORCE}`;
      return rows.map(({ id }) => id);
    },
  };
}

function insertToken(token: NewToken): Prisma.Sql {
  return Prisma.sql`
    INSERT INTO api_token (id, name, secret_hash, role, all_administrators, administrators, created_by, expires_at)
    VALUES (
      ${token.id}::uuid, ${token.name}, ${token.secretHash}::bytea, ${token.role}::caller_role,
      ${token.administrators === null}::boolean, ${[...(token.administrators ?? [])].sort()}::text[], ${token.createdBy},
      ${token.expiresAt}::timestamptz
    )
    RETURNING ${TOKEN_COLUMNS}`;
}

/**
 * Reads the tokens of operations, and writes their last use at most once a minute. A row that another replica is about to write
 * is skipped: that replica writes the same, and no two statements wait for each other.
 *
 * @param hashes in hex.
 */
function useTokens(hashes: readonly string[]): Prisma.Sql {
  return Prisma.sql`/* prepared: use_tokens */
    WITH wanted AS (
      SELECT decode(hash, 'hex') AS hash FROM unnest(${hashes}::text[]) AS hash
    ), unwritten AS (
      SELECT id FROM api_token
      WHERE secret_hash IN (SELECT hash FROM wanted) AND ${IN_FORCE}
        AND (last_used_at IS NULL OR last_used_at < now() - interval '1 minute')
      FOR UPDATE SKIP LOCKED
    ), used AS (
      UPDATE api_token SET last_used_at = now() WHERE id IN (SELECT id FROM unwritten)
    )
    SELECT encode(secret_hash, 'hex') AS "secretHash", ${TOKEN_COLUMNS} FROM api_token
    WHERE secret_hash IN (SELECT hash FROM wanted) AND ${IN_FORCE}`;
}

function isWithin(administrators: readonly string[] | null): Prisma.Sql {
  if (administrators === null) {
    return Prisma.sql`true`;
  }
  return Prisma.sql`(NOT all_administrators AND administrators <@ ${[...administrators]}::text[])`;
}
