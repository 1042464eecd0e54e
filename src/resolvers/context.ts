import type { Caller } from '../membership.js';
import type { Completion } from '../services/completion.js';
import type { DeniedAttempts } from '../services/access/deniedAttempts.js';
import type { HistoryService } from '../services/history/history.js';
import type { InventoryService } from '../services/inventory/inventory.js';
import type { MemberQueries } from '../services/members/memberQueries.js';
import type { Loaders } from '../services/history/loaders.js';
import type { MemberLoader } from '../services/members/memberLoader.js';
import type { OriginLoader } from '../services/history/originLoader.js';
import type { Reconcile } from '../services/plans/reconcile.js';
import type { RefreshInventory } from '../services/inventory/refreshInventory.js';
import type { RequestProgress } from '../services/requests/requestProgress.js';
import type { Services } from '../services/requests/mutations.js';
import type { StatisticsService } from '../services/history/statistics.js';
import type { TargetHealthOf } from '../services/members/targetHealth.js';
import type { TokenService } from '../services/access/tokens.js';

/** The dependencies of the resolvers, for one operation. */
export interface GatewayContext {
  /** The caller of the operation. */
  readonly caller: Caller;
  /** The `Idempotency-Key` header: the default key of mutations. */
  readonly idempotencyKey?: string | null;
  readonly services: Services;
  readonly history: HistoryService;
  readonly members: MemberQueries;
  readonly targetHealth: TargetHealthOf;
  readonly reconcile: Reconcile;
  readonly inventory: InventoryService;
  readonly refreshInventory: RefreshInventory;
  readonly statistics: StatisticsService;
  readonly progress: RequestProgress<Loaders>;
  readonly tokens: TokenService;
  readonly deniedAttempts: Pick<DeniedAttempts, 'list'>;
  /** Records a denied attempt at a field, or at administrators that are not granted to the caller. */
  readonly denied: (field: string, administrators?: readonly string[]) => void;
  /** For this operation only. */
  readonly completion: Completion;
  /**
   * For this operation only: the loaded records belong to this caller. A subscription replaces them by those that all
   * subscriptions to its request share.
   */
  loaders: Loaders;
  /** For this operation only. */
  readonly origins: OriginLoader;
  /** For this operation only. */
  readonly memberLoader: MemberLoader;
}
