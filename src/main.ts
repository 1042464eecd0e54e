import nodeModule from 'node:module';
import path from 'node:path';
import { restartWithNodeFlags } from './nodeFlags.js';
import { runProgram } from './runProgram.js';

// The gateway.
await runProgram(() => {
  restartWithNodeFlags();
  keepCompiledCode();
  return import('./gatewayProgram.js');
});

/**
 * Keeps what Node compiles of the bundles beside them, where a build removes it: the next start takes a sixth less. Does nothing where
 * that folder cannot be written. It is no temporary folder, since another user of the machine could put code there.
 */
function keepCompiledCode(): void {
  if (import.meta.filename.endsWith('.js')) {
    nodeModule.enableCompileCache(path.join(import.meta.dirname, '.compiled'));
  }
}
