import { Ctx, Query, Resolver } from 'type-graphql';
import { ReconcileInput, Reconciliation } from '../schema/plans/reconciliation.js';
import type { GatewayContext } from './context.js';
import { InputArg } from './inputArg.js';

const DESCRIPTION = `Compares the expected members with the existing ones: accounts to create, to invite, to delete and create again, unexpected members, \
different e-mail addresses. It changes nothing and never proposes to remove an active member. A target that cannot be read says \
why; others are not affected.

The lists fit createMembers and inviteMembers of the same target. After creating toCreate, reconcile again: \
accounts outside the organization are then in toInvite; accounts of the organization need no invitation.

ListMembers reads 50 members a call: at the default rates about 7,000 members of Security Hub and 3,300 of \
GuardDuty are listed in time.`;

/** The query `reconcile`. */
@Resolver()
export class ReconcileResolver {
  @Query(() => Reconciliation, { description: DESCRIPTION })
  async reconcile(
    @InputArg(() => ReconcileInput, 'The expected members, and where.')
    input: ReconcileInput,
    @Ctx() { caller, reconcile }: GatewayContext,
  ): Promise<Readonly<Reconciliation>> {
    return reconcile(caller, input);
  }
}
