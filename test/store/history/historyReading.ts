import { expect } from 'vitest';
import type { Prisma, PrismaClient } from '../../../src/generated/client.js';
import { LOCAL_CALLER, type Caller } from '../../../src/membership.js';
import type { BackwardPage, ForwardPage, Page } from '../../../src/ports/history.js';
import { requestIdOf } from './historyRecord.js';

/** A caller with the administrator `archive` only. */
export const ARCHIVE: Caller = { ...LOCAL_CALLER, administrators: ['archive'] };

/** The id of no request and of no call. */
export const NOWHERE = requestIdOf(99_999);

/** Reads a whole list, `size` rows at a time, and checks the page info of every page. */
export async function readAll<Row>(
  list: (page: ForwardPage) => Promise<Page<Row>>,
  size: number,
): Promise<Row[]> {
  const rows: Row[] = [];
  for (let after: string | null = null; ;) {
    const page: Page<Row> = await list({ first: size, after });
    rows.push(...page.edges.map(({ node }) => node));
    expect(page.hasPreviousPage).toBe(after !== null);
    expect(page.edges.length).toBeLessThanOrEqual(size);
    if (!page.hasNextPage) {
      return rows;
    }
    // A page with a next page has moved on, also if it is empty.
    expect([null, after]).not.toContain(page.endCursor);
    after = page.endCursor;
  }
}

/** Like `readAll`, from the end backward; the rows are in the order of the list. */
export async function readAllBackward<Row>(
  list: (page: BackwardPage) => Promise<Page<Row>>,
  size: number,
): Promise<Row[]> {
  const rows: Row[] = [];
  for (let before: string | null = null; ;) {
    const page: Page<Row> = await list({ last: size, before });
    rows.unshift(...page.edges.map(({ node }) => node));
    expect(page.hasNextPage).toBe(before !== null);
    expect(page.edges.length).toBeLessThanOrEqual(size);
    if (!page.hasPreviousPage) {
      return rows;
    }
    expect([null, before]).not.toContain(page.startCursor);
    before = page.startCursor;
  }
}

/** The primary key of an outcome, in one string. */
export function keyOf({ targetId, accountId }: { targetId: string; accountId: string }): string {
  return `${targetId}/${accountId}`;
}

/** The column `id` of a statement's rows. */
export async function readIds(prisma: PrismaClient, statement: Prisma.Sql): Promise<string[]> {
  const rows = await prisma.$queryRaw<{ id: string }[]>(statement);
  return rows.map(({ id }) => id);
}

/** Every combination of at most this many conditions, each with one of its values. */
export function combinations<Filter>(
  values: { readonly [Condition in keyof Filter]?: readonly unknown[] },
  maxConditions = Number.POSITIVE_INFINITY,
): Filter[] {
  let filters: object[] = [{}];
  for (const [condition, choices] of Object.entries(values) as [string, readonly unknown[]][]) {
    filters = filters.flatMap((filter) => [
      filter,
      ...(Object.keys(filter).length < maxConditions
        ? choices.map((choice) => ({ ...filter, [condition]: choice }))
        : []),
    ]);
  }
  return filters as Filter[];
}
