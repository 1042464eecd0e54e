import type { Closers } from '../../src/closers.js';
import {
  createAccountSource,
  createGatewayClient,
  type BenchAccount,
  type GatewayClient,
} from './mutations.js';
import { startPostgres, type BenchPostgres } from './postgres.js';
import { startGateway, startSandbox, type BenchSandbox, type Program } from './programs.js';

/** A PostgreSQL and a sandbox, each a process of its own, and gateways on them. */
export interface Stage {
  readonly postgres: BenchPostgres;
  readonly sandbox: BenchSandbox;
  /** Accounts that no request has had yet. */
  readonly accounts: (count: number) => BenchAccount[];
  /** Starts a gateway on an empty database. */
  gateway(environment?: Record<string, string>): Promise<StagedGateway>;
  /** Makes an empty database; answers with its URL. */
  database(): Promise<string>;
  /** Starts one more gateway on a database that others may use too. */
  replica(databaseUrl: string, environment?: Record<string, string>): Promise<StagedGateway>;
}

/** A gateway, and a client of it. */
export interface StagedGateway extends Program {
  readonly client: GatewayClient;
}

/** Sets up what a bench needs; all of it goes with the closers. */
export async function openStage(closers: Closers): Promise<Stage> {
  const postgres = await startPostgres(closers);
  const sandbox = await startSandbox(closers);
  let databases = 0;

  const database = (): Promise<string> => {
    databases += 1;
    return postgres.createDatabase(`bench_${databases}`);
  };

  const replica: Stage['replica'] = async (databaseUrl, environment = {}) => {
    const program = await startGateway(closers, {
      ...environment,
      DATABASE_URL: databaseUrl,
      AWS_ENDPOINT_URL: sandbox.url,
    });
    const client = createGatewayClient(program.url);
    const stop = async (): Promise<void> => {
      client.close();
      await program.stop();
    };
    return { ...program, client, stop };
  };

  return {
    postgres,
    sandbox,
    accounts: createAccountSource(),
    database,
    replica,
    gateway: async (environment) => replica(await database(), environment),
  };
}
