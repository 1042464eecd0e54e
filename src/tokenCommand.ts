import { runProgram } from './runProgram.js';

// The command that manages API tokens.
await runProgram(() => import('./tokenProgram.js'));
