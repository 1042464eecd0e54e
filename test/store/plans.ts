import { Prisma, type PrismaClient } from '../../src/generated/client.js';

interface PlanNode {
  'Node Type': string;
  'Relation Name'?: string;
  'Actual Rows': number;
  'Actual Loops': number;
  'Rows Removed by Filter'?: number;
  'Rows Removed by Index Recheck'?: number;
  Plans?: PlanNode[];
}

/** A scan of a table in a statement's plan. */
export interface Scan {
  readonly kind: string;
  readonly table: string;
  /** Rows read, skipped ones included. */
  readonly rows: number;
}

/** Runs the statement, and returns the scans it made. */
export async function scansOf(prisma: PrismaClient, statement: Prisma.Sql): Promise<Scan[]> {
  const plans = await prisma.$queryRaw<{ 'QUERY PLAN': [{ Plan: PlanNode }] }[]>(
    Prisma.sql`EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${statement}`,
  );
  const nodes = [plans[0]!['QUERY PLAN'][0].Plan];
  for (const node of nodes) {
    nodes.push(...(node.Plans ?? []));
  }
  return nodes.flatMap(toScan);
}

function toScan(node: PlanNode): Scan[] {
  if (node['Relation Name'] === undefined) {
    return [];
  }
  const removed = (node['Rows Removed by Filter'] ?? 0) + (node['Rows Removed by Index Recheck'] ?? 0);
  const rows = Math.round((node['Actual Rows'] + removed) * node['Actual Loops']);
  return [{ kind: node['Node Type'], table: node['Relation Name'], rows }];
}
