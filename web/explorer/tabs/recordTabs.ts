import { json, type StartingTab } from './startingTab.js';

/** Lists the outcomes that were not processed. */
export const unprocessedTab: StartingTab = {
  query: `# Accounts that were not processed, newest request
# first.
# - UNPROCESSED: the service refused the account.
#   "reason" has the service's own words;
#   "reasonCode" is stable, for scripts.
# - FAILED: the call was refused or not answered,
#   also after retries. AWS support needs the
#   awsRequestId.
# For one request, add requestId to the filter.
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
};

/** Lists requests. */
export const requestsTab: StartingTab = {
  query: `# All requests with caller and status, newest first.
# Copy an id into the tab OneRequest.
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
};

/** Shows one request with its calls. */
export const oneRequestTab: StartingTab = {
  query: `# One request, call by call. Put its id into the
# variables below.
# - PENDING, RUNNING: not finished. WatchRequest shows
#   its progress.
# - PARTIALLY_SUCCEEDED: see unprocessed and failed.
# - A call is UNANSWERED: sent, but no answer is
#   known. The gateway reads the members from the
#   service before it sends the accounts again.
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
};

/** Follows a request to its end. */
export const watchRequestTab: StartingTab = {
  query: `# The progress of a request, as it happens, until it
# has finished. Put its id into the variables below.
# The button stops watching; the request continues.
subscription WatchRequest($id: ID!) {
  requestProgress(id: $id) {
    status
    finishedAt
    counts {
      total
      pending
      inFlight
      processed
      unprocessed
      failed
    }
    targets {
      service
      region
      counts {
        pending
        inFlight
        processed
        unprocessed
        failed
      }
    }
  }
}
`,
  variables: json({ id: 'request_...' }),
};

/** Shows the history of accounts. */
export const oneAccountTab: StartingTab = {
  query: `# The history of an account, newest first: each
# operation with its time, caller, target and
# outcome. An account id is a string of 12 digits,
# because leading zeros matter.
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
};
