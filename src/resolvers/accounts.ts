import { Arg, Args, Ctx, FieldResolver, Query, Resolver, Root } from 'type-graphql';
import { Account } from '../schema/account.js';
import { Member } from '../schema/member.js';
import { AccountMembersArguments } from '../schema/memberArguments.js';
import { AwsAccountId } from '../schema/scalars.js';
import type { GatewayContext } from './context.js';

/** The queries for accounts, and where they are members. */
@Resolver(() => Account)
export class AccountResolver {
  @Query(() => Account, {
    description: 'One account: where it is a member now, whoever made it one.',
  })
  account(
    @Arg('accountId', () => AwsAccountId, { description: 'The account: 12 digits.' }) accountId: string,
    @Ctx() { members }: GatewayContext,
  ): Readonly<Account> {
    const [checked = accountId] = members.accountIds('accountId', [accountId]);
    return { accountId: checked };
  }

  @Query(() => [Account], {
    description:
      'Up to 1,000 accounts, in the order asked for. Their members are read 50 accounts a call for each target, so ' +
      '1,000 accounts cost 20 calls for each service and region.',
  })
  accounts(
    @Arg('accountIds', () => [AwsAccountId], { description: 'The accounts: 12 digits each, 1,000 at most.' })
    accountIds: string[],
    @Ctx() { members }: GatewayContext,
  ): readonly Readonly<Account>[] {
    return members.accountIds('accountIds', accountIds).map((accountId) => ({ accountId }));
  }

  @FieldResolver(() => [Member], {
    // A target that fails must not take the others down (docs/decisions/0015).
    nullable: 'items',
    description:
      'Where the account stands now, at every target asked for: GetMembers, for all accounts of the operation ' +
      'together. NOT_A_MEMBER where the service does not know it. A target that cannot be read is null here, and the ' +
      'errors of the answer say why at this path: UPSTREAM_FAILED with extensions.reasonCode, or THROTTLED when its ' +
      'rate leaves no room within 30 seconds.',
  })
  members(
    @Root() { accountId }: Account,
    @Args(() => AccountMembersArguments) asked: AccountMembersArguments,
    @Ctx() { caller, members, memberLoader }: GatewayContext,
  ): Promise<Readonly<Member>>[] {
    return members.targets(caller, asked).map((target) => memberLoader(target, accountId));
  }
}
