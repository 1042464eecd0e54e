/** The primary key of an outcome. */
export interface OutcomeKey {
  /** Decimal digits of a 64-bit integer. */
  readonly targetId: string;
  /** 12 digits. */
  readonly accountId: string;
}

/** The position of a page in its list, which has the newest row first. */
export interface PageEnds {
  /** Read forward: whether older rows follow. Read backward: whether the page was read from a cursor. */
  readonly hasNextPage: boolean;
  /** Read backward: whether newer rows precede. Read forward: whether the page was read from a cursor. */
  readonly hasPreviousPage: boolean;
  /** The cursor of the newest row; if a backward page stopped before it was full, of the last key read. */
  readonly startCursor: string | null;
  /**
   * The cursor of the oldest row; if a forward page stopped before it was full, of the last key read. Null: no key was
   * read.
   */
  readonly endCursor: string | null;
}

/** A page in the form of the response, newest row first. */
export interface TextPage extends PageEnds {
  /** JSON objects, separated by commas. */
  readonly nodes: string;
}

/** A member of the objects in a `TextPage`: its name there and its column. */
export interface TextColumn<Name> {
  readonly as: string;
  readonly column: Name;
}
