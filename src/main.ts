import { restartWithNodeFlags } from './nodeFlags.js';
import { runProgram } from './runProgram.js';

// The gateway.
await runProgram(() => {
  restartWithNodeFlags();
  return import('./gatewayProgram.js');
});
