import { z } from 'zod';
import { memberCalls, nextToken, readJson, readPage, type MemberCalls } from './memberCalls.js';
import type { Member, Unprocessed } from './member.js';
import {
  BATCH_LIMIT,
  type Answer,
  type Operation,
  type ServiceEntry,
  type SignedCall,
  type Surroundings,
} from './operation.js';
import { badInput, notEnabled } from './refusal.js';
import { isAccountId } from './scope.js';
import { RESULT_TEXTS } from './texts.js';

/** Security Hub as far as members go: paths, field names and limits of UPSTREAMS.md, Security Hub. */
export function createSecurityHub(surroundings: Surroundings): ServiceEntry {
  const { world, settings } = surroundings;

  return (call) => {
    const operation = hubOperation(
      call,
      memberCalls(surroundings, call, 'securityhub'),
      () => settings().securityHubAboveLimit === 'refuse',
    );
    return (
      operation && {
        ...operation,
        check() {
          if (!world.hubEnabled(call.region)) {
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

function hubOperation(
  call: SignedCall,
  members: MemberCalls,
  refusesAboveLimit: () => boolean,
): Operation | undefined {
  const ofAccounts = (
    name: Operation['name'],
    run: (ids: readonly string[], surplus: Unprocessed[]) => Answer,
  ) => {
    const accountIds = AccountIds.safeParse(readJson(call.body)).data?.AccountIds;
    return batch(name, 'AccountIds', accountIds, refusesAboveLimit, run);
  };
  switch (`${call.method} /${call.segments.join('/')}`) {
    case 'POST /members': {
      const accounts = AccountDetails.safeParse(readJson(call.body)).data?.AccountDetails.map(
        ({ AccountId, Email }) => ({ accountId: AccountId, email: Email }),
      );
      return batch(
        'CreateMembers',
        'AccountDetails',
        accounts?.map(({ accountId }) => accountId),
        refusesAboveLimit,
        (ids, surplus) => refused([...members.create((accounts ?? []).slice(0, ids.length)), ...surplus]),
      );
    }
    case 'POST /members/invite':
      return ofAccounts('InviteMembers', (ids, surplus) =>
        refused([...members.invite(ids, { message: null, emailDisabled: false }), ...surplus]),
      );
    case 'POST /members/delete':
      return ofAccounts('DeleteMembers', (ids, surplus) => refused([...members.remove(ids), ...surplus]));
    case 'POST /members/disassociate':
      // Security Hub says nothing of single accounts here (see UPSTREAMS.md, Security Hub).
      return ofAccounts('DisassociateMembers', (ids) => ({
        body: {},
        // For the log alone.
        unprocessed: members.disassociate(ids).map(({ accountId }) => accountId),
      }));
    case 'POST /members/get':
      return ofAccounts('GetMembers', (ids, surplus) => {
        const found = members.get(ids);
        const answer = refused([...found.unprocessed, ...surplus]);
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

/** An operation on a list of accounts; above the limit it is refused, or the surplus comes back unprocessed. */
function batch(
  name: Operation['name'],
  field: string,
  accountIds: readonly string[] | undefined,
  refusesAboveLimit: () => boolean,
  run: (ids: readonly string[], surplus: Unprocessed[]) => Answer,
): Operation {
  return {
    name,
    accountIds: accountIds ?? [],
    check() {
      if (!accountIds || accountIds.length === 0 || !accountIds.every(isAccountId)) {
        throw badInput('securityhub', `Invalid parameter '${field}'.`);
      }
      if (accountIds.length > BATCH_LIMIT && refusesAboveLimit()) {
        throw badInput(
          'securityhub',
          `Invalid parameter '${field}'. At most ${BATCH_LIMIT} accounts are allowed, and ${accountIds.length} were given.`,
        );
      }
    },
    run: () =>
      run(
        (accountIds ?? []).slice(0, BATCH_LIMIT),
        (accountIds ?? [])
          .slice(BATCH_LIMIT)
          .map((accountId) => ({ accountId, result: RESULT_TEXTS.securityhub.batchLimit })),
      ),
  };
}

const refused = (unprocessed: readonly Unprocessed[]): Answer => ({
  body: {
    UnprocessedAccounts: unprocessed.map(({ accountId, result }) => ({
      AccountId: accountId,
      ProcessingResult: result,
    })),
  },
  unprocessed: unprocessed.map(({ accountId }) => accountId),
});

function listMembers(call: SignedCall, members: MemberCalls): Operation {
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
    run() {
      const { members: found, next } = members.list(page());
      return { body: { Members: found.map(wireMember(call)), NextToken: nextToken(next) }, unprocessed: [] };
    },
  };
}

const describeHub = ({ identity, region }: SignedCall): Operation => ({
  name: 'DescribeHub',
  accountIds: [],
  check: () => undefined,
  run: () => ({
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
