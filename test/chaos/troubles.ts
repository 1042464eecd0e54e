import { setTimeout as sleep } from 'node:timers/promises';
import type { ConnectionFault } from '../support/proxiedConnection.js';
import type { TestSandbox } from '../support/sandboxControl.js';
import type { Clock } from './clock.js';
import type { MortalPostgres, PostgresDoor } from './mortalPostgres.js';
import type { PlannedTrouble } from './plan.js';
import type { Replica } from './replica.js';
import { FAIR, setWeather } from './weather.js';

/** What there is to be troubled. */
export interface Stage {
  readonly postgres: MortalPostgres;
  readonly sandbox: TestSandbox;
  readonly replicas: readonly Replica[];
  /** The replicas' ways to PostgreSQL, in the same order. */
  readonly doors: readonly PostgresDoor[];
}

/** Makes the trouble of a plan. */
export interface Troublemaker {
  /** Makes all of it, each at its time; the clock waits until there is something to kill. */
  run(troubles: readonly PlannedTrouble[], clock: Clock): Promise<void>;
  /** Ends what lasts: everything is up again, and the weather is fair. */
  calm(): Promise<void>;
  /** How often each kind has happened. */
  readonly counts: Record<PlannedTrouble['kind'], number>;
  /** Gateway processes that were killed: all at once counts each. */
  gatewaysKilled(): number;
}

type PostgresTrouble = Extract<PlannedTrouble, { kind: 'KILL_POSTGRES' | 'FAIL_OVER' | 'SWITCH_OVER' }>;

/** How often it is looked whether there is a gateway again to be killed, in milliseconds. */
const POLL_MS = 50;

/** @param say hears of everything that happens. */
export function createTroublemaker(
  { postgres, sandbox, replicas, doors }: Stage,
  say: (what: string) => void,
): Troublemaker {
  const counts = {
    KILL_GATEWAY: 0,
    KILL_ALL_GATEWAYS: 0,
    KILL_POSTGRES: 0,
    FAIL_OVER: 0,
    SWITCH_OVER: 0,
    FREEZE_GATEWAY: 0,
    CUT_OFF_GATEWAY: 0,
    CUT_OFF_POSTGRES: 0,
    RESET_POSTGRES: 0,
    WEATHER: 0,
  };
  /** What lasts beyond its beginning. */
  const lasting: Promise<unknown>[] = [];
  let postgresIsBack: Promise<void> = Promise.resolve();
  let gatewaysKilled = 0;

  /** Does it to the replica of that number, or the next that runs; waits until one does. */
  const toOne = async (first: number, act: (replica: Replica) => boolean): Promise<void> => {
    for (;;) {
      const inTurn = [...replicas.slice(first), ...replicas.slice(0, first)];
      if (inTurn.some(act)) {
        return;
      }
      await sleep(POLL_MS);
    }
  };

  const killAll = (downMs: number): boolean => {
    const killed = replicas.filter((replica) => replica.kill(downMs)).length;
    gatewaysKilled += killed;
    return killed > 0;
  };

  const actions = {
    KILL_POSTGRES: postgres.kill,
    FAIL_OVER: postgres.failOver,
    SWITCH_OVER: postgres.switchOver,
  };

  /** Waits until both servers are there again: without its standby, a primary that dies is lost. */
  const makeOfPostgres = async ({ kind, downMs }: PostgresTrouble): Promise<void> => {
    await postgresIsBack;
    postgresIsBack = actions[kind](downMs);
    lasting.push(postgresIsBack);
  };

  const toAll = async (some: readonly PostgresDoor[], fault: ConnectionFault): Promise<void> => {
    await Promise.all(some.map((door) => door.all(fault)));
  };

  const cutOff = async (some: readonly PostgresDoor[], forMs: number): Promise<void> => {
    await toAll(some, { kind: 'BLACK_HOLE' });
    lasting.push(sleep(forMs).then(() => toAll(some, { kind: 'PASS' })));
  };

  const isOfPostgres = (trouble: PlannedTrouble): trouble is PostgresTrouble => trouble.kind in actions;

  const make = async (trouble: Exclude<PlannedTrouble, PostgresTrouble>): Promise<void> => {
    switch (trouble.kind) {
      case 'KILL_GATEWAY':
        await toOne(trouble.replica, (replica) => replica.kill(trouble.downMs));
        gatewaysKilled += 1;
        break;
      case 'KILL_ALL_GATEWAYS':
        while (!killAll(trouble.downMs)) {
          await sleep(POLL_MS);
        }
        break;
      case 'FREEZE_GATEWAY':
        await toOne(trouble.replica, (replica) => replica.freeze(trouble.forMs));
        lasting.push(sleep(trouble.forMs));
        break;
      case 'CUT_OFF_GATEWAY':
        await cutOff(doors.slice(trouble.replica, trouble.replica + 1), trouble.forMs);
        break;
      case 'CUT_OFF_POSTGRES':
        await cutOff(doors, trouble.forMs);
        break;
      case 'RESET_POSTGRES':
        for (const door of doors) {
          door.existing({ kind: 'RESET' });
        }
        break;
      case 'WEATHER':
        await setWeather(sandbox, trouble.weather);
        break;
    }
  };

  return {
    counts,
    gatewaysKilled: () => gatewaysKilled,
    async run(troubles, clock) {
      for (const trouble of troubles) {
        await clock.until(trouble.at);
        await (isOfPostgres(trouble) ? makeOfPostgres(trouble) : make(trouble));
        counts[trouble.kind] += 1;
        say(`${Math.round(clock.now())} ms: ${nameOf(trouble)}`);
        clock.setBack(trouble.at);
      }
    },
    async calm() {
      await setWeather(sandbox, FAIR);
      await Promise.all(lasting);
      await toAll(doors, { kind: 'PASS' });
      await Promise.all(replicas.map((replica) => replica.up()));
    },
  };
}

function nameOf(trouble: PlannedTrouble): string {
  return trouble.kind === 'WEATHER' ? `WEATHER ${trouble.weather.name}` : JSON.stringify(trouble);
}
