import { Ctx, FieldResolver, Query, Resolver, Root } from 'type-graphql';
import { Administrator } from '../schema/access/administrator.js';
import { TargetHealth } from '../schema/members/targetHealth.js';
import type { GatewayContext } from './context.js';

/** The query `administrators`, and the health of their targets. */
@Resolver(() => Administrator)
export class AdministratorsResolver {
  @Query(() => [Administrator], {
    description:
      'The administrators that the caller may use, with the services and regions that inputs may name.',
  })
  administrators(@Ctx() { caller, services }: GatewayContext): readonly Readonly<Administrator>[] {
    return services.administrators(caller);
  }

  @FieldResolver(() => [TargetHealth], {
    description:
      'Whether each service answers in each region: calls all of them now, in parallel and within their rates. A ' +
      'target that does not answer has a reason, not an error.',
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
