import { registerEnumType } from 'type-graphql';
import type {
  ActorKind as ActorKindName,
  CallStatus as CallStatusName,
  MembershipOperation as MembershipOperationName,
  OutcomeStatus as OutcomeStatusName,
  RequestStatus as RequestStatusName,
  SecurityService as SecurityServiceName,
} from '../membership.js';

/** Registers an enum from a description for each of its values; a value without one does not compile. */
export function describedEnum<Name extends string>(
  name: string,
  description: string,
  values: Readonly<Record<Name, string>>,
): Readonly<Record<Name, Name>> {
  const names = Object.keys(values) as Name[];
  const registered = Object.fromEntries(names.map((value) => [value, value])) as Record<Name, Name>;
  const valuesConfig = Object.fromEntries(
    names.map((value) => [value, { description: values[value] }]),
  ) as Record<Name, { description: string }>;
  registerEnumType(registered, { name, description, valuesConfig });
  return registered;
}

/** The two services. */
export const SecurityService = describedEnum<SecurityServiceName>(
  'SecurityService',
  'A service that has member accounts. Each keeps its own list of members, per administrator and region.',
  {
    GUARDDUTY:
      'Amazon GuardDuty. Members belong to the detector of the administrator in a region; there is at ' +
      'most one.',
    SECURITY_HUB: 'AWS Security Hub. Members belong to the administrator in a region; there is no detector.',
  },
);

/** What a request does. */
export const MembershipOperation = describedEnum<MembershipOperationName>(
  'MembershipOperation',
  'What is done to member accounts, by the name the API operation has in both services.',
  {
    CREATE_MEMBERS:
      'CreateMembers: the accounts become members of the administrator. For accounts of the ' +
      "administrator's organization that is all it takes; other accounts are then invited with " +
      'INVITE_MEMBERS.',
    INVITE_MEMBERS:
      'InviteMembers: accounts that were created as members are invited, and become active once they ' +
      'accept. Accounts managed through AWS Organizations need no invitation.',
    DISASSOCIATE_MEMBERS:
      'DisassociateMembers: the accounts stop being members of the administrator, which keeps an entry for each on ' +
      'its list.',
    DELETE_MEMBERS:
      'DeleteMembers: the entries of accounts that are not associated, their details with them, are taken off the ' +
      "administrator's list.",
  },
);

/** How a request stands. */
export const RequestStatus = describedEnum<RequestStatusName>(
  'RequestStatus',
  'How a request stands. PENDING and RUNNING are open; the other four are final and never change again.',
  {
    PENDING:
      'Recorded, and no call has been sent for it yet. It survives a crash or a restart of the gateway.',
    RUNNING: 'At least one call has been sent for it, and at least one outcome is still open.',
    SUCCEEDED: 'Finished: every outcome is PROCESSED.',
    PARTIALLY_SUCCEEDED:
      'Finished: at least one outcome is PROCESSED and at least one is not, be it UNPROCESSED, FAILED or ' +
      'CANCELED. See counts.',
    FAILED:
      'Finished: no outcome is PROCESSED, and not all of them were withdrawn. See reasonCode of its ' +
      'outcomes.',
    CANCELED: 'Finished: every outcome was withdrawn (cancelRequest).',
  },
);

/** How one account at one target stands. */
export const OutcomeStatus = describedEnum<OutcomeStatusName>(
  'OutcomeStatus',
  'How one account of a request stands at one target. PENDING and IN_FLIGHT are open; the other four are ' +
    'final.',
  {
    PENDING: 'Recorded and waiting to be sent, for the first time or, after a failure that may pass, again.',
    IN_FLIGHT: 'Part of a call that has been sent and has no recorded answer yet.',
    PROCESSED:
      'The service took it: the call was answered and the account is not on its unprocessed list or, where there was ' +
      'no answer or none for single accounts (DisassociateMembers of Security Hub), GetMembers shows the change.',
    UNPROCESSED:
      'The service answered the call and listed this account as unprocessed: reason has the words it gave. Where it ' +
      'lists none, as Security Hub after DisassociateMembers, GetMembers told, and the words are ours.',
    FAILED:
      'The call that carried it was refused as a whole or brought no answer, and another send would not ' +
      'help or sends are used up. reasonCode says why; call has the exception.',
    CANCELED:
      'Withdrawn by cancelRequest while it was PENDING. With sends 0 no service ever heard of it in this ' +
      'request; otherwise it waited to be sent again.',
  },
);

/** How a call stands. */
export const CallStatus = describedEnum<CallStatusName>(
  'CallStatus',
  'How one AWS API call stands. It is recorded as SENT before it leaves, so that no crash can hide it.',
  {
    SENT:
      'On its way, or waiting for its answer. After a crash the gateway reads the members back to learn ' +
      'its fate.',
    ANSWERED:
      'The service answered with HTTP 200. Single accounts may still have come back as unprocessed. DisassociateMembers ' +
      'of Security Hub says nothing of single accounts: they stay IN_FLIGHT until GetMembers has told.',
    REFUSED: 'The service refused the whole call and did nothing: errorCode and errorMessage say why.',
    UNANSWERED:
      'Sent, and no answer is known: a time-out, a cut connection, a 5xx or a crash. The gateway asks the ' +
      'service with GetMembers what became of the accounts before it sends any of them again.',
  },
);

/** What kind of caller asked. */
export const ActorKind = describedEnum<ActorKindName>('ActorKind', 'What kind of caller made a request.', {
  USER: 'A person, signed in through the identity provider.',
  TOKEN: 'A program, with an access token issued for it.',
  LOCAL:
    'Anybody on this machine: authentication is off, which the gateway allows on a loopback address only.',
});
