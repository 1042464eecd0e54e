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
import { toConnection } from './toSchema.js';

const REFRESH = `Lists all members of each target anew, for inventory and coverage: ListMembers, 50 a call, within half of the \
rate of the target, so that 10,000 members take a minute or more. The observations are made in the background by whichever \
replica has room, one of a target at a time, and go on when this mutation has answered, or a gateway has ended. One that fails or \
breaks off changes nothing but what is said of it here. Observations that began before do not count.`;

/** The inventory: its list, its summary, and how it is made anew. */
@Resolver(() => InventoryMember)
export class InventoryResolver {
  @Query(() => InventoryMemberConnection, {
    description:
      'All members that the last observations saw, by account id: from the inventory, without a call to AWS, and as old as ' +
      'observedAt of each says. A target that was never observed (refreshInventory, INVENTORY_INTERVAL_MINUTES) has none.',
  })
  async inventory(
    @Arg('filter', () => InventoryFilter, {
      nullable: true,
      description: 'Which members to list; all of them when absent or null.',
    })
    filter: InventoryFilter | null | undefined,
    @Args(() => RootPageArguments) page: RootPageArguments,
    @Ctx() { caller, inventory }: GatewayContext,
  ): Promise<InventoryMemberConnection> {
    const members = await inventory.members(caller, filter ?? {}, page);
    return toConnection(members.page, toInventoryMember, members.count);
  }

  @FieldResolver(() => Account, {
    description: 'The account itself: what is on record about it, and where it is a member now.',
  })
  account(@Root() { accountId }: InventoryMember): Readonly<Account> {
    return { accountId };
  }

  @Query(() => Coverage, {
    description:
      'How the members of an administrator are spread over its services and regions, and which accounts are active in some of ' +
      'them only. From the inventory, without a call to AWS: as old as observedAt of each target says.',
  })
  async coverage(
    @Args(() => CoverageArguments) asked: CoverageArguments,
    @Ctx() { caller, inventory }: GatewayContext,
  ): Promise<Readonly<Coverage>> {
    return inventory.coverage(caller, asked);
  }

  @Mutation(() => RefreshInventoryPayload, { nullable: true, description: REFRESH })
  async refreshInventory(
    @Arg('input', () => RefreshInventoryInput, { description: 'Which targets, and how long to wait.' })
    input: RefreshInventoryInput,
    @Ctx() { caller, refreshInventory }: GatewayContext,
  ): Promise<Readonly<RefreshInventoryPayload>> {
    return refreshInventory(caller, input);
  }
}

function toInventoryMember({ serviceStatus, ...row }: InventoryRow): Readonly<InventoryMember> {
  return { ...row, serviceStatus: serviceStatus || null };
}
