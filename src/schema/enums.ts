import { registerEnumType } from 'type-graphql';
import type {
  ActorKind as ActorKindName,
  AlreadyMember as AlreadyMemberName,
  CallStatus as CallStatusName,
  MembershipOperation as MembershipOperationName,
  OutcomeStatus as OutcomeStatusName,
  RequestStatus as RequestStatusName,
  SecurityService as SecurityServiceName,
} from '../membership.js';

/** Registers an enum. `values` needs a description for every value; else the call does not compile. */
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
  'A service with a member list for each administrator and region.',
  {
    GUARDDUTY:
      "Amazon GuardDuty. Members belong to the administrator's detector in a region; there is at most one.",
    SECURITY_HUB: 'AWS Security Hub. Members belong to the administrator in a region, without a detector.',
  },
);

/** The operation of a request. */
export const MembershipOperation = describedEnum<MembershipOperationName>(
  'MembershipOperation',
  'An operation on member accounts, by its name in both AWS APIs.',
  {
    CREATE_MEMBERS:
      'The accounts become members of the administrator. Accounts outside its organization also need ' +
      'INVITE_MEMBERS.',
    INVITE_MEMBERS:
      'Created members are invited and become active once they accept. Accounts managed through AWS Organizations ' +
      'need none.',
    DISASSOCIATE_MEMBERS: "The accounts stop being members. The administrator's list keeps their entries.",
    DELETE_MEMBERS:
      "The entries of accounts that are not associated leave the administrator's list, with their details.",
  },
);

/** The status of a request. */
export const RequestStatus = describedEnum<RequestStatusName>(
  'RequestStatus',
  'The status of a request. PENDING and RUNNING are open; the others are final.',
  {
    PENDING: 'Recorded, no call sent. The request survives a crash or restart of the gateway.',
    RUNNING: 'At least one call was sent, and at least one outcome is open.',
    SUCCEEDED: 'Every outcome is PROCESSED.',
    PARTIALLY_SUCCEEDED:
      'Finished. At least one outcome is PROCESSED, and one UNPROCESSED, FAILED or CANCELED: see counts.',
    FAILED: 'Finished. No outcome is PROCESSED, not all are CANCELED: see their reasonCode.',
    CANCELED: 'Every outcome was withdrawn.',
  },
);

/** The status of one account at one target. */
export const OutcomeStatus = describedEnum<OutcomeStatusName>(
  'OutcomeStatus',
  'The status of an outcome. PENDING and IN_FLIGHT are open; the others are final.',
  {
    PENDING: 'Waits to be sent, or sent again after a failure that may pass.',
    IN_FLIGHT: 'In a call that was sent and has no recorded answer.',
    PROCESSED:
      'Accepted: the answer does not list the account as unprocessed. Without an answer, or an answer for single ' +
      'accounts (DisassociateMembers of Security Hub): GetMembers shows the change.',
    UNPROCESSED:
      'The answer lists the account as unprocessed, with the words in reason. For DisassociateMembers of Security ' +
      'Hub, which lists none, GetMembers decides and the gateway writes the reason.',
    FAILED:
      'The whole call was refused or not answered, and sending again would not help or sends are used up. ' +
      'reasonCode says why; call has the exception.',
    CANCELED:
      'Withdrawn by cancelRequest while PENDING. With sends 0 this request never sent it; otherwise it waited to ' +
      'be sent again.',
  },
);

/** How an account counts that the service calls a member already. */
export const AlreadyMember = describedEnum<AlreadyMemberName>(
  'AlreadyMember',
  'How an account counts that the service calls a member already (ALREADY_MEMBER). The outcome has the reasonCode ' +
    "and the service's words either way.",
  {
    UNPROCESSED:
      'As the service has it: the account was not processed, so the request does not end SUCCEEDED.',
    PROCESSED: 'As done: the outcome is PROCESSED. For callers that send the same list again and again.',
  },
);

/** The status of a call. */
export const CallStatus = describedEnum<CallStatusName>(
  'CallStatus',
  'The status of an AWS API call, recorded as SENT before it is sent, so that no crash can hide it.',
  {
    SENT: 'Waits for its answer. After a crash the gateway reads the members to learn the result.',
    ANSWERED:
      'HTTP 200. Single accounts may be unprocessed. DisassociateMembers of Security Hub names no accounts: they ' +
      'stay IN_FLIGHT until GetMembers decides.',
    REFUSED: 'The service refused the whole call and changed nothing: see errorCode and errorMessage.',
    UNANSWERED:
      'No answer is known: a time-out, a broken connection, a 5xx or a crash. GetMembers decides before any ' +
      'account is sent again.',
  },
);

/** The kind of a caller. */
export const ActorKind = describedEnum<ActorKindName>('ActorKind', 'The kind of a caller.', {
  USER: 'A person, signed in through the identity provider.',
  TOKEN: 'A program with an access token.',
  LOCAL: 'Any caller on this machine, without authentication; only on a loopback address.',
});
