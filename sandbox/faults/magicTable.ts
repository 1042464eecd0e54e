import type { Fault } from './fault.js';
import type { ChangingOperation } from '../scope.js';
import type { ResultTexts } from '../members/texts.js';

/** An outcome that leaves the account unprocessed, in an answer with HTTP 200. */
export interface UnprocessedOutcome {
  /** The last two digits of the account id. */
  readonly digits: string;
  /** The gateway's reason code for the text. For an invented text: the code that it would have. */
  readonly reason: string;
  /** The key of the service's text in texts.ts. */
  readonly text: keyof ResultTexts;
  /** The operations with this outcome; in every other operation the account is ordinary. */
  readonly operations: readonly ChangingOperation[];
  /** The number of sends with this outcome; null means all. Counted per account, region, service and operation. */
  readonly sends: number | null;
}

/** An outcome that fails the whole call with the account, for all accounts of the call. */
export interface FaultOutcome {
  /** The last two digits of the account id. */
  readonly digits: string;
  /** The fault of the call. */
  readonly fault: Fault;
  readonly operations: readonly ChangingOperation[];
  /** The number of calls that fail; null means all. Counted per account, region, service and operation. */
  readonly sends: number | null;
}

export type MagicOutcome = UnprocessedOutcome | FaultOutcome;

const CREATE = ['CreateMembers'] as const;
const INVITE = ['InviteMembers'] as const;
const CREATE_AND_DELETE = ['CreateMembers', 'DeleteMembers'] as const;
const INVITE_AND_DELETE = ['InviteMembers', 'DeleteMembers'] as const;
const CREATE_AND_INVITE = ['CreateMembers', 'InviteMembers'] as const;
const CHANGES = ['CreateMembers', 'InviteMembers', 'DisassociateMembers', 'DeleteMembers'] as const;

/** Digits seven to ten of a magic account id. */
export const MAGIC_PREFIX = '9000';

/**
 * The magic account ids, which README.md prints. An account id is magic if its last six digits are `9000` and the
 * digits of a row; every other id is ordinary.
 */
// prettier-ignore
export const MAGIC_OUTCOMES: readonly MagicOutcome[] = [
  { digits: '01', reason: 'ALREADY_MEMBER', text: 'alreadyMember', operations: CREATE, sends: null },
  { digits: '02', reason: 'ALREADY_INVITED', text: 'alreadyInvited', operations: INVITE, sends: null },
  { digits: '03', reason: 'SELF', text: 'memberOfItself', operations: CREATE_AND_INVITE, sends: null },
  { digits: '04', reason: 'OTHER_ADMINISTRATOR', text: 'otherAdministrator', operations: CREATE_AND_INVITE, sends: null },
  { digits: '05', reason: 'MEMBER_LIMIT_REACHED', text: 'memberLimit', operations: CREATE, sends: null },
  { digits: '06', reason: 'INVITATION_LIMIT_REACHED', text: 'invitationLimit', operations: INVITE, sends: null },
  { digits: '07', reason: 'EMAIL_MISSING', text: 'emailMissing', operations: CREATE_AND_INVITE, sends: null },
  { digits: '08', reason: 'EMAIL_INVALID', text: 'emailInvalid', operations: CREATE_AND_INVITE, sends: null },
  { digits: '09', reason: 'ACCOUNT_INVALID', text: 'accountInvalid', operations: CREATE_AND_INVITE, sends: null },
  { digits: '10', reason: 'NOT_CREATED', text: 'notCreated', operations: INVITE, sends: null },
  { digits: '11', reason: 'NOT_ASSOCIATED', text: 'notAMember', operations: INVITE, sends: null },
  { digits: '12', reason: 'STILL_ASSOCIATED', text: 'stillAssociated', operations: CREATE_AND_DELETE, sends: null },
  { digits: '13', reason: 'ORGANIZATION_ADMINISTRATOR_NOT_ENABLED', text: 'organizationAdministratorNotEnabled', operations: CREATE_AND_INVITE, sends: null },
  { digits: '14', reason: 'SERVICE_NOT_ENABLED', text: 'serviceNotEnabled', operations: CREATE_AND_INVITE, sends: null },
  { digits: '15', reason: 'BATCH_LIMIT_EXCEEDED', text: 'batchLimit', operations: CREATE_AND_INVITE, sends: null },
  { digits: '16', reason: 'OTHER', text: 'other', operations: CREATE_AND_INVITE, sends: null },
  { digits: '17', reason: 'MANAGED_BY_ORGANIZATION', text: 'organizationAccount', operations: INVITE_AND_DELETE, sends: null },
  { digits: '20', reason: 'INTERNAL_ERROR', text: 'internalError', operations: CHANGES, sends: 1 },
  { digits: '21', reason: 'INTERNAL_ERROR', text: 'internalError', operations: CHANGES, sends: 2 },
  { digits: '22', reason: 'INTERNAL_ERROR', text: 'internalError', operations: CHANGES, sends: null },
  { digits: '30', fault: 'access-denied', operations: CHANGES, sends: null },
  { digits: '31', fault: 'not-enabled', operations: CHANGES, sends: null },
  { digits: '32', fault: 'bad-input', operations: CHANGES, sends: null },
  { digits: '33', fault: 'throttle', operations: CHANGES, sends: 1 },
  { digits: '34', fault: 'internal-error', operations: CHANGES, sends: 1 },
  { digits: '35', fault: 'html-502', operations: CHANGES, sends: 1 },
  { digits: '36', fault: 'reset-before', operations: CHANGES, sends: 1 },
  { digits: '37', fault: 'reset-after', operations: CHANGES, sends: 1 },
  { digits: '38', fault: 'hang-after', operations: CHANGES, sends: 1 },
  { digits: '39', fault: 'cut-body', operations: CHANGES, sends: 1 },
];
