import { findInstallation } from './app/installation.js';
import type { Gateway } from './app/startGateway.js';
import { createClosers } from './closers.js';
import { describeAwsNetwork } from './config/awsNetwork.js';
import type { Config } from './config/loadConfig.js';
import { readProcessConfig } from './config/processConfig.js';
import { createLog, openLogDestination, type Log } from './log.js';
import { endOnSignal } from './signals.js';
import { printStartFaults } from './startFaults.js';
import type { ProcessTracing } from './tracing/tracing.js';
import { startWatchdog } from './watchdog.js';

/** Starts the gateway, prints its URL, and stops it on SIGINT or SIGTERM. A second signal ends the process at once. */
export async function main(): Promise<void> {
  const config = readConfig();
  const tracing = config.tracing ? await loadTracing() : null;
  const log = createLog(config.logLevel, await openLogDestination(), tracing?.logFields);
  const closers = createClosers(log);
  closers.add('traces', () => tracing?.flush());
  let isEnding = false;
  startWatchdog();
  warnWithoutSdk(config, tracing, log);

  const end = async (exitCode: number): Promise<void> => {
    isEnding = true;
    process.exitCode = exitCode;
    await closers.closeAll();
    process.exit();
  };
  endOnSignal((signal) => {
    log.info({ signal }, 'stopping');
    if (!isEnding) {
      void end(0);
    }
  });
  const fatal = (reason: string): void => {
    if (isEnding) {
      return;
    }
    log.fatal(reason);
    void end(1);
  };

  try {
    // Loaded only now: this takes longer than everything else before, and a fault of the configuration needs none of it.
    const { startGateway } = await import('./app/startGateway.js');
    const gateway = await startGateway(config, findInstallation(), { log, closers, fatal, tracing });
    process.stdout.write(welcome(config, gateway));
  } catch (error) {
    printStartFaults(error);
    log.debug({ err: error }, 'the gateway did not start');
    await end(1);
  }
}

/** The tracing of this process; null when it was started without an OpenTelemetry SDK. Loaded only while it is on. */
async function loadTracing(): Promise<ProcessTracing | null> {
  const { createProcessTracing } = await import('./tracing/tracing.js');
  return createProcessTracing();
}

/** Reads the configuration. If it has faults, prints each on a line and ends the process. */
function readConfig(): Config {
  try {
    return readProcessConfig();
  } catch (error) {
    printStartFaults(error);
    process.exit(1);
  }
}

function warnWithoutSdk({ tracing: isWanted }: Config, tracing: ProcessTracing | null, log: Log): void {
  if (isWanted && tracing === null) {
    log.warn(
      'OTEL_* is set, but no OpenTelemetry SDK is loaded, so there are no traces: docs/tracing.md has the command',
    );
  }
}

function welcome({ awsNetwork, publicUrl }: Config, { url: ownUrl, sandboxUrl }: Gateway): string {
  const url = publicUrl ?? ownUrl;
  const query =
    'mutation { createMembers(input: { accounts: [{ accountId: \\"222233334444\\", email: \\"security@example.com\\" }] }) ' +
    '{ request { id status counts { total processed unprocessed } } userErrors { field message } } }';
  const destination =
    awsNetwork !== null
      ? `Upstream: AWS, ${describeAwsNetwork(awsNetwork)}. Calls are real.`
      : `Upstream: the sandbox at ${sandboxUrl ?? ''}. No call leaves this machine.`;
  return [
    '',
    `GraphiQL: ${url}/graphql`,
    destination,
    'Try it:',
    '',
    `curl -s ${url}/graphql -H 'content-type: application/json' -d '{"query":"${query}"}'`,
    '',
    'Ctrl-C ends everything.',
    '',
  ].join('\n');
}
