import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';

const ROOT = path.resolve(import.meta.dirname, '../..');

/** How long a gateway may take to say where it is, in milliseconds: a machine busy with other tests is slow. */
const START_LIMIT_MS = 60_000;

/** A gateway as users run it: a process of its own, from the build. */
export interface GatewayProcess {
  /** Base URL. */
  url: string;
  pid: number;
  /** Resolves when it has ended, however that came, with the exit code or the name of the signal. */
  ended: Promise<number | string>;
  /** Everything printed so far, standard output and error. */
  output(): string;
  /** Sends the signal and waits for the end; resolves with the exit code, or the name of the signal that ended it. */
  kill(signal: NodeJS.Signals): Promise<number | string>;
}

/**
 * Starts `dist/src/main.js` of an installation and waits until it says where GraphiQL is; rejects with its output when it ends
 * first. By default it runs in a directory without an environment file: that of a developer is not for tests.
 *
 * @param flags of Node.
 */
export async function spawnGateway(
  environment: Record<string, string>,
  cwd = import.meta.dirname,
  installation = ROOT,
  flags: readonly string[] = [],
): Promise<GatewayProcess> {
  const program = path.join(installation, 'dist/src/main.js');
  const child = spawn(process.execPath, [...flags, program], {
    cwd,
    env: { PATH: process.env['PATH'] ?? '', PORT: '0', LOG_LEVEL: 'warn', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = once(child, 'exit').then(([code, signal]: (number | string | null)[]) => {
    return code ?? signal ?? 'unknown';
  });
  const { url, output } = await firstWords(child, ended);
  return {
    url,
    pid: child.pid ?? 0,
    output,
    ended,
    async kill(signal) {
      child.kill(signal);
      return ended;
    },
  };
}

async function firstWords(
  child: ChildProcess,
  ended: Promise<unknown>,
): Promise<{ url: string; output: () => string }> {
  let output = '';
  const said = Promise.withResolvers<string>();
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk) => {
      output += String(chunk);
      const url = /GraphiQL: (\S+)\/graphql/.exec(output)?.[1];
      if (url !== undefined) {
        said.resolve(url);
      }
    });
  }
  const timer = setTimeout(() => {
    said.reject(new Error(`the gateway said nothing in time: ${output}`));
    child.kill('SIGKILL');
  }, START_LIMIT_MS);
  void ended.then(() => {
    said.reject(new Error(`the gateway ended: ${output}`));
  });
  try {
    return { url: await said.promise, output: () => output };
  } finally {
    clearTimeout(timer);
  }
}
