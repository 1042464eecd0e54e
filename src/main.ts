import { runProgram } from './runProgram.js';

// The gateway.
await runProgram(() => import('./gatewayProgram.js'));
