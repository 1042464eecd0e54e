import { GatewayError } from '../errors.js';
import type { Caller, OutcomeStatus, SecurityService } from '../membership.js';
import type { CallRow, HistoryStore, OutcomeFilter, OutcomeRow, Page, RequestRow } from '../ports/history.js';
import { parseRequestId } from './nodeId.js';
import { checkPage, type AskedPage } from './pageArgs.js';
import { quoted } from './quoted.js';

/** Most accounts a filter may name: each is looked up on its own, and their newest outcomes merged. */
const ACCOUNTS_PER_FILTER = 100;

/** Which outcomes a caller wants listed. Absent and null conditions do not narrow; an empty list matches nothing. */
export interface AskedOutcomes {
  /** Id of a request as the schema gives it out. */
  readonly requestId?: string | null;
  readonly accountId?: readonly string[] | null;
  readonly status?: readonly OutcomeStatus[] | null;
  readonly service?: SecurityService | null;
  readonly region?: string | null;
}

/** The lists of the record, newest first, limited to the administrators granted to the caller. */
export interface HistoryService {
  requests(caller: Caller, page: AskedPage): Promise<Page<RequestRow>>;
  outcomes(caller: Caller, asked: AskedOutcomes, page: AskedPage): Promise<Page<OutcomeRow>>;
  calls(caller: Caller, page: AskedPage): Promise<Page<CallRow>>;
}

/**
 * Lists the record: checks what was asked, then reads it in one statement.
 *
 * @throws GatewayError `BAD_USER_INPUT` (as a rejection) for an argument that is wrong, before the store is asked.
 */
export function createHistory(store: HistoryStore): HistoryService {
  return {
    async requests(caller, page) {
      return store.requests(caller, checkPage(page));
    },
    async outcomes(caller, asked, page) {
      return store.outcomes(caller, checkFilter(asked), checkPage(page));
    },
    async calls(caller, page) {
      return store.calls(caller, checkPage(page));
    },
  };
}

function checkFilter({ requestId, accountId, status, service, region }: AskedOutcomes): OutcomeFilter {
  return {
    requestId: typeof requestId === 'string' ? parseRequestId('filter.requestId', requestId) : null,
    accountIds: accountId == null ? null : checkAccountIds(accountId),
    statuses: status ?? null,
    service: service ?? null,
    region: region ?? null,
  };
}

function checkAccountIds(accountIds: readonly string[]): string[] {
  if (accountIds.length <= ACCOUNTS_PER_FILTER) return accountIds.map(checkAccountId);
  throw new GatewayError(
    'BAD_USER_INPUT',
    `filter.accountId: expected at most ${ACCOUNTS_PER_FILTER} accounts, got ${accountIds.length}`,
  );
}

function checkAccountId(accountId: string, index: number): string {
  if (/^[0-9]{12}$/.test(accountId)) return accountId;
  throw new GatewayError(
    'BAD_USER_INPUT',
    `filter.accountId.${index}: expected an AWS account id of exactly 12 digits, got ${quoted(accountId)}`,
  );
}
