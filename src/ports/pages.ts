/** Where a page lies in its list. */
export interface PageEnds {
  /** Read forward: older rows follow. Read backward: it was asked for by a cursor. */
  readonly hasNextPage: boolean;
  /** Read backward: newer rows come before it. Read forward: it was asked for by a cursor. */
  readonly hasPreviousPage: boolean;
  /** To go back from here: that of the first edge, or newer where the page, read backward, has looked further. */
  readonly startCursor: string | null;
  /** To go on from here: that of the last edge, or older where the page has looked further. Null: nothing was looked at. */
  readonly endCursor: string | null;
}

/** One page as it is written into an answer, newest first. */
export interface TextPage extends PageEnds {
  /** JSON objects with a comma between them. */
  readonly nodes: string;
}

/** A member of the objects of a `TextPage`: what it is called, and what it holds. */
export interface TextColumn<Name> {
  readonly as: string;
  readonly column: Name;
}

/** What an outcome shows of itself, in the schema's words and forms. */
export type OutcomeColumn =
  | '__typename'
  | 'id'
  | 'accountId'
  | 'email'
  | 'operation'
  | 'administrator'
  | 'service'
  | 'region'
  | 'status'
  | 'reasonCode'
  | 'reason'
  | 'retryable'
  | 'sends'
  | 'settledAt';
