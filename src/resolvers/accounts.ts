import { Arg, Args, Ctx, FieldResolver, Query, Resolver, Root } from 'type-graphql';
import { Account } from '../schema/history/account.js';
import { OutcomeFilter } from '../schema/history/filters.js';
import { Member } from '../schema/members/member.js';
import { AccountMembersArguments } from '../schema/members/memberArguments.js';
import { OutcomeConnection } from '../schema/history/outcome.js';
import { PageArguments } from '../schema/pageArguments.js';
import { AwsAccountId } from '../schema/scalars.js';
import { checkAccountId, checkAccountIds } from '../services/input/checkAccountIds.js';
import type { OutcomesQuery } from '../services/input/checkFilters.js';
import type { GatewayContext } from './context.js';
import { toOutcome, toConnection } from './toSchema.js';

/** The queries `account` and `accounts`, and the members and outcomes of an account. */
@Resolver(() => Account)
export class AccountResolver {
  @Query(() => Account, {
    description: 'One account. BAD_USER_INPUT unless the id has 12 digits.',
  })
  account(
    @Arg('accountId', () => AwsAccountId, { description: 'The account.' }) accountId: string,
  ): Readonly<Account> {
    return { accountId: checkAccountId('accountId', accountId) };
  }

  @Query(() => [Account], {
    description:
      'Up to 1,000 accounts, in the order of the input. One call reads the members of 50 accounts at one target, ' +
      'so 1,000 accounts cost 20 calls per target.',
  })
  accounts(
    @Arg('accountIds', () => [AwsAccountId], { description: 'At most 1,000 accounts.' })
    accountIds: string[],
  ): readonly Readonly<Account>[] {
    return checkAccountIds('accountIds', accountIds).map((accountId) => ({ accountId }));
  }

  @FieldResolver(() => [Member], {
    // One failed target must not fail the others (docs/decisions/0015).
    nullable: 'items',
    description:
      'Its membership now at every selected target: GetMembers, for all accounts of the operation together. ' +
      'NOT_A_MEMBER if the service, or an inventory within maxAgeSeconds, does not have it. A target that cannot ' +
      'be read is null, with an error at this path: UPSTREAM_FAILED with extensions.reasonCode, or THROTTLED if ' +
      'the rate allows no call within 30 seconds.',
  })
  members(
    @Root() { accountId }: Account,
    @Args(() => AccountMembersArguments) selection: AccountMembersArguments,
    @Ctx() { caller, members, memberLoader }: GatewayContext,
  ): Promise<Readonly<Member>>[] {
    return members
      .targets(caller, selection)
      .map((target) => memberLoader(target, accountId, selection.maxAgeSeconds));
  }

  @FieldResolver(() => OutcomeConnection, {
    description:
      'Its history: its outcomes in all requests that the caller may see, newest first. totalCount is exact up to ' +
      '10,000, else null; also null if counting would scan over 100,000 entries.',
  })
  async outcomes(
    @Root() { accountId }: Account,
    @Args(() => PageArguments) page: PageArguments,
    @Arg('filter', () => OutcomeFilter, {
      nullable: true,
      description: 'Selects outcomes. accountId, if given, must include this account.',
    })
    filter: OutcomeFilter | null | undefined,
    @Ctx() { caller, history }: GatewayContext,
  ): Promise<OutcomeConnection> {
    const isNamed = filter?.accountId?.includes(accountId) ?? true;
    const given: OutcomesQuery = filter ?? {};
    const conditions = { ...given, accountId: isNamed ? [accountId] : [] };
    const outcomes = await history.outcomes(caller, conditions, page);
    return toConnection(outcomes.page, toOutcome, outcomes.count);
  }
}
