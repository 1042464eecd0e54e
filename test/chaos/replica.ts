import { setTimeout as sleep } from 'node:timers/promises';
import { spawnGateway, type GatewayProcess } from '../support/gatewayProcess.js';

/** Pause before a gateway that could not start is started again, in milliseconds: PostgreSQL may be down. */
const START_PAUSE_MS = 250;

/** A gateway process that is started again whenever it has ended, as by any supervisor. */
export interface Replica {
  /** Base URL of the process that runs; null while none does. */
  url(): string | null;
  /** Resolves once one runs. */
  up(): Promise<void>;
  /** `kill -9`; it is started again after this number of milliseconds. False: none was running. */
  kill(downMs: number): boolean;
  /** SIGSTOP now and SIGCONT after this number of milliseconds. False: none was running. */
  freeze(forMs: number): boolean;
  /** How it ended when the test had not killed it, with its last words. */
  readonly ownEnds: readonly string[];
  /** What processes that ended had to say. */
  words(): string;
  /** SIGTERM, and no more starts. */
  stop(): Promise<void>;
}

/** Starts one, and keeps it going until `stop`. */
export function keepReplica(environment: Record<string, string>): Replica {
  let running: GatewayProcess | null = null;
  let killedFor: number | null = null;
  let stopping = false;
  let waiting = Promise.withResolvers<undefined>();
  let spoken = '';
  const ownEnds: string[] = [];
  // Asked as a function: it changes while others wait.
  const isStopping = (): boolean => stopping;

  const live = async (): Promise<void> => {
    while (!isStopping()) {
      try {
        running = await spawnGateway(environment);
      } catch (error) {
        spoken += `${String(error)}\n`;
        await sleep(START_PAUSE_MS);
        continue;
      }
      waiting.resolve(undefined);
      const { ended, output, kill } = running;
      if (isStopping()) {
        void kill('SIGTERM');
      }
      const end = await ended;
      running = null;
      waiting = Promise.withResolvers<undefined>();
      spoken += output();
      if (killedFor === null && !isStopping()) {
        ownEnds.push(`${end}: ${output().slice(-2_000)}`);
      }
      await sleep(killedFor ?? START_PAUSE_MS);
      killedFor = null;
    }
  };
  const life = live();
  // A frozen process would outlive the test that started it.
  const leaveNone = (): void => void running?.kill('SIGKILL');
  process.once('exit', leaveNone);

  return {
    url: () => running?.url ?? null,
    up: () => waiting.promise,
    kill(downMs) {
      if (running === null || killedFor !== null) {
        return false;
      }
      killedFor = downMs;
      void running.kill('SIGKILL');
      return true;
    },
    freeze(forMs) {
      if (running === null || killedFor !== null) {
        return false;
      }
      const { kill } = running;
      void kill('SIGSTOP');
      setTimeout(() => void kill('SIGCONT'), forMs);
      return true;
    },
    ownEnds,
    words: () => spoken + (running?.output() ?? ''),
    async stop() {
      stopping = true;
      if (running !== null) {
        void running.kill('SIGCONT');
        void running.kill('SIGTERM');
      }
      await life;
      process.off('exit', leaveNone);
    },
  };
}
