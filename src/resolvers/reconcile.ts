import { Arg, Ctx, Query, Resolver } from 'type-graphql';
import { ReconcileInput, Reconciliation } from '../schema/plans/reconciliation.js';
import type { GatewayContext } from './context.js';

const DESCRIPTION = `Holds the members there ought to be against those that the services list: whom to create, whom to \
invite, who is there unexpectedly, whose e-mail address differs. It changes nothing, and never proposes to remove anybody. Each \
service and region stands by itself, and one that cannot be read says why in its place.

The lists fit createMembers and inviteMembers of the same administrator, service and region. After toCreate was created, ask again: \
accounts outside the organization then wait in toInvite. Those of the organization need no invitation.

ListMembers, 50 members a call: at the usual rates some 7,000 members of Security Hub and 3,300 of GuardDuty are listed in time.`;

/** The query `reconcile`. */
@Resolver()
export class ReconcileResolver {
  @Query(() => Reconciliation, { description: DESCRIPTION })
  async reconcile(
    @Arg('input', () => ReconcileInput, { description: 'Which members there ought to be, and where.' })
    input: ReconcileInput,
    @Ctx() { caller, reconcile }: GatewayContext,
  ): Promise<Readonly<Reconciliation>> {
    return reconcile(caller, input);
  }
}
