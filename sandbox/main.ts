import { readOptions } from './config.js';
import { createSandbox } from './sandbox.js';

/** How long a stop may take, in milliseconds, before the process ends without it. */
const STOP_MS = 800;

async function main(): Promise<void> {
  const sandbox = createSandbox(readOptions(process.env));
  await sandbox.listen();

  const received = new Set<NodeJS.Signals>();
  let stopping = false;
  const stop = (): void => {
    if (stopping) {
      return;
    }
    stopping = true;
    setTimeout(() => process.exit(1), STOP_MS).unref();
    sandbox.stop().then(() => process.exit(0), fail);
  };
  const onSignal = (signal: NodeJS.Signals): void => {
    // Ctrl-C reaches a whole process group, and a parent may add its own SIGTERM: only the same signal again is meant to force.
    if (received.has(signal)) {
      process.exit(1);
    }
    received.add(signal);
    stop();
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
  // Started by another program: when that one is gone, nobody is left to stop this one.
  process.once('disconnect', stop);

  process.stdout.write(`sandbox listening on ${sandbox.url}\n`);
}

function fail(error: unknown): void {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}

main().catch(fail);
