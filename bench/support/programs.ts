import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Closers } from '../../src/closers.js';
import { ROOT } from './report.js';

/** How long a program may take to say where it listens, in milliseconds. */
const START_LIMIT_MS = 60_000;

/** Gateway settings under which AWS's quotas play no part. */
export const NO_QUOTA = {
  GUARDDUTY_RATE: '100000',
  GUARDDUTY_BURST: '100000',
  SECURITYHUB_RATE: '100000',
  SECURITYHUB_BURST: '100000',
};

/** A program of the build, running. */
export interface Program {
  /** Base URL. */
  readonly url: string;
  readonly pid: number;
  stop(): Promise<void>;
  /** Sends a signal that is not to be followed by an orderly end. */
  strike(signal: 'SIGKILL' | 'SIGSTOP'): void;
}

/** A running sandbox. */
export interface BenchSandbox extends Program {
  /** Back to its start: no members, no log. The latency, without which answers come at once, is set anew. */
  reset(latencyMs: number): Promise<void>;
  /** Enforces these rates from now on, with full buckets. */
  limit(rates: { guardduty: SandboxRate; securityhub: SandboxRate }): Promise<void>;
  /** CreateMembers calls since the reset, or those of another operation; null: all that came. */
  calls(operation?: string | null): Promise<LoggedCall[]>;
}

/** Requests per second and at once. */
export interface SandboxRate {
  readonly perSecond: number;
  readonly burst: number;
}

/** A call in the sandbox's log: the part that benches look at. */
export interface LoggedCall {
  readonly service: string;
  readonly region: string;
  readonly accountIds: readonly string[];
  readonly receivedAt: number;
  readonly answeredAt: number;
  readonly httpStatus: number;
  readonly errorType: string | null;
}

/**
 * Starts the gateway as users run it, four targets to its name: both services in us-east-1 and eu-west-1.
 *
 * @param root the installation whose build it runs.
 */
export async function startGateway(
  closers: Closers,
  environment: { DATABASE_URL: string; AWS_ENDPOINT_URL: string } & Record<string, string>,
  root = ROOT,
): Promise<Program> {
  const settings = { PORT: '0', LOG_LEVEL: 'warn', UPSTREAM: 'sandbox', ...environment };
  return startProgram(closers, path.join(root, 'dist/src/main.js'), {
    options: nodeOptions('start'),
    environment: settings,
    listening: /GraphiQL: (\S+)\/graphql/,
  });
}

/** Starts the sandbox without rates and ceilings. */
export async function startSandbox(closers: Closers): Promise<BenchSandbox> {
  const settings = { SANDBOX_PORT: '0', SANDBOX_GUARDDUTY_RATE: '0', SANDBOX_SECURITYHUB_RATE: '0' };
  const program = await startProgram(closers, 'dist/sandbox/main.js', {
    options: nodeOptions('sandbox'),
    environment: settings,
    listening: /sandbox listening on (\S+)/,
  });
  const control = async (method: string, what: string, body?: object): Promise<unknown> => {
    const headers = { 'content-type': 'application/json' };
    const content = body === undefined ? { headers } : { headers, body: JSON.stringify(body) };
    const response = await fetch(`${program.url}/_sandbox/${what}`, { method, ...content });
    if (!response.ok) {
      throw new Error(`${method} ${what}: ${await response.text()}`);
    }
    return response.json();
  };
  const unlimited = { members: null, invitations: null };
  const ceilings = { guardduty: unlimited, securityhub: unlimited };
  return {
    ...program,
    async reset(latencyMs) {
      await control('POST', 'reset');
      await control('PUT', 'settings', { ceilings });
      await control('PUT', 'rates', { guardduty: null, securityhub: null });
      await control('PUT', 'latency', { ms: latencyMs });
    },
    async limit(rates) {
      await control('PUT', 'rates', rates);
    },
    async calls(operation = 'CreateMembers') {
      const filter = operation === null ? '' : `?operation=${operation}`;
      return ((await control('GET', `log${filter}`)) as { calls: LoggedCall[] }).calls;
    },
  };
}

/** Starts a program that says where it listens, with Node's `options` and nothing but this environment. */
export async function startProgram(
  closers: Closers,
  file: string,
  {
    options = [],
    environment,
    listening,
  }: { options?: string[]; environment: Record<string, string>; listening: RegExp },
): Promise<Program> {
  const child = spawn(process.execPath, [...options, path.resolve(ROOT, file)], {
    cwd: ROOT,
    env: { PATH: process.env['PATH'] ?? '', ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  let stopping = false;
  child.once('exit', (code, signal) => {
    if (!stopping) {
      console.error(`${file} ended by itself: exit code ${String(code)}, signal ${String(signal)}`);
    }
  });
  const stop = async (): Promise<void> => {
    // One that was frozen ends by SIGKILL only.
    child.kill(stopping ? 'SIGKILL' : 'SIGTERM');
    stopping = true;
    await ended;
  };
  closers.add(file, stop);
  const strike = (signal: 'SIGKILL' | 'SIGSTOP'): void => {
    stopping = true;
    child.kill(signal);
  };
  return { url: await firstUrl(child, file, listening), pid: child.pid ?? 0, stop, strike };
}

/** Node's options in an npm script. The gateway sets those that decide its memory and its speed by itself. */
function nodeOptions(script: string): string[] {
  const { scripts } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  const command = /exec node (.*? )?dist\/\S+$/.exec(scripts[script] ?? '');
  if (command === null) {
    throw new Error(`the npm script ${script} starts no program of the build`);
  }
  return command[1]?.trim().split(' ') ?? [];
}

async function firstUrl(child: ChildProcess, file: string, listening: RegExp): Promise<string> {
  const said = Promise.withResolvers<string>();
  let output = '';
  child.stdout?.on('data', (chunk) => {
    output += String(chunk);
    const url = listening.exec(output)?.[1];
    if (url !== undefined) {
      said.resolve(url);
    }
  });
  child.once('exit', () => {
    said.reject(new Error(`${file} ended: ${output}`));
  });
  const timer = setTimeout(() => {
    said.reject(new Error(`${file} said nothing in time: ${output}`));
  }, START_LIMIT_MS);
  try {
    return await said.promise;
  } finally {
    clearTimeout(timer);
  }
}
