/** What one tab of the page starts with. GraphiQL names the tab after the operation. */
export interface StartingTab {
  readonly query: string;
  /** JSON, as the variables editor shows it. */
  readonly variables?: string;
}

/** The tabs of a first visit, in order: the questions that bring people here, the urgent ones included. */
export const TABS: readonly StartingTab[] = [
  {
    query: `# Welcome to the Membership gateway!
# Run this tab with the arrow, or Ctrl-Enter.
#
# It adds the accounts in the variables below, in
# every service and region configured: any number
# of accounts, one request.
# - userErrors is not empty: nothing was sent.
# - status is RUNNING: 20 seconds were not enough
#   (waitSeconds, 0 to 60). Nothing is lost. Keep
#   the id and look again in the tab OneRequest.
#
# A token is wanted? Under Headers, below:
# {"authorization": "Bearer ..."}
# It serves every tab until you leave the page.
mutation AddMembers($input: CreateMembersInput!) {
  createMembers(input: $input) {
    request {
      id
      status
      counts {
        total
        pending
        inFlight
        processed
        unprocessed
        failed
      }
      targets {
        administrator
        service
        region
        counts {
          processed
          unprocessed
          failed
        }
      }
      unprocessed {
        nodes {
          accountId
          service
          region
          reasonCode
          reason
          retryable
        }
      }
    }
    userErrors {
      field
      message
      code
    }
  }
}
`,
    variables: json({
      input: {
        accounts: [
          { accountId: '210987654321', email: 'audit@example.com' },
          { accountId: '321098765432', email: 'payments@example.com' },
        ],
        note: 'from the explorer',
      },
    }),
  },
  {
    query: `# Invites accounts that are members already (run
# AddMembers first). Accounts of your own AWS
# organization need no invitation.
# - NOT_CREATED: not a member there yet.
# - GuardDuty sends a mail to the account's owner,
#   unless you add "disableEmailNotification": true
mutation InviteMembers($input: InviteMembersInput!) {
  inviteMembers(input: $input) {
    request {
      id
      status
      counts {
        total
        pending
        inFlight
        processed
        unprocessed
        failed
      }
      unprocessed {
        nodes {
          accountId
          service
          region
          reasonCode
          reason
          retryable
        }
      }
    }
    userErrors {
      field
      message
      code
    }
  }
}
`,
    variables: json({
      input: {
        accountIds: ['210987654321', '321098765432'],
        note: 'from the explorer',
      },
    }),
  },
  {
    query: `# What did not work, newest request first.
# - UNPROCESSED: the service refused the account.
#   "reason" has its own words; "reasonCode" is
#   stable, for scripts.
# - FAILED: the call was refused or not answered,
#   and the retries are used up. AWS support will
#   ask for awsRequestId.
# One request only? Add requestId to the filter.
query Unprocessed {
  outcomes(
    filter: { status: [UNPROCESSED, FAILED] }
    first: 50
  ) {
    totalCount
    nodes {
      accountId
      operation
      administrator
      service
      region
      status
      reasonCode
      reason
      retryable
      settledAt
      request {
        id
        note
        requestedBy { id }
      }
      call { errorCode errorMessage awsRequestId }
    }
    pageInfo { hasNextPage endCursor }
  }
}
`,
  },
  {
    query: `# Who asked for what, and how it stands, newest
# first. Copy an id into the tab OneRequest.
query Requests {
  requests(first: 20) {
    nodes {
      id
      operation
      status
      requestedBy { id }
      note
      createdAt
      finishedAt
      counts {
        total
        pending
        inFlight
        processed
        unprocessed
        failed
      }
    }
    pageInfo { hasNextPage endCursor }
  }
}
`,
  },
  {
    query: `# One request, call by call: put its id into the
# variables below.
# - PENDING, RUNNING: at work. Run this tab again.
# - PARTIALLY_SUCCEEDED: see unprocessed and failed.
# - A call is UNANSWERED: sent, and no answer is
#   known. The gateway asks the service who is a
#   member before it sends anything again.
query OneRequest($id: ID!) {
  request(id: $id) {
    operation
    status
    requestedBy { id kind }
    note
    createdAt
    finishedAt
    counts {
      total
      pending
      inFlight
      processed
      unprocessed
      failed
    }
    unprocessed {
      nodes {
        accountId
        service
        region
        reasonCode
        reason
        retryable
      }
    }
    failed: outcomes(status: [FAILED]) {
      nodes {
        accountId
        service
        region
        reasonCode
        reason
        sends
      }
    }
    calls {
      totalCount
      nodes {
        service
        region
        status
        accountCount
        startedAt
        durationMs
        httpStatus
        attempts
        errorCode
        errorMessage
        awsRequestId
      }
    }
  }
}
`,
    variables: json({ id: 'request_...' }),
  },
  {
    query: `# All that was ever asked for an account, newest
# first: when, by whom, where, and how it ended. An
# id is a string of 12 digits: leading zeros count.
query OneAccount($accountIds: [AwsAccountId!]!) {
  outcomes(
    filter: { accountId: $accountIds }
    first: 50
  ) {
    totalCount
    nodes {
      accountId
      operation
      administrator
      service
      region
      status
      reasonCode
      reason
      sends
      settledAt
      request {
        id
        note
        requestedBy { id }
        createdAt
      }
    }
    pageInfo { hasNextPage endCursor }
  }
}
`,
    variables: json({ accountIds: ['210987654321'] }),
  },
  {
    query: `# Who is a member now, as the services say, up to
# 1,000 accounts: one call for every 50 of them, in
# each service and region.
# - NOT_A_MEMBER: the service does not know it.
# - members is null somewhere: that target did not
#   answer, and "errors" says why.
query MembersNow($accountIds: [AwsAccountId!]!) {
  accounts(accountIds: $accountIds) {
    accountId
    members {
      administrator
      service
      region
      status
      invitedAt
      updatedAt
    }
  }
}
`,
    variables: json({ accountIds: ['210987654321'] }),
  },
  {
    query: `# What would go if these accounts stopped being
# members: a preview, for admins. Nothing is sent
# but reads. To do it, put the token it gives into
# "confirm", and take dryRun away.
# - STILL_ASSOCIATED is for deleteMembers: it wants
#   disassociateMembers first.
# - Organization accounts come back only by
#   createMembers.
mutation RemovalPreview($input: DisassociateMembersInput!) {
  disassociateMembers(input: $input) {
    plan {
      confirm
      confirmExpiresAt
      targets {
        service
        region
        going { status members }
        accounts { accountId verdict memberStatus }
        reason
      }
    }
    request { id status }
    userErrors {
      field
      message
      code
    }
  }
}
`,
    variables: json({ input: { accountIds: ['210987654321'], dryRun: true } }),
  },
];

function json(variables: unknown): string {
  return JSON.stringify(variables, null, 2);
}
