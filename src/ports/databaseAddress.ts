import type { ConnectionOptions } from 'node:tls';

/** The place of one server. */
export interface DatabaseHost {
  readonly host: string;
  readonly port: number;
}

/** Where PostgreSQL is, and how connections to it are made. */
export interface DatabaseAddress {
  /** The environment variable that says so, for messages to the operator. */
  readonly variable: 'DATABASE_URL' | 'DIRECT_DATABASE_URL';
  /** A host name, an IP address or the folder of a Unix socket. Without it: PGHOST, else localhost. */
  readonly host?: string;
  /** Without it: PGPORT, else 5432. */
  readonly port?: number;
  /** Hosts among which each connection chooses the one that takes writes. Without it, connections take `host` as it is. */
  readonly writerAmong?: readonly DatabaseHost[];
  readonly user?: string;
  /** A function is asked for each connection, with its server: some passwords are good for minutes, and for one server. */
  readonly password?: string | ((server: DatabaseHost) => Promise<string>);
  readonly database?: string;
  /** The regions whose IAM signs the user in, instead of a password, by host. */
  readonly iamRegions?: ReadonlyMap<string, string>;
  /** Settings of the session that are sent when a connection is opened, as libpq's `options`. */
  readonly options?: string;
  /** False: without TLS. Without it: as PGSSLMODE says, else without TLS. */
  readonly tls?: ConnectionOptions | false;
  /** The file of the authorities in `tls`, for messages to the operator. */
  readonly caFile?: string;
  /** Whether TLS begins at once, without PostgreSQL's own request for it. */
  readonly isTlsDirect: boolean;
  /** The schema of the tables; null: the first one of the role's search_path. */
  readonly schema: string | null;
}

/** The addresses of one database. */
export interface DatabaseAddresses {
  /** For reads and writes of the record. A pooler in transaction mode may be in between. */
  readonly record: DatabaseAddress;
  /** For what belongs to a session: LISTEN, locks, migrations and jobs. */
  readonly direct: DatabaseAddress;
}
