import type { OperationInput } from '../http/graphql/httpContext.js';
import type { Caller } from '../membership.js';
import type { Cancellable } from '../ports/cancellable.js';
import type { HistoryStore } from '../ports/history.js';
import type { OriginStore } from '../ports/origins.js';
import type { GatewayContext } from '../resolvers/context.js';
import type { DeniedAttempts } from '../services/access/deniedAttempts.js';
import type { TokenService } from '../services/access/tokens.js';
import { createDeadline, withDeadline, type Deadline } from '../services/deadline.js';
import { createHistory } from '../services/history/history.js';
import { createLoaders } from '../services/history/loaders.js';
import { createOriginLoader } from '../services/history/originLoader.js';
import { createStatistics } from '../services/history/statistics.js';
import type { Services } from '../services/requests/mutations.js';
import type { RequestProgress } from '../services/requests/requestProgress.js';
import type { Inventory } from './inventory.js';
import type { MemberReading } from './memberReading.js';

export interface ContextDependencies {
  /** How long a query may take, in seconds. */
  readonly timeoutSeconds: number;
  readonly cancellable: Cancellable;
  readonly services: Services;
  readonly history: HistoryStore;
  readonly origins: OriginStore;
  readonly memberReading: Pick<MemberReading, 'forOperation'>;
  readonly inventory: Pick<Inventory, 'forOperation' | 'refreshInventory'>;
  readonly progress: RequestProgress;
  readonly tokens: TokenService;
  readonly deniedAttempts: DeniedAttempts;
  readonly denied: (caller: Caller, field: string, administrators?: readonly string[]) => void;
}

/** Makes the context of one operation. */
export function createContextOf(deps: ContextDependencies): (input: OperationInput) => GatewayContext {
  return ({ caller, idempotencyKey, isQuery }) => {
    const deadlineOf = deadlineOfQuery(isQuery, () =>
      createDeadline(deps.timeoutSeconds, caller.disconnected),
    );
    const timed = <Port extends object>(port: Port): Port => withDeadline(port, deadlineOf, deps.cancellable);
    const history = timed(deps.history);
    return {
      caller,
      idempotencyKey,
      services: deps.services,
      history: createHistory(history),
      statistics: createStatistics(history),
      loaders: createLoaders(history, caller),
      origins: createOriginLoader(timed(deps.origins)),
      ...deps.memberReading.forOperation(deadlineOf),
      inventory: deps.inventory.forOperation(deadlineOf),
      refreshInventory: deps.inventory.refreshInventory,
      progress: deps.progress,
      tokens: timed(deps.tokens),
      deniedAttempts: timed(deps.deniedAttempts),
      denied(field, administrators) {
        deps.denied(caller, field, administrators);
      },
    };
  };
}

/**
 * The deadline of an operation, counted from its first read. Null unless the operation is a query: a mutation waits for
 * its request, and a subscription has no end.
 */
function deadlineOfQuery(isQuery: () => boolean, create: () => Deadline): () => Deadline | null {
  let deadline: Deadline | null = null;
  return () => {
    if (!isQuery()) {
      return null;
    }
    deadline ??= create();
    return deadline;
  };
}
