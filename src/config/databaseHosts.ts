import type { DatabaseHost } from '../ports/databaseAddress.js';

/** A host as a URL names it. Empty, or null: pg has a default of its own. */
export interface WrittenHost {
  readonly host: string;
  readonly port: number | null;
}

const HOST_AND_PORT = /^(\[[0-9a-fA-F:.]+\]|[^:]*)(?::(\d{1,5}))?$/;

/** The values of target_session_attrs with which libpq may connect to a server that takes writes. */
const SESSION_ATTRIBUTES = ['any', 'read-write', 'primary'];

const DEFAULT_HOST = 'localhost';
const DEFAULT_PORT = 5_432;

/**
 * The hosts of a URL, in either form of libpq: `a:5432,b:5432` in the place of the host, or `a,b` and `5432,5432` in the
 * parameters `host` and `port`. Null if the place of the host has another form.
 */
export function hostsIn(
  authority: string,
  parameters: URLSearchParams,
): [WrittenHost, ...WrittenHost[]] | null {
  const written = authority.split(',').map((part) => HOST_AND_PORT.exec(part));
  if (written.includes(null)) {
    return null;
  }
  const names =
    parameters.get('host')?.split(',') ??
    written.map((part) => decodeURIComponent((part?.[1] ?? '').replace(/^\[(.*)\]$/, '$1')));
  const ports = parameters.get('port')?.split(',') ?? written.map((part) => part?.[2] ?? '');
  const hosts = names.map((host, index) => {
    // One port is that of all hosts.
    const port = ports.length === 1 ? ports[0] : ports[index];
    return { host, port: port === undefined || port === '' ? null : Number(port) };
  });
  return hosts as [WrittenHost, ...WrittenHost[]];
}

/**
 * The hosts among which a connection chooses: of several, and with target_session_attrs, it takes none but the one that takes
 * writes. Null when it takes the only host as it is.
 */
export function writerAmong(
  hosts: readonly WrittenHost[],
  parameters: URLSearchParams,
  faults: string[],
): DatabaseHost[] | null {
  const attributes = parameters.get('target_session_attrs') ?? 'any';
  if (!SESSION_ATTRIBUTES.includes(attributes)) {
    faults.push(`target_session_attrs: expected ${SESSION_ATTRIBUTES.join(', ')}: the gateway writes`);
  }
  const ports = parameters.get('port')?.split(',') ?? [];
  if (!ports.every((port) => /^\d{1,5}$/.test(port))) {
    faults.push('port: expected a number');
  }
  if (ports.length > 1 && ports.length !== hosts.length) {
    faults.push(
      `port: expected one number, or one for each of the ${hosts.length} hosts; got ${ports.length}`,
    );
  }
  if (hosts.length === 1 && attributes === 'any') {
    return null;
  }
  return hosts.map(({ host, port }) => ({ host: host || DEFAULT_HOST, port: port ?? DEFAULT_PORT }));
}
