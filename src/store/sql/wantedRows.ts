import { Prisma } from '../../generated/client.js';
import type { OutcomeKey } from '../../ports/pages.js';
import { targetIdOrNone, uuidOrNone } from './cursors.js';

/** A relation `wanted` with columns id and place, the position of the id in `ids`, which orders the answer. */
export function wantedIds(ids: readonly string[]): Prisma.Sql {
  return Prisma.sql`unnest(${ids.map(uuidOrNone)}::uuid[]) WITH ORDINALITY AS wanted (id, place)`;
}

/** The same for outcomes, with columns target_id, account_id and place. */
export function wantedOutcomes(keys: readonly OutcomeKey[]): Prisma.Sql {
  return Prisma.sql`unnest(
      ${keys.map(({ targetId }) => targetIdOrNone(targetId))}::bigint[],
      ${keys.map(({ accountId }) => accountId)}::text[]
    ) WITH ORDINALITY AS wanted (target_id, account_id, place)`;
}
