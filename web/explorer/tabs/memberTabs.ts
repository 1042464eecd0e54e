import { json, type StartingTab } from './startingTab.js';

/** Adds members. */
export const addMembersTab: StartingTab = {
  query: `# Welcome to the Membership gateway!
# Run this tab with the arrow, or Ctrl-Enter.
#
# It adds the accounts in the variables below at
# every configured service and region: one request
# for any number of accounts.
# - userErrors is not empty: nothing was sent.
# - status is RUNNING: the request needs more than
#   20 seconds (waitSeconds, 0 to 60) and continues.
#   Put its id into the tab WatchRequest.
# - ALREADY_MEMBER: with "alreadyMember": "PROCESSED"
#   such accounts count as done.
#
# If the gateway requires a token, open Headers:
# {"authorization": "Bearer ..."}
# All tabs use it until you leave the page.
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
      alreadyMember: 'UNPROCESSED',
      note: 'from the explorer',
    },
  }),
};

/** Invites members. */
export const inviteMembersTab: StartingTab = {
  query: `# Invites accounts that are already members (run
# AddMembers first). Accounts of your own AWS
# organization need no invitation.
# - NOT_CREATED: not a member there yet.
# - GuardDuty sends an e-mail to the account's owner.
#   To prevent it, add
#   "disableEmailNotification": true
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
};

/** Reads the memberships of accounts. */
export const membersNowTab: StartingTab = {
  query: `# The memberships of up to 1,000 accounts now, from
# the services: one call for 50 accounts, in each
# service and region.
# - NOT_A_MEMBER: the service does not know the
#   account.
# - members has a null: that target did not answer.
#   "errors" says why.
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
};

/** Compares the expected members with the existing ones. */
export const reconcileTab: StartingTab = {
  query: `# Compares the accounts that should be members with
# the members of each service and region. The gateway
# only sends reads.
# - toRecreate: the e-mail address was wrong. Run
#   deleteMembers, then createMembers with the right
#   one.
# - emailMissing: GuardDuty needs an address to create
#   these accounts.
query Reconcile($input: ReconcileInput!) {
  reconcile(input: $input) {
    targets {
      administrator
      service
      region
      upToDate
      toCreate { ...Listed }
      toInvite { ...Listed }
      toRecreate { ...Listed }
      emailMissing { ...Listed }
      emailDiffers { ...Listed }
      unexpected { ...Listed }
      reasonCode
      reason
    }
    userErrors {
      field
      message
      code
    }
  }
}

fragment Listed on ReconciledAccounts {
  totalCount
  accounts { accountId email memberEmail memberStatus }
}
`,
  variables: json({
    input: {
      accounts: [
        { accountId: '210987654321', email: 'audit@example.com' },
        { accountId: '321098765432', email: 'payments@example.com' },
      ],
    },
  }),
};

/** Previews a removal. */
export const removalPreviewTab: StartingTab = {
  query: `# A preview, for admins: the effect of ending the
# memberships of these accounts. The gateway only
# sends reads. To end them, put the token of the plan
# into "confirm" and remove dryRun.
# - STILL_ASSOCIATED: deleteMembers requires
#   disassociateMembers first.
# - Accounts of the organization come back only with
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
};
