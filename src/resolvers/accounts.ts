import { Arg, Args, Ctx, FieldResolver, Query, Resolver, Root } from 'type-graphql';
import { Account } from '../schema/history/account.js';
import { OutcomeFilter } from '../schema/history/filters.js';
import { Member } from '../schema/members/member.js';
import { AccountMembersArguments } from '../schema/members/memberArguments.js';
import { OutcomeConnection } from '../schema/history/outcome.js';
import { PageArguments } from '../schema/pageArguments.js';
import { AwsAccountId } from '../schema/scalars.js';
import type { AskedOutcomes } from '../services/input/checkFilters.js';
import type { GatewayContext } from './context.js';
import { toOutcome, toConnection } from './toSchema.js';

/** The queries for accounts, what is on record about them and where they are members. */
@Resolver(() => Account)
export class AccountResolver {
  @Query(() => Account, {
    description:
      'One account: what is on record about it, and where it is a member now. BAD_USER_INPUT for an id that is not 12 digits.',
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
      'together. NOT_A_MEMBER where the service does not know it, or where an inventory that is young enough does not have it. A target that cannot be read is null here, and the ' +
      'errors of the answer say why at this path: UPSTREAM_FAILED with extensions.reasonCode, or THROTTLED when its ' +
      'rate leaves no room within 30 seconds.',
  })
  members(
    @Root() { accountId }: Account,
    @Args(() => AccountMembersArguments) asked: AccountMembersArguments,
    @Ctx() { caller, members, memberLoader }: GatewayContext,
  ): Promise<Readonly<Member>>[] {
    return members
      .targets(caller, asked)
      .map((target) => memberLoader(target, accountId, asked.maxAgeSeconds));
  }

  @FieldResolver(() => OutcomeConnection, {
    description:
      'Its outcomes over all requests that the caller may see, newest first. With their request, sends and reasons they ' +
      'are the whole story of the account.',
  })
  async outcomes(
    @Root() { accountId }: Account,
    @Args(() => PageArguments) page: PageArguments,
    @Arg('filter', () => OutcomeFilter, {
      nullable: true,
      description: 'Which of them to list; its accountId, when given, has to name this account.',
    })
    filter: OutcomeFilter | null | undefined,
    @Ctx() { caller, history }: GatewayContext,
  ): Promise<OutcomeConnection> {
    const isNamed = filter?.accountId?.includes(accountId) ?? true;
    const conditions: AskedOutcomes = filter ?? {};
    const asked = { ...conditions, accountId: isNamed ? [accountId] : [] };
    const outcomes = await history.outcomes(caller, asked, page);
    return toConnection(outcomes.page, toOutcome, outcomes.count);
  }
}
