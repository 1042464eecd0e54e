import nodeModule from 'node:module';
import { nodeFault } from './nodeVersion.js';
import { printStartFaults } from './startFaults.js';

/**
 * Loads a program and runs it; traces name lines of its source, though not of this file. If Node is too old or the program cannot be loaded,
 * prints a line and ends the process. What this file imports runs on old versions of Node too.
 */
export async function runProgram(load: () => Promise<{ main: () => Promise<void> }>): Promise<void> {
  const fault = nodeFault(process.versions.node);
  if (fault !== null) {
    printStartFaults(new Error(fault));
    process.exit(1);
  }
  nodeModule.setSourceMapsSupport(true);
  let program;
  try {
    program = await load();
  } catch (error) {
    printStartFaults(error);
    process.exit(1);
  }
  await program.main();
}
