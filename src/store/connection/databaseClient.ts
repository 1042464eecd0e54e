import pg from 'pg';
import type { DatabaseHost } from '../../ports/databaseAddress.js';
import { findWriter } from './writerSearch.js';

/** PostgreSQL's code for a write in a read-only transaction. */
const READ_ONLY_TRANSACTION = '25006';

/** The settings that PostgreSQL reports when a session begins, and when they change. Either makes it read-only. */
const READ_ONLY_SETTINGS = new Set(['default_transaction_read_only', 'in_hot_standby']);

/** pg's configuration, with the hosts among which the connection chooses. */
export type DatabaseClientConfig = pg.ClientConfig & {
  readonly writerAmong?: readonly DatabaseHost[];
  /** The search that the connections of a pool share. */
  readonly searchWriter?: () => Promise<DatabaseHost>;
};

/** A connection to the database that chooses the host that takes writes, and that knows whether its session takes them. */
export class DatabaseClient extends pg.Client {
  /** When the connection was made, as `performance.now` gives it. */
  connectedAt = 0;
  private readonly config: DatabaseClientConfig;
  private readonly readOnlySettings = new Set<string>();
  private refusedWrite = false;

  constructor(config: DatabaseClientConfig) {
    super(config);
    this.config = config;
    // A pool stops listening a moment before the receiver of the connection begins. If the server dies in that moment, an
    // error without a listener would end this process. Statements on such a connection fail by themselves.
    this.on('error', () => undefined);
    this.connection.on('parameterStatus', (message: { parameterName: string; parameterValue: string }) => {
      this.noteSetting(message.parameterName, message.parameterValue);
    });
    this.connection.on('errorMessage', ({ code }: { code?: string }) => {
      this.refusedWrite ||= code === READ_ONLY_TRANSACTION;
    });
  }

  /** Whether the server takes no writes, as far as it has said: a standby, or a server that was made read-only. */
  get isReadOnly(): boolean {
    return this.refusedWrite || this.readOnlySettings.size > 0;
  }

  override connect(): Promise<pg.Client>;
  override connect(callback: (error: Error | null, client?: pg.Client) => void): void;
  override connect(
    callback?: (error: Error | null, client?: pg.Client) => void,
  ): Promise<pg.Client> | undefined {
    const connected = this.connectToWriter();
    if (callback === undefined) {
      return connected;
    }
    connected.then(
      (client) => {
        callback(null, client);
      },
      (error: unknown) => {
        callback(error instanceof Error ? error : new Error(String(error)));
      },
    );
    return undefined;
  }

  private async connectToWriter(): Promise<pg.Client> {
    const { writerAmong, searchWriter } = this.config;
    if (writerAmong !== undefined) {
      const writer = await (searchWriter?.() ?? findWriter(this.config, writerAmong));
      Object.assign(this, writer);
      // The source of the password gets these.
      Object.assign(
        (this as unknown as { readonly connectionParameters: object }).connectionParameters,
        writer,
      );
    }
    const client = await super.connect();
    this.connectedAt = performance.now();
    return client;
  }

  private noteSetting(name: string, value: string): void {
    if (value === 'off') {
      this.readOnlySettings.delete(name);
    } else if (READ_ONLY_SETTINGS.has(name)) {
      this.readOnlySettings.add(name);
    }
  }
}
