import { Prisma, type PrismaClient } from '../../generated/client.js';
import {
  targetKey,
  targetsOf,
  type Administrator,
  type SecurityService,
  type TargetAddress,
} from '../../membership.js';
import type { Lane } from '../../ports/laneRecord.js';
import { unsettledCalls } from '../sql/unsettledCalls.js';

/** The lanes of the record. */
export interface Lanes {
  /** Undefined when the row did not exist at start. */
  byId(id: number): Lane | undefined;
  /** The lane of a configured target; throws for any other. */
  idOf(address: TargetAddress): number;
  /** The lanes of the configured targets, which this process can serve. */
  readonly all: readonly Lane[];
}

/** Adds a row for every configured target without one, and reads all rows: two statements, at start. */
export async function openLanes(
  prisma: PrismaClient,
  administrators: readonly Administrator[],
): Promise<Lanes> {
  const wanted = administrators.flatMap(targetsOf);
  await prisma.$executeRaw`
    INSERT INTO lane (administrator, service, region)
    SELECT wanted.administrator, wanted.service::security_service, wanted.region
    FROM unnest(
      ${wanted.map((target) => target.administrator)}::text[],
      ${wanted.map((target) => target.service)}::text[],
      ${wanted.map((target) => target.region)}::text[]
    ) AS wanted (administrator, service, region)
    ON CONFLICT (administrator, service, region) DO NOTHING
  `;
  const all: Lane[] = (await prisma.lane.findMany()).map((row) => ({
    id: row.id,
    administrator: row.administrator,
    service: row.service satisfies SecurityService,
    region: row.region,
  }));
  const byId = new Map(all.map((lane) => [lane.id, lane]));
  const byAddress = new Map(all.map((lane) => [targetKey(lane), lane.id]));
  const configured = new Set(wanted.map(targetKey));
  return {
    byId: (id) => byId.get(id),
    idOf(address) {
      const id = byAddress.get(targetKey(address));
      if (id === undefined) {
        throw new Error(`no lane for ${targetKey(address)}`);
      }
      return id;
    },
    all: all.filter((lane) => configured.has(targetKey(lane))),
  };
}

/** Ends every tenure. For a process that is alone with its database: every holder belonged to an earlier process. */
export async function freeLanes(prisma: PrismaClient): Promise<void> {
  await prisma.lane.updateMany({ data: { holder: null, heldSince: null, replica: null } });
}

/** Ids of the lanes with outcomes that are PENDING or calls that are not settled: each needs a job. */
export async function lanesWithWork(prisma: PrismaClient): Promise<number[]> {
  const rows = await prisma.$queryRaw<{ id: number }[]>`
    SELECT id FROM lane WHERE EXISTS (SELECT FROM target WHERE lane_id = lane.id AND pending > 0)
      OR EXISTS (SELECT FROM ${unsettledCalls(Prisma.sql`lane.id`)} AS open)
  `;
  return rows.map((row) => row.id);
}
