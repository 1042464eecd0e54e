import { readOptions } from './config.js';
import { createSandbox } from './sandbox.js';

/** Deadline of a stop in milliseconds. Later the process exits with code 1. */
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
    // Ctrl-C reaches the whole process group, and a parent may add a SIGTERM. Only a repeated signal forces an exit.
    if (received.has(signal)) {
      process.exit(1);
    }
    received.add(signal);
    stop();
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
  // When the parent process exits, no other process can stop this one.
  process.once('disconnect', stop);

  process.stdout.write(`sandbox listening on ${sandbox.url}\n`);
}

function fail(error: unknown): void {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}

main().catch(fail);
