import { Prisma } from '../../generated/client.js';

type EnumType = 'membership_operation' | 'request_status' | 'call_status' | 'outcome_status' | 'reason_code';

/** The condition that `column` holds one of the values; null without values: every row matches. */
export function isOneOf(
  column: Prisma.Sql,
  values: readonly string[] | null | undefined,
  type: EnumType,
): Prisma.Sql | null {
  return values == null ? null : Prisma.sql`${column} = ANY (${[...values]}::${Prisma.raw(type)}[])`;
}

/** A relation of the distinct values; of all values of the type without `values`. */
export function enumValues(values: readonly string[] | null | undefined, type: EnumType): Prisma.Sql {
  return values == null
    ? Prisma.sql`unnest(enum_range(NULL::${Prisma.raw(type)}))`
    : Prisma.sql`unnest(${[...new Set(values)]}::${Prisma.raw(type)}[])`;
}
