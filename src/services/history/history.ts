import type { Caller } from '../../membership.js';
import type { CallRow, HistoryStore, OutcomeRow, Page, RequestRow } from '../../ports/history.js';
import type { OutcomeColumn } from '../../ports/history.js';
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

/** Most entries of a list that are counted; the schema repeats it. Reading on costs about a millisecond a thousand. */
const MOST_COUNTED = 10_000;

/** A page, and the number of entries of its whole list: counted when asked for, null above 10,000. */
interface Counted<Shown> {
  readonly page: Shown;
  count(): Promise<number | null>;
}
export type CountedPage<Row> = Counted<Page<Row>>;

/** The lists of the record, newest first, limited to the administrators granted to the caller. */
export interface HistoryService {
  requests(caller: Caller, asked: RequestsQuery, page: PageInput): Promise<CountedPage<RequestRow>>;
  outcomes(caller: Caller, asked: OutcomesQuery, page: PageInput): Promise<CountedPage<OutcomeRow>>;
  /** Columns of outcomes, as the JSON that they are answered with. */
  outcomesAsText(
    caller: Caller,
    asked: OutcomesQuery,
    page: PageInput,
    columns: readonly TextColumn<OutcomeColumn>[],
  ): Promise<Counted<TextPage>>;
  calls(caller: Caller, asked: CallsQuery, page: PageInput): Promise<CountedPage<CallRow>>;
}

/**
 * Lists the record: checks what was asked, then reads it in one statement, and counts it in another.
 *
 * @throws GatewayError `BAD_USER_INPUT` (as a rejection) for an argument that is wrong, before the store is asked.
 */
export function createHistory(store: HistoryStore): HistoryService {
  return {
    async requests(caller, asked, page) {
      const filter = checkRequestFilter(asked);
      return {
        page: await store.requests(caller, filter, checkPage(page)),
        count: () => store.countRequests(caller, filter, MOST_COUNTED),
      };
    },
    async outcomes(caller, asked, page) {
      const filter = checkOutcomeFilter(asked);
      return {
        page: await store.outcomes(caller, filter, checkPage(page)),
        count: () => store.countOutcomes(caller, filter, MOST_COUNTED),
      };
    },
    async outcomesAsText(caller, asked, page, columns) {
      const filter = checkOutcomeFilter(asked);
      return {
        page: await store.outcomesAsText(caller, filter, checkPage(page), columns),
        count: () => store.countOutcomes(caller, filter, MOST_COUNTED),
      };
    },
    async calls(caller, asked, page) {
      const filter = checkCallFilter(asked);
      return {
        page: await store.calls(caller, filter, checkPage(page)),
        count: () => store.countCalls(caller, filter, MOST_COUNTED),
      };
    },
  };
}
