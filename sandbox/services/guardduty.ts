import { z } from 'zod';
import { isMemberEmail } from '../members/email.js';
import {
  memberOperations,
  nextToken,
  readJson,
  readPage,
  type MemberOperations,
} from '../members/memberOperations.js';
import type { Member, Unprocessed } from '../members/member.js';
import {
  BATCH_LIMIT,
  type Answer,
  type Operation,
  type ServiceEntry,
  type SignedCall,
  type ServiceDependencies,
} from '../calls/operation.js';
import { badInput, notEnabled, OUT_OF_RANGE } from '../wire/refusal.js';
import { isAccountId } from '../scope.js';
import { detectorIdOf } from '../state/sandboxState.js';

/** Returns GuardDuty's member operations, with the paths, field names and limits of UPSTREAMS.md, GuardDuty. */
export function createGuardDuty(dependencies: ServiceDependencies): ServiceEntry {
  const { state } = dependencies;

  return (call) => {
    const [root, detectorId, member, action = '', ...more] = call.segments;
    if (root !== 'detector' || more.length > 0) {
      return undefined;
    }
    const ownDetector = () => state.detectorId(call.identity.account, call.region);
    if (detectorId === undefined) {
      return call.method === 'GET' ? listDetectors(call, ownDetector) : undefined;
    }

    const operation =
      member === 'member'
        ? memberOperation(`${call.method} ${action}`, call, memberOperations(dependencies, call, 'guardduty'))
        : undefined;
    return (
      operation && {
        ...operation,
        check() {
          if (ownDetector() !== detectorId) {
            if (!DETECTOR_ID.test(detectorId)) {
              throw badInput('guardduty', MALFORMED_DETECTOR);
            }
            throw notEnabled('guardduty', call.identity.account);
          }
          operation.check();
        },
      }
    );
  };
}

/** The form of GuardDuty's detector ids; one in another form has an error text of its own. */
const DETECTOR_ID = /^[0-9a-f]{32}$/;
const MALFORMED_DETECTOR = 'The request is rejected because the parameter detectorId has an invalid value.';

const AccountDetails = z.object({
  accountDetails: z.array(z.object({ accountId: z.string(), email: z.string() })),
});
const AccountIds = z.object({ accountIds: z.array(z.string()) });
const Invitation = AccountIds.extend({
  message: z.string().optional(),
  disableEmailNotification: z.boolean().optional(),
});

function memberOperation(route: string, call: SignedCall, members: MemberOperations): Operation | undefined {
  switch (route) {
    case 'POST ': {
      const accounts = AccountDetails.safeParse(readJson(call.body)).data?.accountDetails;
      return {
        name: 'CreateMembers',
        accountIds: accounts?.map(({ accountId }) => accountId) ?? [],
        check() {
          checkAccountIds(
            'accountDetails',
            accounts?.map(({ accountId }) => accountId),
          );
          if (!accounts?.every(({ email }) => isMemberEmail(email))) {
            throw badInput('guardduty', OUT_OF_RANGE);
          }
        },
        perform: () => unprocessedAnswer(members.create(accounts ?? [])),
      };
    }
    case 'POST invite': {
      const { accountIds, message = null, disableEmailNotification = false } = read(Invitation, call);
      return ofAccounts('InviteMembers', accountIds, (ids) =>
        unprocessedAnswer(members.invite(ids, { message, emailDisabled: disableEmailNotification })),
      );
    }
    case 'POST disassociate':
      return ofAccounts('DisassociateMembers', read(AccountIds, call).accountIds, (ids) =>
        unprocessedAnswer(members.disassociate(ids)),
      );
    case 'POST delete':
      return ofAccounts('DeleteMembers', read(AccountIds, call).accountIds, (ids) =>
        unprocessedAnswer(members.remove(ids)),
      );
    case 'POST get':
      return ofAccounts('GetMembers', read(AccountIds, call).accountIds, (ids) => {
        const found = members.get(ids);
        const answer = unprocessedAnswer(found.unprocessed);
        return {
          ...answer,
          body: { members: found.members.map(wireMember(call)), ...(answer.body as object) },
        };
      });
    case 'GET ':
      return listMembers(call, members);
    default:
      return undefined;
  }
}

const read = <Input extends { accountIds: string[] }>(
  schema: z.ZodType<Input>,
  call: SignedCall,
): Partial<Input> => schema.safeParse(readJson(call.body)).data ?? {};

const ofAccounts = (
  name: Operation['name'],
  accountIds: string[] | undefined,
  run: (ids: string[]) => Answer,
): Operation => ({
  name,
  accountIds: accountIds ?? [],
  check: () => checkAccountIds('accountIds', accountIds),
  perform: () => run(accountIds ?? []),
});

function checkAccountIds(field: string, accountIds: readonly string[] | undefined): void {
  if (!accountIds) {
    throw badInput(
      'guardduty',
      'The request is rejected because one or more input parameters have invalid values.',
    );
  }
  const { length } = accountIds;
  if (length > BATCH_LIMIT) {
    throw badInput(
      'guardduty',
      `The request failed because the length provided for the ${field} array was ${length}. Max allowed length is ${BATCH_LIMIT}.`,
    );
  }
  if (length === 0 || !accountIds.every(isAccountId)) {
    throw badInput('guardduty', OUT_OF_RANGE);
  }
}

const unprocessedAnswer = (unprocessed: readonly Unprocessed[]): Answer => ({
  body: { unprocessedAccounts: unprocessed },
  unprocessed: unprocessed.map(({ accountId }) => accountId),
});

function listDetectors(call: SignedCall, ownDetector: () => string | null): Operation {
  return {
    name: 'ListDetectors',
    accountIds: [],
    check: () => undefined,
    perform() {
      const detectorId = ownDetector();
      return { body: { detectorIds: detectorId === null ? [] : [detectorId] }, unprocessed: [] };
    },
  };
}

function listMembers(call: SignedCall, members: MemberOperations): Operation {
  const page = () =>
    readPage('guardduty', call.query, {
      size: 'maxResults',
      token: 'nextToken',
      onlyAssociated: 'onlyAssociated',
    });
  return {
    name: 'ListMembers',
    accountIds: [],
    check: () => void page(),
    perform() {
      const { members: found, next } = members.list(page());
      return { body: { members: found.map(wireMember(call)), nextToken: nextToken(next) }, unprocessed: [] };
    },
  };
}

const wireMember =
  ({ identity, region }: SignedCall) =>
  ({ accountId, email, status, invitedAt, updatedAt }: Member) => ({
    accountId,
    // The administrator sees it only of associated members.
    detectorId: status === 'Enabled' || status === 'Disabled' ? detectorIdOf(accountId, region) : undefined,
    masterId: identity.account,
    administratorId: identity.account,
    email,
    relationshipStatus: status,
    invitedAt,
    updatedAt,
  });
