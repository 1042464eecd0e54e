import { Prisma } from '../../../src/generated/client.js';
import type { Caller } from '../../../src/membership.js';
import type { CallFilter, LaneFilter, OutcomeFilter, RequestFilter } from '../../../src/ports/history.js';

/** The conditions of a filter, one by one, on the rows r of request. */
export function requestConditions(caller: Caller, filter: RequestFilter): Prisma.Sql[] {
  const lanes = laneConditions({ administrators: null }, { ...filter, administrator: null });
  return [
    ...granted(caller, Prisma.sql`r.administrator`),
    ...given(filter.administrator, (id) => Prisma.sql`r.administrator = ${id}`),
    ...lanes.map(
      (condition) => Prisma.sql`EXISTS (
        SELECT FROM target t JOIN lane l ON l.id = t.lane_id WHERE t.request_id = r.id AND ${condition})`,
    ),
    ...given(filter.operations, (list) => Prisma.sql`r.operation::text = ANY (${[...list]})`),
    ...given(filter.statuses, (list) => Prisma.sql`r.status::text = ANY (${[...list]})`),
    ...given(filter.requestedBy, (id) => Prisma.sql`r.caller_id = ${id}`),
    ...given(
      filter.accountId,
      (id) =>
        Prisma.sql`EXISTS (SELECT FROM request_account a WHERE a.request_id = r.id AND a.account_id = ${id})`,
    ),
    ...given(filter.note, (note) => Prisma.sql`position(lower(${note}) IN lower(r.note)) > 0`),
    ...given(filter.createdAfter, (time) => Prisma.sql`r.created_at >= ${time}::timestamptz`),
    ...given(filter.createdBefore, (time) => Prisma.sql`r.created_at < ${time}::timestamptz`),
  ];
}

/** The same for the rows c of call and l of lane. */
export function callConditions(caller: Caller, filter: CallFilter): Prisma.Sql[] {
  return [
    ...laneConditions(caller, filter),
    ...given(filter.operations, (list) => Prisma.sql`c.operation::text = ANY (${[...list]})`),
    ...given(filter.statuses, (list) => Prisma.sql`c.status::text = ANY (${[...list]})`),
    ...given(filter.startedAfter, (time) => Prisma.sql`c.started_at >= ${time}::timestamptz`),
    ...given(filter.startedBefore, (time) => Prisma.sql`c.started_at < ${time}::timestamptz`),
  ];
}

/** The same for the rows o of outcome, t of target and l of lane. */
export function outcomeConditions(caller: Caller, filter: OutcomeFilter): Prisma.Sql[] {
  return [
    ...laneConditions(caller, filter),
    ...given(filter.requestId, (id) => Prisma.sql`t.request_id = ${id}::uuid`),
    ...given(filter.accountIds, (list) => Prisma.sql`o.account_id = ANY (${[...list]})`),
    ...given(filter.operations, (list) => Prisma.sql`t.operation::text = ANY (${[...list]})`),
    ...given(filter.statuses, (list) => Prisma.sql`o.status::text = ANY (${[...list]})`),
    ...given(filter.reasonCodes, (list) => Prisma.sql`o.reason_code::text = ANY (${[...list]})`),
    ...given(filter.settledAfter, (time) => Prisma.sql`o.settled_at >= ${time}::timestamptz`),
    ...given(filter.settledBefore, (time) => Prisma.sql`o.settled_at < ${time}::timestamptz`),
  ];
}

function laneConditions(caller: Pick<Caller, 'administrators'>, filter: LaneFilter): Prisma.Sql[] {
  return [
    ...granted(caller, Prisma.sql`l.administrator`),
    ...given(filter.administrator, (id) => Prisma.sql`l.administrator = ${id}`),
    ...given(filter.service, (service) => Prisma.sql`l.service::text = ${service}`),
    ...given(filter.region, (region) => Prisma.sql`l.region = ${region}`),
  ];
}

function granted({ administrators }: Pick<Caller, 'administrators'>, column: Prisma.Sql): Prisma.Sql[] {
  return administrators === null ? [] : [Prisma.sql`${column} = ANY (${[...administrators]})`];
}

function given<Value>(value: Value | null | undefined, toSql: (value: Value) => Prisma.Sql): Prisma.Sql[] {
  return value == null ? [] : [toSql(value)];
}
