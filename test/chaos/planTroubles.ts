import type { PlannedTrouble, PlanOptions } from './plan.js';
import type { Random } from './random.js';
import { drawWeather } from './weather.js';

/** Before the first kill, and after the last one, in milliseconds: there is work to disturb. */
const EDGE_MS = 2_000;

/** Kills, and between them freezes, cuts and weather; they end at `endsAt`. */
export function planTroubles(
  random: Random,
  { kills, replicas, longestPauseMs, hangs }: PlanOptions,
): { troubles: PlannedTrouble[]; endsAt: number } {
  const troubles: PlannedTrouble[] = [];
  let at = EDGE_MS;
  for (let kill = 0; kill < kills; kill += 1) {
    troubles.push({ at, ...drawKill(random, replicas) });
    const pause = random.between(200, longestPauseMs);
    if (random.chance(25)) {
      troubles.push({ at: at + Math.floor(pause / 2), ...drawTrouble(random, replicas) });
    }
    at += pause;
  }
  const endsAt = at + EDGE_MS;
  for (let time = 0; time < endsAt; time += random.between(1_000, 5_000)) {
    troubles.push({ at: time, kind: 'WEATHER', weather: drawWeather(random, hangs) });
  }
  return { troubles: troubles.toSorted((one, other) => one.at - other.at), endsAt };
}

type Untimed<Event> = Event extends unknown ? Omit<Event, 'at'> : never;

function drawKill(random: Random, replicas: number): Untimed<PlannedTrouble> {
  const downMs = random.between(0, 2_000);
  const die = random.between(1, 10);
  if (die <= 6) {
    return { kind: 'KILL_GATEWAY', replica: random.between(0, replicas - 1), downMs };
  }
  if (die <= 8) {
    return { kind: 'KILL_ALL_GATEWAYS', downMs };
  }
  return { kind: die === 9 ? 'KILL_POSTGRES' : 'FAIL_OVER', downMs };
}

function drawTrouble(random: Random, replicas: number): Untimed<PlannedTrouble> {
  const forMs = random.between(500, 6_000);
  const replica = random.between(0, replicas - 1);
  switch (random.between(1, 7)) {
    case 1:
      return { kind: 'CUT_OFF_POSTGRES', forMs };
    case 2:
      return { kind: 'RESET_POSTGRES' };
    // Long enough, at times, for the lanes to be taken over meanwhile.
    case 3:
    case 4:
      return { kind: 'CUT_OFF_GATEWAY', replica, forMs: 4 * forMs };
    case 5:
      return { kind: 'SWITCH_OVER', downMs: Math.floor(forMs / 2) };
    default:
      return { kind: 'FREEZE_GATEWAY', replica, forMs: 4 * forMs };
  }
}
