import { startConnectProxy, type ConnectProxy } from './connectProxy.js';
import { createTestDatabase } from './database.js';
import { spawnGateway, type GatewayProcess } from './gatewayProcess.js';
import { startInterception, type Interception } from './interception.js';
import { startSandbox, type TestSandbox } from './sandboxControl.js';

/** A sandbox behind a TLS server with AWS's names, behind a proxy: the whole way to AWS, on this machine. */
export interface AwsBehindProxy extends AsyncDisposable {
  readonly sandbox: TestSandbox;
  readonly interception: Interception;
  readonly proxy: ConnectProxy;
  /** Starts a gateway as users do, which calls AWS's own addresses through the proxy. Disposal ends it. */
  start(environment: Record<string, string>): Promise<GatewayProcess>;
}

/** Starts all but the gateway. */
export async function startAwsBehindProxy(): Promise<AwsBehindProxy> {
  const database = await createTestDatabase();
  const sandbox = await startSandbox();
  const interception = await startInterception(sandbox.url);
  const proxy = await startConnectProxy(interception.port);
  let gateway: GatewayProcess | null = null;
  return {
    sandbox,
    interception,
    proxy,
    async start(environment) {
      gateway = await spawnGateway({
        DATABASE_URL: database.url,
        UPSTREAM: 'aws',
        AWS_REGION: 'eu-west-1',
        AWS_EC2_METADATA_DISABLED: 'true',
        LOG_LEVEL: 'info',
        HTTPS_PROXY: proxy.url('user:pass-word'),
        ...environment,
      });
      return gateway;
    },
    async [Symbol.asyncDispose]() {
      await gateway?.kill('SIGKILL');
      await proxy[Symbol.asyncDispose]();
      await interception[Symbol.asyncDispose]();
      await sandbox.stop();
      await database.drop();
    },
  };
}

/** The sandbox's keys of an account, as environment variables. */
export const keysInEnvironment = (account: string) => ({
  AWS_ACCESS_KEY_ID: `AKIASANDBOX${account}`,
  AWS_SECRET_ACCESS_KEY: 'sandbox-secret',
});
