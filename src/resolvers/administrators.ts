import { Ctx, FieldResolver, Query, Resolver, Root } from 'type-graphql';
import { Administrator } from '../schema/access/administrator.js';
import { TargetHealth } from '../schema/members/targetHealth.js';
import type { GatewayContext } from './context.js';

/** The query for the configured administrators, and how their targets do. */
@Resolver(() => Administrator)
export class AdministratorsResolver {
  @Query(() => [Administrator], {
    description:
      'The administrators that the caller may use: the values that administrator, services and regions of ' +
      'an input may have.',
  })
  administrators(@Ctx() { caller, services }: GatewayContext): readonly Readonly<Administrator>[] {
    return services.administrators(caller);
  }

  @FieldResolver(() => [TargetHealth], {
    description:
      'Whether each of its services answers in each of its regions. Asks all of them now, at the same time and within ' +
      'their rates; one that does not answer is an entry with a reason, and no error.',
  })
  async targets(
    @Root() { id }: Administrator,
    @Ctx() { caller, targetHealth }: GatewayContext,
  ): Promise<readonly Readonly<TargetHealth>[]> {
    return (await targetHealth(caller, id)).map(({ rate, ...health }) => ({
      ...health,
      ratePerSecond: rate.perSecond,
      burst: rate.burst,
    }));
  }
}
