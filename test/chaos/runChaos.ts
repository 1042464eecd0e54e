import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { FAST_RATES } from '../support/speed.js';
import { startSandbox, type TestSandbox } from '../support/sandboxControl.js';
import { ADMINISTRATOR, REGIONS, writeAdministratorsFile } from './administratorsFile.js';
import { createClient, type Client, type ClientFigures } from './client.js';
import { startClock } from './clock.js';
import { countHistory, type HistoryFigures } from './figures.js';
import type { History } from './history.js';
import { findViolations } from './invariants.js';
import { startMortalPostgres } from './mortalPostgres.js';
import { LEAVING } from './planMutations.js';
import { drawUpPlan, type Plan, type PlanOptions } from './plan.js';
import { readRecord, readServiceLog } from './readHistory.js';
import { keepReplica } from './replica.js';
import { createTroublemaker, type Stage, type Troublemaker } from './troubles.js';
import type { Violation } from './violation.js';

/** A run: its plan, and how it is watched. */
export interface ChaosOptions extends PlanOptions {
  /** How long everything may take to finish once all is calm, in milliseconds. What has not is a violation. */
  readonly calmLimitMs: number;
  /** Hears of everything that happens. */
  readonly say: (what: string) => void;
}

/** What came of a run. */
export interface ChaosResult {
  readonly seed: number;
  readonly kills: number;
  readonly troubles: Troublemaker['counts'] & { readonly gatewayProcessesKilled: number };
  readonly client: ClientFigures;
  readonly figures: HistoryFigures;
  readonly seconds: number;
  /** From the last trouble until everything had finished. */
  readonly secondsToSettle: number;
  readonly violations: readonly Violation[];
  /** Gateways that ended though the test had not killed them, with their last words. */
  readonly ownEnds: readonly string[];
  /** For a look at what went wrong. */
  readonly history: History;
  /** What the gateways printed. */
  readonly words: string;
}

/**
 * What holds a lane up, so that a burst does not finish everything at once.
 * - An even seed: few calls in flight, so that calls are claimed ahead of them.
 * - An odd seed: rates at which a lane always has something to send.
 */
const LIMITS = [
  { ...FAST_RATES, CALLS_IN_FLIGHT_PER_LANE: '2' },
  { GUARDDUTY_RATE: '40', GUARDDUTY_BURST: '40', SECURITYHUB_RATE: '40', SECURITYHUB_BURST: '40' },
];

const LONG_AGO = '2026-01-01T00:00:00.000Z';

const UNLIMITED = { members: null, invitations: null };

/** How often it is looked whether everything has finished, in milliseconds. */
const POLL_MS = 250;

/** Runs the plan of a seed on a PostgreSQL, a sandbox and gateways of its own, and holds the record against the truth. */
export async function runChaos(options: ChaosOptions): Promise<ChaosResult> {
  const { seed, kills, say, calmLimitMs } = options;
  const startedAt = performance.now();
  const administrators = await writeAdministratorsFile();
  const stage = await openStage(options, administrators.path);
  const { postgres, sandbox, replicas } = stage;
  try {
    await seedLeaving(sandbox);
    await Promise.all(replicas.map((replica) => replica.up()));
    const client = createClient(() => replicas.map(({ url }) => url()).filter((url) => url !== null));
    const troublemaker = createTroublemaker(stage, say);
    await carryOut(drawUpPlan(options), client, troublemaker);
    const calmSince = performance.now();
    const url = postgres.primaryUrl();
    await finished(url, calmLimitMs);
    const secondsToSettle = (performance.now() - calmSince) / 1_000;
    const ownEnds = replicas.flatMap((replica) => replica.ownEnds);
    // Stopped first: then nothing is under way any more, and the log is complete.
    await Promise.all(replicas.map((replica) => replica.stop()));
    const record = await onDatabase(url, readRecord);
    const history = { asked: client.asked(), service: await readServiceLog(sandbox), record };
    return {
      seed,
      kills,
      troubles: { ...troublemaker.counts, gatewayProcessesKilled: troublemaker.gatewaysKilled() },
      client: client.figures,
      figures: countHistory(history),
      seconds: Math.round((performance.now() - startedAt) / 1_000),
      secondsToSettle: Math.round(secondsToSettle * 10) / 10,
      violations: findViolations(history),
      ownEnds,
      history,
      words: replicas.map((replica) => replica.words()).join('\n'),
    };
  } finally {
    await Promise.all(replicas.map((replica) => replica.stop()));
    await sandbox.stop();
    await postgres.stop();
    await administrators.remove();
  }
}

/** Members that were there long before, for removals. */
async function seedLeaving(sandbox: TestSandbox): Promise<void> {
  const members = LEAVING.map((accountId) => ({ accountId, status: 'Enabled', updatedAt: LONG_AGO }));
  for (const service of ['guardduty', 'securityhub']) {
    for (const region of REGIONS) {
      await sandbox.seed({ account: ADMINISTRATOR, region, service }, members);
    }
  }
}

async function openStage({ replicas, seed }: PlanOptions, administratorsFile: string): Promise<Stage> {
  const postgres = await startMortalPostgres();
  const sandbox = await startSandbox();
  await sandbox.put('settings', { ceilings: { guardduty: UNLIMITED, securityhub: UNLIMITED } });
  const doors = await Promise.all(Array.from({ length: replicas }, () => postgres.openDoor()));
  const environment = {
    ...LIMITS[seed % LIMITS.length],
    REMOVAL_SHARE_PERCENT: '100',
    // Longer than the slowest answer of any weather, so that no call lands after it was read back.
    INVITATION_LANDS_WITHIN_SECONDS: '4',
    UPSTREAM: 'sandbox',
    AWS_ENDPOINT_URL: sandbox.url,
    ADMINISTRATORS_FILE: administratorsFile,
  };
  const kept = doors.map(({ url }) => keepReplica({ ...environment, DATABASE_URL: url }));
  return { postgres, sandbox, doors, replicas: kept };
}

/** Clients and trouble side by side, then calm, in which clients go on until they have all their answers. */
async function carryOut(plan: Plan, client: Client, troublemaker: Troublemaker): Promise<void> {
  const clock = startClock();
  const sent: Promise<void>[] = [];
  const asked = [
    ...plan.mutations.map((mutation) => ({ at: mutation.at, act: () => client.send(mutation) })),
    ...plan.cancels.map(({ at, of }) => ({ at, act: () => client.cancel(of) })),
  ].toSorted((one, other) => one.at - other.at);
  const asking = async (): Promise<void> => {
    for (const { at, act } of asked) {
      await clock.until(at);
      sent.push(act());
    }
  };
  await Promise.all([asking(), troublemaker.run(plan.troubles, clock)]);
  await troublemaker.calm();
  await Promise.all(sent);
}

async function finished(databaseUrl: string, limitMs: number): Promise<void> {
  await onDatabase(databaseUrl, async (client) => {
    for (const until = Date.now() + limitMs; Date.now() < until; await sleep(POLL_MS)) {
      const { rows } = await client.query<{ open: boolean }>(
        `SELECT EXISTS (SELECT FROM request WHERE finished_at IS NULL)
           OR EXISTS (SELECT FROM call WHERE settled_at IS NULL) AS open`,
      );
      if (rows[0]?.open === false) {
        return;
      }
    }
  });
}

async function onDatabase<Value>(url: string, act: (client: pg.Client) => Promise<Value>): Promise<Value> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await act(client);
  } finally {
    await client.end();
  }
}
