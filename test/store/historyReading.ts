import { expect } from 'vitest';
import type { Prisma, PrismaClient } from '../../src/generated/client.js';
import { LOCAL_CALLER, type Caller } from '../../src/membership.js';
import type { Page, PageArgs } from '../../src/ports/history.js';
import { requestIdOf } from './historyRecord.js';

/** May see the administrator `archive` only. */
export const ARCHIVE: Caller = { ...LOCAL_CALLER, administrators: ['archive'] };

/** The id of no request and of no call. */
export const NOWHERE = requestIdOf(99_999);

/** Reads a list to its end, `first` rows at a time, and checks what every page promises. */
export async function readAll<Row>(
  list: (page: PageArgs) => Promise<Page<Row>>,
  first: number,
): Promise<Row[]> {
  const rows: Row[] = [];
  for (let after: string | null = null; ;) {
    const page: Page<Row> = await list({ first, after });
    rows.push(...page.edges.map(({ node }) => node));
    if (page.hasNextPage) expect(page.edges).toHaveLength(first);
    after = page.edges.at(-1)?.cursor ?? null;
    if (!page.hasNextPage) return rows;
  }
}

/** The primary key of an outcome, in one string. */
export function keyOf({ targetId, accountId }: { targetId: string; accountId: string }): string {
  return `${targetId}/${accountId}`;
}

/** What the column `id` of a statement's rows holds: what a list must have, found in the plainest way. */
export async function readIds(prisma: PrismaClient, statement: Prisma.Sql): Promise<string[]> {
  const rows = await prisma.$queryRaw<{ id: string }[]>(statement);
  return rows.map(({ id }) => id);
}
