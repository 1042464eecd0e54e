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
  /** Accounts that nobody has asked for yet. */
  readonly accounts: (count: number) => BenchAccount[];
  /** Starts a gateway on an empty database. */
  gateway(environment?: Record<string, string>): Promise<StagedGateway>;
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
  return {
    postgres,
    sandbox,
    accounts: createAccountSource(),
    async gateway(environment = {}) {
      databases += 1;
      const program = await startGateway(closers, {
        ...environment,
        DATABASE_URL: await postgres.createDatabase(`bench_${databases}`),
        AWS_ENDPOINT_URL: sandbox.url,
      });
      const client = createGatewayClient(program.url);
      const stop = async (): Promise<void> => {
        client.close();
        await program.stop();
      };
      return { ...program, client, stop };
    },
  };
}
