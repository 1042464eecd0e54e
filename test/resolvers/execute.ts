import { graphql } from 'graphql';
import { LOCAL_CALLER, type Caller } from '../../src/membership.js';
import { buildGatewaySchema } from '../../src/resolvers/buildSchema.js';
import type { GatewayContext } from '../../src/resolvers/context.js';
import { createHistory } from '../../src/services/history/history.js';
import { createLoaders } from '../../src/services/history/loaders.js';
import type { Services } from '../../src/services/requests/mutations.js';
import { createStatistics } from '../../src/services/history/statistics.js';
import { createMemoryHistory, type MemoryHistory } from '../services/history/memoryHistory.js';

const schema = buildGatewaySchema();

/** The defaults that a test may replace. */
export interface Stage {
  readonly store?: MemoryHistory;
  readonly caller?: Caller;
  readonly services?: Partial<Services>;
  /** The Idempotency-Key header. */
  readonly idempotencyKey?: string;
}

/** Executes one operation like the server. Errors become their messages. */
export async function execute(
  source: string,
  variableValues: Record<string, unknown> = {},
  stage: Stage = {},
) {
  const { store = createMemoryHistory(), caller = LOCAL_CALLER } = stage;
  const contextValue: GatewayContext = {
    caller,
    idempotencyKey: stage.idempotencyKey ?? null,
    services: { ...NOTHING, ...stage.services },
    history: createHistory(store),
    statistics: createStatistics(store, () => Promise.resolve()),
    progress: { follow: unexpected },
    tokens: { create: unexpected, list: unexpected, revoke: unexpected },
    deniedAttempts: { list: unexpected },
    denied: () => undefined,
    origins: unexpected,
    members: { list: unexpected, targets: unexpected },
    reconcile: unexpected,
    targetHealth: unexpected,
    inventory: { members: unexpected, coverage: unexpected },
    refreshInventory: unexpected,
    completion: { admit: (entries) => entries },
    loaders: createLoaders(store, caller),
    memberLoader: unexpected,
  };
  const { data, errors } = await graphql({ schema, source, variableValues, contextValue });
  // As a client sees it: plain objects, and moments as text.
  const json = JSON.parse(JSON.stringify(data ?? null)) as Record<string, unknown> | null;
  return { data: json, errors: errors?.map(({ message }) => message) ?? [] };
}

const unexpected = (): never => {
  throw new Error('this service was not expected to be asked');
};
const NOTHING: Services = {
  createMembers: unexpected,
  inviteMembers: unexpected,
  disassociateMembers: unexpected,
  deleteMembers: unexpected,
  retryRequest: unexpected,
  cancelRequest: unexpected,
  resolveDoubt: unexpected,
  administrators: unexpected,
};
