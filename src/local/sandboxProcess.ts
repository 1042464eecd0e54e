import { fork, type ChildProcess } from 'node:child_process';
import { GatewayError } from '../errors.js';

/** Longest time until the sandbox listens, in milliseconds. */
const START_LIMIT_MS = 15_000;

/** The line that the sandbox prints when it listens. */
const LISTENING = /^sandbox listening on (\S+)$/m;

/** A sandbox that this process has started. */
export interface SandboxProcess {
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * Starts the sandbox as a child process. The sandbox ends with this process, even after a crash, because its IPC channel
 * closes.
 *
 * @param program the sandbox's entry file.
 * @param stateFile the file that keeps its members between starts.
 * @param onUnexpectedEnd called when it ends before `stop`.
 * @throws GatewayError `UNAVAILABLE` when it does not listen within 15 seconds.
 */
export async function startSandboxProcess(options: {
  readonly program: string;
  readonly stateFile: string;
  readonly onUnexpectedEnd: (reason: string) => void;
}): Promise<SandboxProcess> {
  const child = fork(options.program, {
    env: { PATH: '', SANDBOX_PORT: '0', SANDBOX_STATE_FILE: options.stateFile },
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    // Ctrl-C in a terminal then reaches only the gateway, which stops the sandbox after its last call.
    detached: true,
  });
  const ended = new Promise<string>((resolve) => {
    child.once('exit', (code, signal) => {
      resolve(`exit code ${String(code)}, signal ${String(signal)}`);
    });
    child.once('error', (error) => {
      resolve(error.message);
    });
  });
  const url = await Promise.race([
    firstUrl(child),
    ended.then((reason) => {
      throw new GatewayError('UNAVAILABLE', `the sandbox did not start: ${reason}`);
    }),
  ]);
  let stopping = false;
  void ended.then((reason) => {
    if (!stopping) {
      options.onUnexpectedEnd(reason);
    }
  });
  return {
    url,
    async stop() {
      stopping = true;
      child.kill('SIGTERM');
      await ended;
    },
  };
}

async function firstUrl(child: ChildProcess): Promise<string> {
  const timer = setTimeout(() => child.kill('SIGKILL'), START_LIMIT_MS);
  let output = '';
  for await (const chunk of child.stdout ?? []) {
    output += String(chunk);
    const url = LISTENING.exec(output)?.[1];
    if (url === undefined) {
      continue;
    }
    clearTimeout(timer);
    return url;
  }
  clearTimeout(timer);
  throw new GatewayError('UNAVAILABLE', 'the sandbox ended before it listened');
}
