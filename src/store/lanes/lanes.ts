import type { PrismaClient } from '../../generated/client.js';
import {
  targetKey,
  targetsOf,
  type Administrator,
  type SecurityService,
  type TargetAddress,
} from '../../membership.js';
import type { Lane } from '../../ports/laneRecord.js';

/** The lanes of the record. */
export interface Lanes {
  /** Undefined when no such row was there at start. */
  byId(id: number): Lane | undefined;
  /** The lane of a configured target; throws for any other. */
  idOf(address: TargetAddress): number;
  /** Those of the configured targets: the ones this process can serve. */
  readonly all: readonly Lane[];
}

/** Writes a row for every configured target that has none yet, and reads them all: one statement each, at start. */
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

/** Takes every lane from its holder: for a process that knows it is alone with the database. */
export async function freeLanes(prisma: PrismaClient): Promise<void> {
  await prisma.lane.updateMany({ data: { holder: null, heldSince: null, replica: null } });
}

/** Ids of lanes where something waits or is unsettled: what a start or a sweep must put a job on. */
export async function lanesWithWork(prisma: PrismaClient): Promise<number[]> {
  const rows = await prisma.$queryRaw<{ id: number }[]>`
    SELECT id FROM lane WHERE EXISTS (SELECT FROM target WHERE lane_id = lane.id AND pending > 0)
      OR EXISTS (SELECT FROM call WHERE lane_id = lane.id AND settled_at IS NULL)
  `;
  return rows.map((row) => row.id);
}
