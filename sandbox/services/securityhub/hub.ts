import {
  plainInput,
  type Handler,
  type ServiceDependencies,
  type SignedCall,
} from '../../calls/operation.js';
import { invitationOperations } from '../../members/invitations.js';
import type { Scope } from '../../scope.js';
import { badInput, Refusal } from '../../wire/refusal.js';

/** Returns the handlers of the subscription to Security Hub. */
export function hubHandlers({ state }: ServiceDependencies) {
  return {
    EnableSecurityHub: (call) =>
      plainInput(
        () => {
          state.enablement.enable(scopeOf(call), call.at);
          return {};
        },
        () => {
          if (state.enablement.isEnabled(scopeOf(call))) {
            throw new Refusal(
              409,
              'ResourceConflictException',
              'Account is already subscribed to Security Hub',
            );
          }
        },
      ),
    DescribeHub: ({ identity, region }) =>
      plainInput(() => ({
        HubArn: `arn:aws:securityhub:${region}:${identity.account}:hub/default`,
        SubscribedAt: '2024-01-01T00:00:00.000Z',
        AutoEnableControls: true,
        ControlFindingGenerator: 'SECURITY_CONTROL',
      })),
    DisableSecurityHub: (call) =>
      plainInput(
        () => {
          disable(call);
          return {};
        },
        () => {
          const { account, region, service } = scopeOf(call);
          if (state.organization.delegation(service, region)?.administrator === account) {
            throw badInput('securityhub', 'Cannot disable Security Hub on the Security Hub administrator');
          }
        },
      ),
  } satisfies Record<string, Handler>;

  /** Removes the associations too, those with members and that with an administrator. */
  function disable(call: SignedCall): void {
    const scope = scopeOf(call);
    const invitations = invitationOperations(state, scope, call.at);
    if (invitations.administrator()) {
      invitations.resign();
    }
    const list = state.memberList(scope);
    for (const { accountId } of [...list.all()]) {
      list.delete(accountId);
    }
    state.enablement.setHub(scope.account, scope.region, false);
  }
}

const scopeOf = ({ identity, region }: SignedCall): Scope => ({
  account: identity.account,
  region,
  service: 'securityhub',
});
