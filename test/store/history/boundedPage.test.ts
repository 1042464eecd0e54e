import { describe, expect, it } from 'vitest';
import { Prisma } from '../../../src/generated/client.js';
import type { PageArgs } from '../../../src/ports/history.js';
import { selectCount } from '../../../src/store/history/pages/boundedCount.js';
import { mergedList, orderedList, selectPage } from '../../../src/store/history/pages/boundedPage.js';
import type {
  Branches,
  KeysetList,
  LimitedSelect,
  OrderedList,
  PageableList,
  ScanLimits,
} from '../../../src/store/history/pages/keysetList.js';
import { directionOf, limitOf } from '../../../src/store/sql/direction.js';
import { type JsonPage, readJson } from '../../../src/store/sql/jsonPages.js';
import { useTestRecord } from '../testRecord.js';

// Lists of the numbers 1 to 100: the newest row is 100.
const record = useTestRecord();

const LIMITS: ScanLimits = { beforeMerge: 10, scan: 10, merge: 20, perBranch: 2, count: 50 };
/** Four rows: three and the one more. */
const FORWARD: PageArgs = { first: 3, after: null };
const BACKWARD: PageArgs = { last: 3, before: null };

function listOf(page: PageArgs): KeysetList {
  const direction = directionOf(page);
  return { name: 'number', alias: Prisma.sql`n`, keys: ['id'], direction, limit: limitOf(page) };
}

/** A range of the numbers, in order. */
function numbers(page: PageArgs, condition = Prisma.sql`true`): LimitedSelect {
  return (limit) => Prisma.sql`(
    SELECT id FROM generate_series(1, 100) AS id WHERE ${condition} ORDER BY id ${directionOf(page).order} LIMIT ${limit})`;
}

function numbersList(page: PageArgs, paths: Partial<OrderedList>): PageableList {
  return orderedList({
    ...listOf(page),
    source: numbers(page),
    condition: null,
    branches: null,
    ...paths,
  });
}

/** One branch for each remainder of a division by 10. */
function remainders(page: PageArgs, of: readonly number[], condition: Prisma.Sql | null = null): Branches {
  return {
    from: Prisma.sql`SELECT remainder FROM unnest(${[...of]}::int[]) AS remainder`,
    selects: [numbers(page, Prisma.sql`id % 10 = branch.remainder`)],
    condition,
  };
}

async function readPage(list: PageableList, limits = LIMITS) {
  const toJson = (rows: Prisma.Sql) =>
    Prisma.sql`SELECT COALESCE(json_agg(n.id ORDER BY n.id DESC), '[]') FROM (${rows}) AS n`;
  const statement = selectPage(list.planPage(limits), toJson, Prisma.sql`page_end.id`);
  const { rows, pageEnd } = await readJson<JsonPage<number, number>>(record.prisma, statement);
  return { rows, pageEnd };
}

const count = (list: PageableList, most: number, limits = LIMITS) =>
  readJson<number | null>(record.prisma, selectCount(list.planCount(limits), most));

describe('a list without a condition', () => {
  it('fills the page from its index, and has no page end', async () => {
    expect(await readPage(numbersList(FORWARD, {}))).toEqual({ rows: [100, 99, 98, 97], pageEnd: null });
    expect(await readPage(numbersList(BACKWARD, {}))).toEqual({ rows: [4, 3, 2, 1], pageEnd: null });
  });
});

describe('a scan', () => {
  it('keeps the rows that match', async () => {
    const even = numbersList(FORWARD, { condition: Prisma.sql`n.id % 2 = 0` });
    expect(await readPage(even)).toEqual({ rows: [100, 98, 96, 94], pageEnd: null });
  });

  it('ends the page at the last key looked at, if that does not fill it', async () => {
    const tens = { condition: Prisma.sql`n.id % 10 = 0` };
    expect(await readPage(numbersList(FORWARD, tens))).toEqual({ rows: [100], pageEnd: 91 });
    expect(await readPage(numbersList(BACKWARD, tens))).toEqual({ rows: [10], pageEnd: 10 });
    const none = numbersList(FORWARD, { condition: Prisma.sql`n.id > 100` });
    expect(await readPage(none)).toEqual({ rows: [], pageEnd: 91 });
  });

  it('has no page end at the end of the list', async () => {
    const source = numbers(FORWARD, Prisma.sql`id > 95`);
    const list = numbersList(FORWARD, { source, condition: Prisma.sql`n.id % 10 = 0` });
    expect(await readPage(list)).toEqual({ rows: [100], pageEnd: null });
  });

  it('reads at least twice the rows of the page', async () => {
    const list = numbersList(FORWARD, { condition: Prisma.sql`n.id % 10 = 5` });
    expect(await readPage(list, { ...LIMITS, scan: 1 })).toEqual({ rows: [95], pageEnd: 93 });
  });
});

describe('a merge', () => {
  it('has the rows of all branches in order', async () => {
    const list = mergedList(listOf(FORWARD), remainders(FORWARD, [3, 7]));
    expect(await readPage(list)).toEqual({ rows: [97, 93, 87, 83], pageEnd: null });
  });

  it('has a row of several branches once', async () => {
    const list = mergedList(listOf(FORWARD), remainders(FORWARD, [3, 3]));
    expect(await readPage(list)).toEqual({ rows: [93, 83, 73, 63], pageEnd: null });
  });

  it('ends at the first key at which a branch has read its share of the limit', async () => {
    // 20 rows for two branches: the last numbers that each reads are 3 and 7.
    const few = Prisma.sql`n.id IN (93, 7)`;
    const list = mergedList(listOf(FORWARD), remainders(FORWARD, [3, 7], few));
    expect(await readPage(list)).toEqual({ rows: [93, 7], pageEnd: 7 });
    // 20 rows for ten branches: two of each.
    const all = mergedList(listOf(FORWARD), remainders(FORWARD, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9], few));
    expect(await readPage(all)).toEqual({ rows: [93], pageEnd: 90 });
  });

  it('has no page end if every branch was read to its end', async () => {
    const list = mergedList(listOf(FORWARD), remainders(FORWARD, [3], Prisma.sql`n.id < 10`));
    expect(await readPage(list)).toEqual({ rows: [3], pageEnd: null });
    expect(await readPage(mergedList(listOf(FORWARD), remainders(FORWARD, [])))).toEqual({
      rows: [],
      pageEnd: null,
    });
  });
});

describe('a scan with a merge', () => {
  const scanAndMerge = (condition: Prisma.Sql, branches: Branches) =>
    readPage(numbersList(FORWARD, { condition, branches }));

  it('is not merged if the scan fills the page', async () => {
    // The branches would find nothing.
    const branches = remainders(FORWARD, []);
    const page = await scanAndMerge(Prisma.sql`n.id % 2 = 0`, branches);
    expect(page).toEqual({ rows: [100, 98, 96, 94], pageEnd: null });
  });

  it('is merged if it does not', async () => {
    const page = await scanAndMerge(Prisma.sql`n.id % 10 = 3`, remainders(FORWARD, [3]));
    expect(page).toEqual({ rows: [93, 83, 73, 63], pageEnd: null });
  });

  it('ends at the later of two page ends, if neither fills the page', async () => {
    const further = remainders(FORWARD, [3, 7], Prisma.sql`n.id = 53`);
    expect(await scanAndMerge(Prisma.sql`n.id = 53`, further)).toEqual({ rows: [53], pageEnd: 7 });
    // Twenty branches of two rows each come to 91 or less only where a branch has few numbers.
    const near: Branches = {
      from: Prisma.sql`SELECT 1`,
      selects: Array.from({ length: 10 }, () => numbers(FORWARD)),
      condition: Prisma.sql`n.id = 95`,
    };
    expect(await scanAndMerge(Prisma.sql`n.id = 95`, near)).toEqual({ rows: [95], pageEnd: 91 });
  });
});

describe('a count', () => {
  it('is exact up to the number that is wanted, and null above', async () => {
    const list = numbersList(FORWARD, { source: numbers(FORWARD, Prisma.sql`id <= 40`) });
    expect(await count(list, 40)).toBe(40);
    expect(await count(list, 39)).toBeNull();
  });

  it('is null if it stopped at the limit of rows read', async () => {
    const tens = { condition: Prisma.sql`n.id % 10 = 0` };
    expect(await count(numbersList(FORWARD, tens), 40)).toBeNull();
    expect(await count(numbersList(FORWARD, tens), 40, { ...LIMITS, count: 101 })).toBe(10);
  });

  it('is that of the branches where the list has some, with every row once', async () => {
    const list = numbersList(FORWARD, {
      condition: Prisma.sql`n.id % 10 = 3`,
      branches: remainders(FORWARD, [3, 3]),
    });
    expect(await count(list, 40)).toBe(10);
    expect(await count(mergedList(listOf(FORWARD), remainders(FORWARD, [3, 7])), 40)).toBe(20);
  });
});
