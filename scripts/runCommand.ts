import { spawn } from 'node:child_process';
import path from 'node:path';

/** Runs a shell command with the Node and the tools of node_modules; resolves to how it ended and all that it said. */
export async function runCommand(command: string): Promise<{ succeeded: boolean; output: string }> {
  const bin = path.resolve(import.meta.dirname, '../node_modules/.bin');
  const env = {
    ...process.env,
    PATH: `${bin}${path.delimiter}${process.env['PATH'] ?? ''}`,
    // Prisma would ask its maker for news.
    CHECKPOINT_DISABLE: '1',
    PRISMA_HIDE_UPDATE_MESSAGE: '1',
  };
  const child = spawn(command, { shell: true, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => (output += chunk));
  }
  const code = await new Promise((resolve) => child.on('close', resolve));
  return { succeeded: code === 0, output };
}
