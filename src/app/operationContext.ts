import type { OperationInput } from '../http/graphql/httpContext.js';
import type { Caller } from '../membership.js';
import type { Cancellable } from '../ports/cancellable.js';
import type { HistoryStore } from '../ports/history.js';
import type { OriginStore } from '../ports/origins.js';
import type { GatewayContext } from '../resolvers/context.js';
import type { DeniedAttempts } from '../services/access/deniedAttempts.js';
import type { TokenService } from '../services/access/tokens.js';
import { createCompletion } from '../services/completion.js';
import { createDeadline, type Deadline } from '../services/deadline.js';
import type { EventLoopTurns } from '../services/eventLoopTurns.js';
import { createHistory } from '../services/history/history.js';
import { createLoaders, type Loaders } from '../services/history/loaders.js';
import { createOriginLoader } from '../services/history/originLoader.js';
import { createStatistics } from '../services/history/statistics.js';
import type { Services } from '../services/requests/mutations.js';
import type { SpendPoints } from '../services/spendPoints.js';
import type { RequestProgress } from '../services/requests/requestProgress.js';
import type { Inventory } from './inventory.js';
import type { MemberReading } from './memberReading.js';
import { createOperationReads, createReadConnections } from './operationReads.js';

export interface ContextDependencies {
  /** How long a query may take, in seconds. */
  readonly timeoutSeconds: number;
  readonly cancellable: Cancellable;
  readonly loopTurns: EventLoopTurns;
  readonly services: Services;
  readonly history: HistoryStore;
  readonly origins: OriginStore;
  readonly memberReading: Pick<MemberReading, 'forOperation'>;
  readonly inventory: Pick<Inventory, 'forOperation' | 'refreshInventory'>;
  readonly progress: RequestProgress<Loaders>;
  readonly tokens: TokenService;
  readonly deniedAttempts: DeniedAttempts;
  readonly spend: SpendPoints;
  readonly denied: (caller: Caller, field: string, administrators?: readonly string[]) => void;
}

/** Makes the context of one operation. */
export function createContextOf(deps: ContextDependencies): (input: OperationInput) => GatewayContext {
  const connections = createReadConnections();
  return ({ caller, idempotencyKey, isQuery }) => {
    const deadlineOf = deadlineOfQuery(isQuery, () =>
      createDeadline(deps.timeoutSeconds, caller.disconnected),
    );
    const reads = createOperationReads({ connections, cancellable: deps.cancellable }, caller, deadlineOf);
    const history = reads.bounded(deps.history);
    return {
      caller,
      idempotencyKey,
      services: deps.services,
      completion: createCompletion(deps.loopTurns, reads.callerKey, deadlineOf),
      history: createHistory(history),
      statistics: createStatistics(history, deps.spend),
      loaders: createLoaders(history, caller),
      origins: createOriginLoader(reads.bounded(deps.origins)),
      ...deps.memberReading.forOperation(reads),
      inventory: deps.inventory.forOperation(reads),
      refreshInventory: deps.inventory.refreshInventory,
      progress: deps.progress,
      tokens: reads.bounded(deps.tokens),
      deniedAttempts: reads.bounded(deps.deniedAttempts),
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
