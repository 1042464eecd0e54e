import { quoted } from '../../errors.js';
import { isAccountId } from '../../membership.js';
import { badUserInput } from './faults.js';

/** The row that a node id names. */
export type NodeKey =
  | { readonly kind: 'request'; readonly id: string }
  | { readonly kind: 'call'; readonly id: string }
  | { readonly kind: 'outcome'; readonly targetId: string; readonly accountId: string };

const RECORD = /^(request|call)_([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;
const TOKEN = /^token_([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;
const OUTCOME = /^outcome_([1-9][0-9]{0,18})_([0-9]+)$/;

/** The greatest bigint: PostgreSQL numbers targets with it, and fails on a greater number. */
const LARGEST_TARGET_ID = 2n ** 63n - 1n;

/** The global id of a request: `request_<uuid>`. */
export function requestNodeId(id: string): string {
  return `request_${id}`;
}

/** The global id of a call: `call_<uuid>`. */
export function callNodeId(id: string): string {
  return `call_${id}`;
}

/** The global id of an outcome: `outcome_<targetId>_<accountId>`. */
export function outcomeNodeId(key: { readonly targetId: string; readonly accountId: string }): string {
  return `outcome_${key.targetId}_${key.accountId}`;
}

/** The id of an API token: `token_<uuid>`. A token is no node: only the query `tokens` reads tokens. */
export function tokenNodeId(id: string): string {
  return `token_${id}`;
}

/** The UUID in a token's id; null for anything else. */
export function parseTokenId(tokenId: string): string | null {
  return TOKEN.exec(tokenId)?.[1] ?? null;
}

/** The row that an id names, whether or not the row exists; null for text that is no id of the gateway. */
export function parseNodeId(nodeId: string): NodeKey | null {
  const record = RECORD.exec(nodeId);
  if (record) {
    const [, kind, id] = record as unknown as [string, 'request' | 'call', string];
    return { kind, id };
  }
  const outcome = OUTCOME.exec(nodeId);
  if (!outcome) {
    return null;
  }
  const [, targetId, accountId] = outcome as unknown as [string, string, string];
  const isOutcome = BigInt(targetId) <= LARGEST_TARGET_ID && isAccountId(accountId);
  return isOutcome ? { kind: 'outcome', targetId, accountId } : null;
}

/** The UUID in a request's id; null for anything else. */
export function parseRequestId(nodeId: string): string | null {
  const key = parseNodeId(nodeId);
  return key?.kind === 'request' ? key.id : null;
}

/** The UUID in a request's id. @throws GatewayError `BAD_USER_INPUT`, with the argument named. */
export function checkRequestId(argument: string, nodeId: string): string {
  const id = parseRequestId(nodeId);
  if (id === null) {
    const message = `expected the id of a MembershipRequest, request_ and a UUID, got ${quoted(nodeId)}`;
    throw badUserInput({ path: [argument], code: 'INVALID_INPUT', message });
  }
  return id;
}
