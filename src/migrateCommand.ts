import { runProgram } from './runProgram.js';

// The command that migrates the database and does nothing else.
await runProgram(() => import('./migrateProgram.js'));
