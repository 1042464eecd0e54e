import { Arg, Args, Ctx, FieldResolver, Query, Resolver, Root } from 'type-graphql';
import { Account } from '../schema/account.js';
import { OutcomeFilter } from '../schema/filters.js';
import { OutcomeConnection } from '../schema/outcome.js';
import { PageArguments } from '../schema/pageArguments.js';
import { AwsAccountId } from '../schema/scalars.js';
import { type AskedOutcomes, checkAccountId } from '../services/checkFilters.js';
import type { GatewayContext } from './context.js';
import { presentOutcome, presentPage } from './present.js';

/** The query for one account, and what it leads to. */
@Resolver(() => Account)
export class AccountResolver {
  @Query(() => Account, {
    description:
      'One AWS account, whether or not anything is on record about it. BAD_USER_INPUT for an id that is not 12 digits.',
  })
  account(
    @Arg('accountId', () => AwsAccountId, { description: 'The id of the account: 12 digits.' })
    accountId: string,
  ): Readonly<Account> {
    return { accountId: checkAccountId('accountId', accountId) };
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
    return presentPage(outcomes.page, presentOutcome, outcomes.count);
  }
}
