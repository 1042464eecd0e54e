import { Arg, Args, Ctx, FieldResolver, Mutation, Query, Resolver, Root } from 'type-graphql';
import type { InventoryRow } from '../ports/inventory.js';
import { Account } from '../schema/history/account.js';
import { Coverage, CoverageArguments } from '../schema/inventory/coverage.js';
import {
  InventoryFilter,
  InventoryMember,
  InventoryMemberConnection,
} from '../schema/inventory/inventory.js';
import { RootPageArguments } from '../schema/pageArguments.js';
import { RefreshInventoryInput, RefreshInventoryPayload } from '../schema/inventory/refreshInventory.js';
import type { GatewayContext } from './context.js';
import { InputArg } from './inputArg.js';
import { toConnection } from './toSchema.js';

const REFRESH = `Lists all members of each target for inventory and coverage: ListMembers, 50 a call, at half of the target's rate: \
10,000 members take a minute or more. Any free replica observes in the background, one observation per target at a \
time, also after the answer and after a gateway stops. A failed observation changes only this answer. Earlier \
observations do not count.`;

/** The queries `inventory` and `coverage`, and the mutation `refreshInventory`. */
@Resolver(() => InventoryMember)
export class InventoryResolver {
  @Query(() => InventoryMemberConnection, {
    description:
      'All members that the last observations saw, by account id, without calls to AWS. A target without an ' +
      'observation (refreshInventory, INVENTORY_INTERVAL_MINUTES) has none. totalCount is exact.',
  })
  async inventory(
    @Arg('filter', () => InventoryFilter, {
      nullable: true,
      description: 'Selects members.',
    })
    filter: InventoryFilter | null | undefined,
    @Args(() => RootPageArguments) page: RootPageArguments,
    @Ctx() { caller, inventory }: GatewayContext,
  ): Promise<InventoryMemberConnection> {
    const members = await inventory.members(caller, filter ?? {}, page);
    return toConnection(members.page, toInventoryMember, members.count);
  }

  @FieldResolver(() => Account, {
    description: 'The account.',
  })
  account(@Root() { accountId }: InventoryMember): Readonly<Account> {
    return { accountId };
  }

  @Query(() => Coverage, {
    description:
      'The members of an administrator by service and region, and the accounts that are active in only some of ' +
      'them. From the inventory, without calls to AWS.',
  })
  async coverage(
    @Args(() => CoverageArguments) selection: CoverageArguments,
    @Ctx() { caller, inventory }: GatewayContext,
  ): Promise<Readonly<Coverage>> {
    return inventory.coverage(caller, selection);
  }

  @Mutation(() => RefreshInventoryPayload, { nullable: true, description: REFRESH })
  async refreshInventory(
    @InputArg(() => RefreshInventoryInput, 'The targets, and how long to wait.')
    input: RefreshInventoryInput,
    @Ctx() { caller, refreshInventory }: GatewayContext,
  ): Promise<Readonly<RefreshInventoryPayload>> {
    return refreshInventory(caller, input);
  }
}

function toInventoryMember({ serviceStatus, ...row }: InventoryRow): Readonly<InventoryMember> {
  return { ...row, serviceStatus: serviceStatus || null };
}
