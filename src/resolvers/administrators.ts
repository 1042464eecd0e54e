import { Ctx, Query, Resolver } from 'type-graphql';
import { Administrator } from '../schema/administrator.js';
import type { GatewayContext } from './context.js';

/** The query for the configured administrators. */
@Resolver()
export class AdministratorsResolver {
  @Query(() => [Administrator], {
    description:
      'The administrators that the caller may use: the values that administrator, services and regions of ' +
      'an input may have.',
  })
  administrators(@Ctx() { caller, services }: GatewayContext): readonly Readonly<Administrator>[] {
    return services.administrators(caller);
  }
}
