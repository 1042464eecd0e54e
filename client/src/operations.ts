import { lists, mutations, queries, subscriptions } from './generated/documents.js';

/** The documents of all operations, for `execute`. */
export const operations = { ...mutations, ...queries, ...lists, ...subscriptions };
