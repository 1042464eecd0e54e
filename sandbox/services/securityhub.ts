import { z } from 'zod';
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
import { badInput, notEnabled } from '../wire/refusal.js';
import { isAccountId } from '../scope.js';
import { RESULT_TEXTS } from '../members/texts.js';

/** Returns Security Hub's member operations, with the paths, field names and limits of UPSTREAMS.md, Security Hub. */
export function createSecurityHub(dependencies: ServiceDependencies): ServiceEntry {
  const { state, settings } = dependencies;
  const refusesAboveLimit = () => settings().securityHubAboveLimit === 'refuse';

  return (call) => {
    const members = memberOperations(dependencies, call, 'securityhub');
    const operation = hubOperation(call, members, refusesAboveLimit);
    return (
      operation && {
        ...operation,
        check() {
          if (!state.hubEnabled(call.region)) {
            throw notEnabled('securityhub', call.identity.account);
          }
          operation.check();
        },
      }
    );
  };
}

const AccountDetails = z.object({
  AccountDetails: z.array(z.object({ AccountId: z.string(), Email: z.string().optional() })),
});
const AccountIds = z.object({ AccountIds: z.array(z.string()) });

/** Performs an operation on at most 50 accounts. `surplus` has the other accounts of the call, as unprocessed. */
type PerformBatch = (ids: readonly string[], surplus: Unprocessed[]) => Answer;

function hubOperation(
  call: SignedCall,
  members: MemberOperations,
  refusesAboveLimit: () => boolean,
): Operation | undefined {
  const onAccounts = (name: Operation['name'], perform: PerformBatch) => {
    const accountIds = AccountIds.safeParse(readJson(call.body)).data?.AccountIds;
    return batch({ name, field: 'AccountIds', accountIds, refusesAboveLimit }, perform);
  };
  switch (`${call.method} /${call.segments.join('/')}`) {
    case 'POST /members':
      return createMembers(call, members, refusesAboveLimit);
    case 'POST /members/invite':
      return onAccounts('InviteMembers', (ids, surplus) =>
        unprocessedAnswer([...members.invite(ids, { message: null, emailDisabled: false }), ...surplus]),
      );
    case 'POST /members/delete':
      return onAccounts('DeleteMembers', (ids, surplus) =>
        unprocessedAnswer([...members.remove(ids), ...surplus]),
      );
    case 'POST /members/disassociate':
      // Security Hub's answer names no accounts (UPSTREAMS.md, Security Hub). The log has the unprocessed ones.
      return onAccounts('DisassociateMembers', (ids) => ({
        body: {},
        unprocessed: members.disassociate(ids).map(({ accountId }) => accountId),
      }));
    case 'POST /members/get':
      return onAccounts('GetMembers', (ids, surplus) => {
        const found = members.get(ids);
        const answer = unprocessedAnswer([...found.unprocessed, ...surplus]);
        return {
          ...answer,
          body: { Members: found.members.map(wireMember(call)), ...(answer.body as object) },
        };
      });
    case 'GET /members':
      return listMembers(call, members);
    case 'GET /accounts':
      return describeHub(call);
    default:
      return undefined;
  }
}

function createMembers(
  call: SignedCall,
  members: MemberOperations,
  refusesAboveLimit: () => boolean,
): Operation {
  const accounts = AccountDetails.safeParse(readJson(call.body)).data?.AccountDetails.map(
    ({ AccountId, Email }) => ({ accountId: AccountId, email: Email }),
  );
  const accountIds = accounts?.map(({ accountId }) => accountId);
  const operation = batch(
    { name: 'CreateMembers', field: 'AccountDetails', accountIds, refusesAboveLimit },
    (ids, surplus) =>
      unprocessedAnswer([...members.create((accounts ?? []).slice(0, ids.length)), ...surplus]),
  );
  return {
    ...operation,
    check() {
      operation.check();
      // The model's NonEmptyString has a character that is not white space.
      if (accounts?.some(({ email }) => email?.trim() === '') === true) {
        throw badInput('securityhub', `Invalid parameter 'Email'.`);
      }
    },
  };
}

/** The input of an operation on a list of accounts. */
interface BatchInput {
  readonly name: Operation['name'];
  /** The name of the list in the input. */
  readonly field: string;
  /** The list; undefined if the input has none. */
  readonly accountIds: readonly string[] | undefined;
  /** Whether Security Hub refuses more than 50 accounts, or leaves the surplus unprocessed. */
  readonly refusesAboveLimit: () => boolean;
}

function batch(input: BatchInput, perform: PerformBatch): Operation {
  const { name, field, accountIds = [], refusesAboveLimit } = input;
  return {
    name,
    accountIds,
    check() {
      if (accountIds.length === 0 || !accountIds.every(isAccountId)) {
        throw badInput('securityhub', `Invalid parameter '${field}'.`);
      }
      if (accountIds.length > BATCH_LIMIT && refusesAboveLimit()) {
        throw badInput(
          'securityhub',
          `Invalid parameter '${field}'. At most ${BATCH_LIMIT} accounts are allowed, and ${accountIds.length} were given.`,
        );
      }
    },
    perform() {
      const surplus = accountIds
        .slice(BATCH_LIMIT)
        .map((accountId) => ({ accountId, result: RESULT_TEXTS.securityhub.batchLimit }));
      return perform(accountIds.slice(0, BATCH_LIMIT), surplus);
    },
  };
}

const unprocessedAnswer = (unprocessed: readonly Unprocessed[]): Answer => ({
  body: {
    UnprocessedAccounts: unprocessed.map(({ accountId, result }) => ({
      AccountId: accountId,
      ProcessingResult: result,
    })),
  },
  unprocessed: unprocessed.map(({ accountId }) => accountId),
});

function listMembers(call: SignedCall, members: MemberOperations): Operation {
  const page = () =>
    readPage('securityhub', call.query, {
      size: 'MaxResults',
      token: 'NextToken',
      onlyAssociated: 'OnlyAssociated',
    });
  return {
    name: 'ListMembers',
    accountIds: [],
    check: () => void page(),
    perform() {
      const { members: found, next } = members.list(page());
      return { body: { Members: found.map(wireMember(call)), NextToken: nextToken(next) }, unprocessed: [] };
    },
  };
}

const describeHub = ({ identity, region }: SignedCall): Operation => ({
  name: 'DescribeHub',
  accountIds: [],
  check: () => undefined,
  perform: () => ({
    body: {
      HubArn: `arn:aws:securityhub:${region}:${identity.account}:hub/default`,
      SubscribedAt: '2024-01-01T00:00:00.000Z',
      AutoEnableControls: true,
      ControlFindingGenerator: 'SECURITY_CONTROL',
    },
    unprocessed: [],
  }),
});

const wireMember =
  ({ identity }: SignedCall) =>
  ({ accountId, email, status, invitedAt, updatedAt }: Member) => ({
    AccountId: accountId,
    Email: email,
    MasterId: identity.account,
    AdministratorId: identity.account,
    MemberStatus: status,
    InvitedAt: invitedAt,
    UpdatedAt: updatedAt,
  });
