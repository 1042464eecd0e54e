import { Arg, Ctx, Query, Resolver } from 'type-graphql';
import type { StatisticsDimension as StatisticsDimensionName } from '../membership.js';
import { OutcomeFilter } from '../schema/history/filters.js';
import { StatisticsDimension, StatisticsRow } from '../schema/history/statistics.js';
import type { GatewayContext } from './context.js';

const DESCRIPTION = `Counts outcomes and accounts in groups: the newest hour, day or month first, then by name. Without a dimension one \
row counts everything. BAD_USER_INPUT for more than one of HOUR, DAY and MONTH, or more than 10,000 rows. Outcomes \
are counted as they settle: a month is answered without reading its outcomes.

Erased outcomes stay counted, except in accounts and in what is read from outcomes: filters by accountId or \
requestId, and parts of an hour at the ends of settledAfter and settledBefore.`;

/** The query `statistics`. */
@Resolver()
export class StatisticsResolver {
  @Query(() => [StatisticsRow], { description: DESCRIPTION })
  async statistics(
    @Arg('groupBy', () => [StatisticsDimension], { description: 'The dimensions of the groups.' })
    groupBy: readonly StatisticsDimensionName[],
    @Arg('filter', () => OutcomeFilter, {
      nullable: true,
      description: 'Selects outcomes.',
    })
    filter: OutcomeFilter | null | undefined,
    @Ctx() { caller, statistics }: GatewayContext,
  ): Promise<StatisticsRow[]> {
    return statistics.statistics(caller, groupBy, filter ?? {});
  }
}
