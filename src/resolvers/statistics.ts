import { Arg, Ctx, Query, Resolver } from 'type-graphql';
import type { StatisticsDimension as StatisticsDimensionName } from '../ports/history.js';
import { OutcomeFilter } from '../schema/history/filters.js';
import { StatisticsDimension, StatisticsRow } from '../schema/history/statistics.js';
import type { GatewayContext } from './context.js';

const DESCRIPTION = `How many outcomes and accounts there are, in groups: the newest hour, day or month first, then by name. \
Without any dimension there is one row, of everything. At most one of HOUR, DAY and MONTH, and groups that make at most 10,000 \
rows; else BAD_USER_INPUT. Outcomes are counted as they settle, so a month is answered without reading its outcomes.

What was erased for its age stays counted, with two exceptions: accounts, and what is read from outcomes, that is filters by \
accountId or requestId and the parts of an hour at the ends of settledAfter and settledBefore.`;

/** The query `statistics`. */
@Resolver()
export class StatisticsResolver {
  @Query(() => [StatisticsRow], { description: DESCRIPTION })
  async statistics(
    @Arg('groupBy', () => [StatisticsDimension], { description: 'What the rows are told apart by.' })
    groupBy: readonly StatisticsDimensionName[],
    @Arg('filter', () => OutcomeFilter, {
      nullable: true,
      description: 'Which outcomes to count; all of them when absent or null.',
    })
    filter: OutcomeFilter | null | undefined,
    @Ctx() { caller, statistics }: GatewayContext,
  ): Promise<StatisticsRow[]> {
    return statistics.statistics(caller, groupBy, filter ?? {});
  }
}
