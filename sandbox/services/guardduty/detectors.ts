import { z } from 'zod';
import { readBody } from '../../calls/body.js';
import {
  plainInput,
  type Handler,
  type ServiceDependencies,
  type SignedCall,
} from '../../calls/operation.js';
import { invitationOperations } from '../../members/invitations.js';
import { isInvitedOrAssociated } from '../../members/member.js';
import type { Scope } from '../../scope.js';
import { badInput } from '../../wire/refusal.js';
import { invalidValues } from './input.js';

const NewDetector = z.object({ enable: z.boolean() });

/** Returns the handlers of detectors. Every detector is enabled, and has no features and tags. */
export function detectorHandlers({ state }: ServiceDependencies) {
  const ownDetector = ({ identity, region }: SignedCall) =>
    state.enablement.detectorId(identity.account, region);

  return {
    ListDetectors: (call) =>
      plainInput(() => {
        const detectorId = ownDetector(call);
        return { detectorIds: detectorId === null ? [] : [detectorId] };
      }),
    CreateDetector: (call) =>
      plainInput(
        () => {
          state.enablement.enable(scopeOf(call), call.at);
          return { detectorId: ownDetector(call) };
        },
        () => {
          if (!readBody(NewDetector, call)) {
            throw invalidValues();
          }
          if (ownDetector(call) !== null) {
            throw badInput('guardduty', DETECTOR_EXISTS);
          }
        },
      ),
    GetDetector: (call) =>
      plainInput(() => ({
        createdAt: CREATED_AT,
        updatedAt: CREATED_AT,
        findingPublishingFrequency: 'SIX_HOURS',
        serviceRole: `arn:aws:iam::${call.identity.account}:role/aws-service-role/guardduty.amazonaws.com/AWSServiceRoleForAmazonGuardDuty`,
        status: 'ENABLED',
        tags: {},
        features: [],
      })),
    DeleteDetector: (call) =>
      plainInput(
        () => {
          state.enablement.setDetector(call.identity.account, call.region, null);
          return {};
        },
        () => {
          const scope = scopeOf(call);
          if ([...state.memberList(scope).all()].some(isInvitedOrAssociated)) {
            throw badInput('guardduty', DETECTOR_HAS_MEMBERS);
          }
          if (invitationOperations(state, scope, call.at).administrator()) {
            throw badInput('guardduty', DETECTOR_OF_MEMBER);
          }
        },
      ),
  } satisfies Record<string, Handler>;
}

const scopeOf = ({ identity, region }: SignedCall): Scope => ({
  account: identity.account,
  region,
  service: 'guardduty',
});

/** The age of every detector. */
const CREATED_AT = '2024-01-01T00:00:00.000Z';

// The first two texts were seen (UPSTREAMS.md, "Texts of other operations"); the third is invented.
const DETECTOR_EXISTS = 'The request is rejected because a detector already exists for the current account.';
const DETECTOR_HAS_MEMBERS =
  'The request is rejected because the current account cannot delete detector while it has invited or associated members.';
const DETECTOR_OF_MEMBER =
  'The request is rejected because the current account cannot delete detector while it is an associated member of a master account.';
