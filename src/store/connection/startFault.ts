import { describeError, GatewayError } from '../../errors.js';
import type { DatabaseAddress } from '../../ports/databaseAddress.js';

/** Node's codes of certificates that no trusted authority has signed. */
const UNKNOWN_AUTHORITY = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

/** What the operator can do, by PostgreSQL's code (appendix "Error Codes") or by Node's. */
const REMEDIES: Readonly<Record<string, string>> = {
  '28000': 'see pg_hba.conf; "no encryption" there means: add sslmode=verify-full',
  '28P01': 'correct user and password',
  '3D000': 'create the database, or correct its name',
  '42501': 'grant the rights of docs/postgresql.md, or run `npm run migrate` as the owner of the tables',
  '53300': 'raise max_connections, or put a pooler in between; docs/limits.md counts the connections',
  CERT_HAS_EXPIRED: 'renew the certificate of the server',
  ERR_TLS_CERT_ALTNAME_INVALID:
    'use a host name of the certificate, or sslmode=verify-ca to check the authority only',
};

/** A part of the driver's or a pooler's message, and what the operator can do. */
const REMEDIES_BY_MESSAGE: readonly (readonly [RegExp, string])[] = [
  [/does not support SSL/, 'turn TLS on at the server (ssl = on), or use sslmode=disable'],
  [/password must be a (?:non-empty )?string/, 'add the password of the user'],
  [
    /Query read timeout/,
    'a pooler may have no server connection left: docs/limits.md counts what the gateway needs',
  ],
  [/statement pooling/, 'use pool_mode = transaction or session'],
  [
    /unsupported startup parameter/,
    'set the settings of `options` on the role (ALTER ROLE ... SET), and remove `options`',
  ],
  [/ERR_OSSL|ERR_SSL|EPROTO/, 'check sslcert and sslkey, and that the server speaks TLS'],
];

/**
 * An error of opening the database as one line: the variable, the server, what came, what to do. `UNAVAILABLE` when the server
 * cannot be reached, else `BAD_CONFIGURATION`. A GatewayError stays as it is.
 *
 * @param action what failed, such as "cannot migrate the database".
 */
export function startFault(error: unknown, address: DatabaseAddress, action: string): GatewayError {
  if (error instanceof GatewayError) {
    return error;
  }
  const remedy = remedyFor(error, address);
  const text = `${address.variable}: ${action} at ${placeOf(address)}: ${describeError(error)}`;
  return new GatewayError(
    remedy === null ? 'UNAVAILABLE' : 'BAD_CONFIGURATION',
    remedy === null ? text : `${text}; ${remedy}`,
    { cause: error },
  );
}

function remedyFor(error: unknown, { caFile }: DatabaseAddress): string | null {
  const code = codeOf(error);
  if (UNKNOWN_AUTHORITY.has(code)) {
    return caFile === undefined
      ? 'name a file with its authority: sslrootcert=/path/to/ca.pem'
      : `the authority is not in ${caFile}: correct sslrootcert`;
  }
  const words = `${code} ${describeError(error)}`;
  return REMEDIES[code] ?? REMEDIES_BY_MESSAGE.find(([part]) => part.test(words))?.[1] ?? null;
}

function codeOf(error: unknown): string {
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === 'string' ? code : '';
}

/** Hosts, ports and database of an address. */
export function placeOf({
  host = 'localhost',
  port = 5432,
  writerAmong,
  database = '',
}: DatabaseAddress): string {
  const hosts = writerAmong ?? [{ host, port }];
  return `${hosts.map((each) => `${each.host}:${each.port}`).join(',')}/${database}`;
}
