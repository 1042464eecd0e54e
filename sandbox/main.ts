import { readOptions } from './config.js';
import { createSandbox } from './sandbox.js';

/** How long a stop may take, in milliseconds, before the process ends without it. */
const STOP_MS = 800;

async function main(): Promise<void> {
  const sandbox = createSandbox(readOptions(process.env));
  await sandbox.listen();

  let stopping = false;
  const stop = (): void => {
    if (stopping) process.exit(1);
    stopping = true;
    setTimeout(() => process.exit(1), STOP_MS).unref();
    sandbox.stop().then(() => process.exit(0), fail);
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  // Started by another program: when that one is gone, nobody is left to stop this one.
  if (process.connected) process.once('disconnect', stop);

  process.stdout.write(`sandbox listening on ${sandbox.url}\n`);
}

function fail(error: unknown): void {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}

main().catch(fail);
