import * as documents from './generated/documents.js';

/** The documents of all operations, for `execute`. */
export const operations = {
  ...documents.mutations,
  ...documents.queries,
  ...documents.lists,
  ...documents.subscriptions,
};

/** What each operation is for, in words for people. */
export const descriptions: Readonly<Record<keyof typeof operations, string>> = documents.descriptions;
