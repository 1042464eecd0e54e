import type { Fault } from './fault.js';
import type { ChangingOperation } from './scope.js';
import type { ResultTexts } from './texts.js';

/** An ending that leaves the account unprocessed, inside an answer of HTTP 200. */
export interface RefusedEnding {
  /** The last two digits of the account id. */
  readonly ending: string;
  /** The reason code the gateway gives this text, or would, were the text not invented. */
  readonly reason: string;
  /** The key of the text the service answers with (see texts.ts). */
  readonly text: keyof ResultTexts;
  /** The operations that refuse the account; every other one takes it as an ordinary one. */
  readonly operations: readonly ChangingOperation[];
  /** How many sends are refused before the account is taken; null: all of them. Counted per account, region, service and operation. */
  readonly sends: number | null;
}

/** An ending that fails the whole call that carries the account, whichever other accounts it carries. */
export interface FailingEnding {
  readonly ending: string;
  /** What happens to the call. */
  readonly fault: Fault;
  readonly operations: readonly ChangingOperation[];
  /** How many calls fail before one goes through; null: all of them. Counted per account, region, service and operation. */
  readonly sends: number | null;
}

export type MagicEnding = RefusedEnding | FailingEnding;

const CREATE = ['CreateMembers'] as const;
const INVITE = ['InviteMembers'] as const;
const CREATE_AND_DELETE = ['CreateMembers', 'DeleteMembers'] as const;
const CREATE_AND_INVITE = ['CreateMembers', 'InviteMembers'] as const;
const CHANGES = ['CreateMembers', 'InviteMembers', 'DisassociateMembers', 'DeleteMembers'] as const;

/** Digits seven to ten of a magic account id, right before its ending. */
export const MAGIC_PREFIX = '9000';

/**
 * Every magic account id: the table that decides how the sandbox answers and that README.md prints. An account id
 * whose last six digits are `9000` and an ending of this table behaves as its row says; every other id is ordinary.
 */
// prettier-ignore
export const MAGIC_ENDINGS: readonly MagicEnding[] = [
  { ending: '01', reason: 'ALREADY_MEMBER', text: 'alreadyMember', operations: CREATE, sends: null },
  { ending: '02', reason: 'ALREADY_INVITED', text: 'alreadyInvited', operations: INVITE, sends: null },
  { ending: '03', reason: 'SELF', text: 'memberOfItself', operations: CREATE_AND_INVITE, sends: null },
  { ending: '04', reason: 'OTHER_ADMINISTRATOR', text: 'otherAdministrator', operations: CREATE_AND_INVITE, sends: null },
  { ending: '05', reason: 'MEMBER_LIMIT_REACHED', text: 'memberLimit', operations: CREATE, sends: null },
  { ending: '06', reason: 'INVITATION_LIMIT_REACHED', text: 'invitationLimit', operations: INVITE, sends: null },
  { ending: '07', reason: 'EMAIL_MISSING', text: 'emailMissing', operations: CREATE_AND_INVITE, sends: null },
  { ending: '08', reason: 'EMAIL_INVALID', text: 'emailInvalid', operations: CREATE_AND_INVITE, sends: null },
  { ending: '09', reason: 'ACCOUNT_INVALID', text: 'accountInvalid', operations: CREATE_AND_INVITE, sends: null },
  { ending: '10', reason: 'NOT_CREATED', text: 'notCreated', operations: INVITE, sends: null },
  { ending: '11', reason: 'NOT_ASSOCIATED', text: 'notAMember', operations: INVITE, sends: null },
  { ending: '12', reason: 'STILL_ASSOCIATED', text: 'stillAssociated', operations: CREATE_AND_DELETE, sends: null },
  { ending: '13', reason: 'ORGANIZATION_ADMINISTRATOR_NOT_ENABLED', text: 'organizationAdministratorNotEnabled', operations: CREATE_AND_INVITE, sends: null },
  { ending: '14', reason: 'SERVICE_NOT_ENABLED', text: 'serviceNotEnabled', operations: CREATE_AND_INVITE, sends: null },
  { ending: '15', reason: 'BATCH_LIMIT_EXCEEDED', text: 'batchLimit', operations: CREATE_AND_INVITE, sends: null },
  { ending: '16', reason: 'OTHER', text: 'other', operations: CREATE_AND_INVITE, sends: null },
  { ending: '20', reason: 'INTERNAL_ERROR', text: 'internalError', operations: CHANGES, sends: 1 },
  { ending: '21', reason: 'INTERNAL_ERROR', text: 'internalError', operations: CHANGES, sends: 2 },
  { ending: '22', reason: 'INTERNAL_ERROR', text: 'internalError', operations: CHANGES, sends: null },
  { ending: '30', fault: 'access-denied', operations: CHANGES, sends: null },
  { ending: '31', fault: 'not-enabled', operations: CHANGES, sends: null },
  { ending: '32', fault: 'bad-input', operations: CHANGES, sends: null },
  { ending: '33', fault: 'throttle', operations: CHANGES, sends: 1 },
  { ending: '34', fault: 'internal-error', operations: CHANGES, sends: 1 },
  { ending: '35', fault: 'html-502', operations: CHANGES, sends: 1 },
  { ending: '36', fault: 'reset-before', operations: CHANGES, sends: 1 },
  { ending: '37', fault: 'reset-after', operations: CHANGES, sends: 1 },
  { ending: '38', fault: 'hang-after', operations: CHANGES, sends: 1 },
  { ending: '39', fault: 'cut-body', operations: CHANGES, sends: 1 },
];
