import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { ConnectionOptions } from 'node:tls';

/** The values of `sslmode`. libpq's `allow` and `prefer` are not among them: they go on without TLS when it fails. */
const MODES = ['disable', 'no-verify', 'require', 'verify-ca', 'verify-full'];

/** The value of `sslrootcert` for the authorities that Node trusts, as in libpq. */
const SYSTEM = 'system';

/**
 * TLS as `sslmode`, `sslrootcert`, `sslcert` and `sslkey` describe it; undefined when none of them is there. `require` checks
 * the certificate and the host name like `verify-full`: TLS without these checks hides nothing from an impostor.
 *
 * @param faults gets a line for each fault, with the path of the file.
 */
export function databaseTls(
  parameters: URLSearchParams,
  faults: string[],
): ConnectionOptions | false | undefined {
  const mode = parameters.get('sslmode');
  const files = ['sslrootcert', 'sslcert', 'sslkey'].filter((name) => parameters.has(name));
  if (mode === null || mode === 'disable') {
    faults.push(...files.map((name) => `${name}: expected together with sslmode=verify-full`));
    if (parameters.get('sslnegotiation') === 'direct') {
      faults.push('sslnegotiation=direct: expected together with sslmode=verify-full');
    }
    return mode === null ? undefined : false;
  }
  if (!MODES.includes(mode)) {
    faults.push(`sslmode: expected ${MODES.join(', ')}`);
    return undefined;
  }
  const rootFile = parameters.get('sslrootcert');
  const ca = rootFile === SYSTEM ? undefined : certificatesIn('sslrootcert', rootFile, faults);
  const cert = certificatesIn('sslcert', parameters.get('sslcert'), faults);
  const key = contentOf('sslkey', parameters.get('sslkey'), faults);
  return {
    rejectUnauthorized: mode !== 'no-verify',
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    ...(mode === 'verify-ca' ? { checkServerIdentity: () => undefined } : {}),
  };
}

function certificatesIn(parameter: string, file: string | null, faults: string[]): string | undefined {
  const pem = contentOf(parameter, file, faults);
  if (pem === undefined) {
    return undefined;
  }
  try {
    new X509Certificate(pem);
    return pem;
  } catch {
    faults.push(
      `${parameter}: expected a file with certificates as PEM; got another content in ${file ?? ''}`,
    );
    return undefined;
  }
}

function contentOf(parameter: string, file: string | null, faults: string[]): string | undefined {
  if (file === null) {
    return undefined;
  }
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    faults.push(
      `${parameter}: cannot read ${file} (${code ?? String(error)}); mount the file, or correct its path`,
    );
    return undefined;
  }
}
