import type { Caller } from '../../membership.js';
import type {
  CallFilter,
  CallRow,
  HistoryStore,
  OutcomeColumn,
  OutcomeRow,
  Page,
  RequestRow,
} from '../../ports/history.js';
import type { TextColumn, TextPage } from '../../ports/pages.js';
import {
  type CallsQuery,
  type OutcomesQuery,
  type RequestsQuery,
  checkCallFilter,
  checkOutcomeFilter,
  checkRequestFilter,
} from '../input/checkFilters.js';
import { checkPage, type PageInput } from '../input/pageArgs.js';

/** Longest list that is counted, in entries; the schema repeats it. To read 1,000 entries more takes about 1 ms. */
const MAX_COUNTED = 10_000;

/** A page of a list, and the count of the whole list, which is read on demand; null for more than MAX_COUNTED entries. */
interface Counted<Shown> {
  readonly page: Shown;
  count(): Promise<number | null>;
}
export type CountedPage<Row> = Counted<Page<Row>>;

/**
 * The lists of the record, newest first, limited to the administrators granted to the caller. Every function rejects with
 * `BAD_USER_INPUT` for a wrong filter or page, before anything is read.
 */
export interface HistoryService {
  requests(caller: Caller, query: RequestsQuery, page: PageInput): Promise<CountedPage<RequestRow>>;
  outcomes(caller: Caller, query: OutcomesQuery, page: PageInput): Promise<CountedPage<OutcomeRow>>;
  /** Columns of outcomes as the JSON text of the response. */
  outcomesAsText(
    caller: Caller,
    query: OutcomesQuery,
    page: PageInput,
    columns: readonly TextColumn<OutcomeColumn>[],
  ): Promise<Counted<TextPage>>;
  calls(caller: Caller, query: CallsQuery, page: PageInput): Promise<CountedPage<CallRow>>;
  /** The calls in doubt whose members could not be read back. */
  doubts(caller: Caller, query: CallsQuery, page: PageInput): Promise<CountedPage<CallRow>>;
}

/** A page and its count are two statements. */
export function createHistory(store: HistoryStore): HistoryService {
  const callsOf = async (
    caller: Caller,
    filter: CallFilter,
    page: PageInput,
  ): Promise<CountedPage<CallRow>> => ({
    page: await store.calls(caller, filter, checkPage(page)),
    count: () => store.countCalls(caller, filter, MAX_COUNTED),
  });
  return {
    async requests(caller, query, page) {
      const filter = checkRequestFilter(query);
      return {
        page: await store.requests(caller, filter, checkPage(page)),
        count: () => store.countRequests(caller, filter, MAX_COUNTED),
      };
    },
    async outcomes(caller, query, page) {
      const filter = checkOutcomeFilter(query);
      return {
        page: await store.outcomes(caller, filter, checkPage(page)),
        count: () => store.countOutcomes(caller, filter, MAX_COUNTED),
      };
    },
    async outcomesAsText(caller, query, page, columns) {
      const filter = checkOutcomeFilter(query);
      return {
        page: await store.outcomesAsText(caller, filter, checkPage(page), columns),
        count: () => store.countOutcomes(caller, filter, MAX_COUNTED),
      };
    },
    calls: async (caller, query, page) => callsOf(caller, checkCallFilter(query), page),
    doubts: async (caller, query, page) =>
      callsOf(caller, { ...checkCallFilter(query), inDoubt: true }, page),
  };
}
