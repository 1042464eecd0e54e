import { Prisma } from '../../../generated/client.js';
import { coalesced } from '../../sql/plannerHints.js';
import type { Direction } from '../../sql/direction.js';

/** How many rows one page may look through. A page of what is rare ends there, and the next one goes on. */
export interface WalkLimits {
  /** By primary key, before an index is asked. */
  readonly near: number;
  /** In order, where there is nothing but reading on. */
  readonly alone: number;
  /** In all branches of an index together. */
  readonly far: number;
  /** In each branch at least, however many there are. */
  readonly branch: number;
  /** To count a list. */
  readonly counted: number;
}

/**
 * A page of 50 is full at once where one row in ten is wanted, and takes some milliseconds where none is. Counting, which
 * nobody goes on with, may take some tens of them.
 */
export const WALK_LIMITS: WalkLimits = { near: 500, alone: 2_000, far: 2_000, branch: 8, counted: 100_000 };

/** What a page has looked through. */
export interface Walk {
  /** Common table expressions that the others are made of; none of them is evaluated further than it is read. */
  readonly ctes: readonly Prisma.Sql[];
  /** A subquery for the rows of the page and one more, in the order in which they were read. */
  readonly rows: Prisma.Sql;
  /**
   * A subquery for the key of the last row looked at when the page is not full and the list may go on; else for none.
   * Null: a page that is not full is always the end.
   */
  readonly edge: Prisma.Sql | null;
}

/** A list that is read in order. */
export interface List {
  /** Begins the names of common table expressions, so that two lists fit in one statement. */
  readonly name: string;
  /** What its rows are called in the conditions. */
  readonly alias: Prisma.Sql;
  /** The columns that order it. */
  readonly keys: readonly string[];
  readonly direction: Direction;
  /** Rows wanted: one more than a page shows. */
  readonly limit: number;
}

/** The branches of an index, to be merged. */
export interface Branches {
  /** A subquery with a row for each branch, called `branch` in `lists`. */
  readonly from: Prisma.Sql;
  /** Subqueries in parentheses for up to so many first rows of a branch, in order. */
  readonly lists: readonly ((most: Prisma.Sql) => Prisma.Sql)[];
  /** What else the rows have to fulfil; null: nothing. */
  readonly condition: Prisma.Sql | null;
}

/** The statement that a page is: an object with its `rows`, put together by `toJson`, and the `edge` where it ended; both JSON. */
export function selectPage(
  walk: Walk,
  toJson: (rows: Prisma.Sql) => Prisma.Sql,
  edge: Prisma.Sql,
): Prisma.Sql {
  return Prisma.sql`${withAll(walk.ctes)}
    SELECT json_build_object('rows', (${toJson(walk.rows)}), 'edge', ${
      walk.edge === null ? Prisma.sql`NULL` : Prisma.sql`(SELECT ${edge} FROM (${walk.edge}) AS edge)`
    }) AS result`;
}

/** The beginning of a statement or subquery that uses a walk. */
export function withAll(ctes: readonly Prisma.Sql[]): Prisma.Sql {
  return ctes.length === 0 ? Prisma.empty : Prisma.sql`WITH ${Prisma.join([...ctes], ', ')}`;
}

/** What fulfils the condition among the first `most` rows of `source`, in the order of the list. */
function lookThrough(
  list: Ordered,
  condition: Prisma.Sql,
  most: number,
): Walk & { readonly edge: Prisma.Sql } {
  const { alias, limit, source } = list;
  const [looked, found] = namesOf(list, 'looked', 'found');
  return {
    ctes: [
      Prisma.sql`${looked} AS MATERIALIZED (${source(Prisma.sql`${most}::int`)})`,
      Prisma.sql`${found} AS MATERIALIZED (
        SELECT * FROM ${looked} AS ${alias} WHERE ${coalesced(condition)} LIMIT ${limit}::int)`,
    ],
    rows: Prisma.sql`SELECT * FROM ${found}`,
    edge: Prisma.sql`
      SELECT ${keysOf(list)} FROM ${looked}
      WHERE (SELECT count(*) FROM ${found}) < ${limit}::int OFFSET ${most - 1}::int LIMIT 1`,
  };
}

/**
 * What fulfils the conditions among the first rows of every branch, merged. Where a branch was not read to its end, the page
 * reaches as far as that: of all branches, everything up to there is known. Without `gate` nothing is read.
 */
function merge(
  list: List,
  branches: Branches,
  limits: WalkLimits,
  gate: Prisma.Sql | null,
): Walk & { readonly edge: Prisma.Sql } {
  const { alias, direction, keys, limit } = list;
  const { order } = direction;
  const [branch, share, far, cut, found] = namesOf(list, 'branch', 'share', 'far', 'cut', 'found');
  const most = branches.condition === null ? limit : Math.max(limit, limits.far);
  const isMet = branches.condition ? coalesced(branches.condition) : Prisma.sql`true`;
  // The last row that is looked at comes along, whether it is wanted or not.
  const lists = branches.lists.map(
    (read) => Prisma.sql`(
      SELECT *, row_number() OVER () AS rank
      FROM (
        SELECT ${alias}.*, row_number() OVER () AS place
        FROM ${read(Prisma.sql`${most}::int`)} AS ${alias} LIMIT (SELECT rows FROM ${share})
      ) AS ${alias}
      WHERE place = (SELECT rows FROM ${share}) OR ${isMet}
      LIMIT ${limit}::int)`,
  );
  const key = keysOf(list);
  const inOrder = Prisma.join(keys.map((name) => Prisma.sql`${Prisma.raw(name)} ${order}`));
  const isKnown = Prisma.sql`(NOT EXISTS (SELECT FROM ${cut}) OR NOT (${key}) ${direction.behind} (SELECT ${key} FROM ${cut}))`;
  return {
    ctes: [
      Prisma.sql`${branch} AS MATERIALIZED (${branches.from})`,
      Prisma.sql`${share} AS MATERIALIZED (
        SELECT LEAST(${most}::int, GREATEST(${limits.branch}::int,
          ${limits.far}::int / GREATEST(1, count(*) * ${branches.lists.length}::int))) AS rows FROM ${branch})`,
      Prisma.sql`${far} AS MATERIALIZED (
        SELECT piece.* FROM ${branch} AS branch CROSS JOIN LATERAL (${Prisma.join(lists, ' UNION ALL ')}) AS piece
        WHERE ${gate ?? Prisma.sql`true`})`,
      Prisma.sql`${cut} AS MATERIALIZED (
        SELECT ${key} FROM ${far}
        WHERE place = (SELECT rows FROM ${share}) OR rank = ${limit}::int ORDER BY ${inOrder} LIMIT 1)`,
      Prisma.sql`${found} AS MATERIALIZED (
        SELECT DISTINCT ON (${key}) * FROM ${far} AS ${alias} WHERE ${isKnown} AND ${isMet}
        ORDER BY ${inOrder} LIMIT ${limit}::int)`,
    ],
    rows: Prisma.sql`SELECT * FROM ${found}`,
    edge: Prisma.sql`SELECT * FROM ${cut} WHERE (SELECT count(*) FROM ${found}) < ${limit}::int`,
  };
}

/** A list, and a way to read it, or two. */
export type Reading =
  | (Ordered & {
      /** What rows of `source` have to fulfil; null: nothing. */
      readonly condition: Prisma.Sql | null;
      /** Another way to the same rows; null: there is none. */
      readonly branches: Branches | null;
    })
  | (List & { readonly source: null; readonly condition: null; readonly branches: Branches });

/** As `List`, with an index in its order. */
export interface Ordered extends List {
  /** A subquery for the first rows of the list, so many as it is given, by an index in its order. */
  readonly source: (most: Prisma.Sql) => Prisma.Sql;
}

/**
 * The first rows of a list. Where many rows are wanted, the page is full after looking through a few hundred by
 * primary key; where few are, it is merged from the branches of an index. Neither can do the other's work: a page of what
 * nearly every row has would be merged from dozens of branches, and one of what no row has would be looked for in the whole
 * table. Of two that are not full the one counts that has come further.
 */
function walk(list: Reading, limits: WalkLimits): Walk {
  if (list.source === null) {
    return merge(list, list.branches, limits, null);
  }
  const { source, condition, branches, limit } = list;
  if (condition === null) {
    return { ctes: [], rows: source(Prisma.sql`${limit}::int`), edge: null };
  }
  if (branches === null) {
    return lookThrough({ ...list, source }, condition, Math.max(limits.alone, 2 * limit));
  }
  const near = lookThrough(
    { ...list, source, name: `${list.name}_near` },
    condition,
    Math.max(limits.near, 2 * limit),
  );
  const [nearEdge, farEdge, isFar] = namesOf(list, 'near_edge', 'far_edge', 'is_far');
  const far = merge(list, branches, limits, Prisma.sql`EXISTS (SELECT FROM ${nearEdge})`);
  const key = keysOf(list);
  return {
    ctes: [
      ...near.ctes,
      Prisma.sql`${nearEdge} AS MATERIALIZED (${near.edge})`,
      ...far.ctes,
      Prisma.sql`${farEdge} AS MATERIALIZED (${far.edge})`,
      Prisma.sql`${isFar} AS MATERIALIZED (
        SELECT EXISTS (SELECT FROM ${nearEdge}) AND COALESCE(
          (SELECT ${key} FROM ${farEdge}) ${list.direction.behindOrAt} (SELECT ${key} FROM ${nearEdge}), true) AS yes)`,
    ],
    rows: Prisma.sql`
      SELECT *, 0::bigint AS place, 0::bigint AS rank FROM (${near.rows}) AS near WHERE NOT (SELECT yes FROM ${isFar})
      UNION ALL
      SELECT * FROM (${far.rows}) AS far WHERE (SELECT yes FROM ${isFar})`,
    edge: Prisma.sql`
      SELECT * FROM ${nearEdge} WHERE NOT (SELECT yes FROM ${isFar})
      UNION ALL
      SELECT * FROM ${farEdge} WHERE (SELECT yes FROM ${isFar})`,
  };
}

/** All rows of a list, in no order, or those among so many that were looked through. */
export interface Census {
  readonly ctes: readonly Prisma.Sql[];
  /** A subquery. */
  readonly rows: Prisma.Sql;
  /** The condition that there may be others. */
  readonly isCut: Prisma.Sql;
}

/** The rows of a list, to be counted. They are taken from the branches where there are any. */
function census(list: Reading, { counted }: WalkLimits): Census {
  if (list.source === null) {
    return censusOfBranches(list, list.branches, counted);
  }
  const { branches, condition } = list;
  if (branches !== null && condition !== null) {
    return censusOfBranches(list, branches, counted);
  }
  const [looked] = namesOf(list, 'looked');
  const ctes = [Prisma.sql`${looked} AS MATERIALIZED (${list.source(Prisma.sql`${counted}::int`)})`];
  return { ctes, ...meeting(list, Prisma.sql`*`, condition, counted) };
}

function censusOfBranches(list: List, { from, lists, condition }: Branches, counted: number): Census {
  const [branch, looked] = namesOf(list, 'branch', 'looked');
  const most = Prisma.sql`${counted}::int`;
  const pieces = lists.map((read) => read(most));
  const ctes = [
    Prisma.sql`${branch} AS MATERIALIZED (${from})`,
    Prisma.sql`${looked} AS MATERIALIZED (
      SELECT piece.* FROM ${branch} AS branch CROSS JOIN LATERAL (${Prisma.join(pieces, ' UNION ALL ')}) AS piece LIMIT ${most})`,
  ];
  // A row may be in several branches.
  return { ctes, ...meeting(list, Prisma.sql`DISTINCT ON (${keysOf(list)}) *`, condition, counted) };
}

function meeting(
  list: List,
  columns: Prisma.Sql,
  condition: Prisma.Sql | null,
  counted: number,
): Pick<Census, 'rows' | 'isCut'> {
  const [looked] = namesOf(list, 'looked');
  return {
    rows: Prisma.sql`
      SELECT ${columns} FROM ${looked} AS ${list.alias} WHERE ${condition ? coalesced(condition) : Prisma.sql`true`}`,
    isCut: Prisma.sql`EXISTS (SELECT FROM ${looked} OFFSET ${counted - 1}::int)`,
  };
}

/** A list that can be shown by the page, and counted. */
export interface Source {
  page(limits: WalkLimits): Walk;
  all(limits: WalkLimits): Census;
}

/** The source that a reading is. */
export function sourceOf(list: Reading): Source {
  return { page: (limits) => walk(list, limits), all: (limits) => census(list, limits) };
}

/** The source that a subquery is which reads little whatever it finds. */
export function complete(rows: Prisma.Sql): Source {
  return {
    page: () => ({ ctes: [], rows, edge: null }),
    all: () => ({ ctes: [], rows, isCut: Prisma.sql`false` }),
  };
}

/** The statement that counts: null where there are more than `most`, or more were to be looked through. */
export function selectCount({ ctes, rows, isCut }: Census, most: number): Prisma.Sql {
  return Prisma.sql`
    WITH ${Prisma.join([...ctes, Prisma.sql`counted AS MATERIALIZED (SELECT count(*)::int AS rows FROM (SELECT FROM (${rows}) AS found LIMIT ${most + 1}::int) AS found)`])}
    SELECT CASE WHEN rows > ${most}::int OR ${isCut} THEN NULL ELSE rows END AS result FROM counted`;
}

function keysOf({ keys }: List): Prisma.Sql {
  return Prisma.raw(keys.join(', '));
}

function namesOf<Names extends string[]>(
  list: List,
  ...names: Names
): { [Place in keyof Names]: Prisma.Sql } {
  return names.map((name) => Prisma.raw(`${list.name}_${name}`)) as { [Place in keyof Names]: Prisma.Sql };
}
