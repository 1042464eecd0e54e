#!/usr/bin/env node
import { existsSync } from 'node:fs';
import module from 'node:module';

const built = new URL('../dist/main.js', import.meta.url);
if (existsSync(built)) {
  // Older versions of Node do not have it.
  module.enableCompileCache?.();
  const { main } = await import(built.href);
  process.exitCode = await main(process.argv.slice(2));
} else {
  console.error('mgw: not built; in a clone: npm run build');
  process.exitCode = 1;
}
