export { createClient, type Client } from './client.js';
export type { CallOptions, ClientOptions, MutationOptions } from './options.js';
export { GatewayError, ERROR_CODES, type ErrorCode, type ErrorEntry } from './gatewayError.js';
export type { ExecutableDocument, TypedDocument } from './document.js';
export type { RequestState } from './watch.js';
export { descriptions, operations } from './operations.js';
/** Enums, inputs, and the variables and results of all operations: CreateMembersInput, OutcomeStatus, RequestQuery and so on. */
export type * from './generated/types.js';
