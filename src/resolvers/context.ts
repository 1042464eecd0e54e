import type { Caller } from '../membership.js';
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

/** What every resolver works with. One context serves one operation. */
export interface GatewayContext {
  /** Who asks. */
  readonly caller: Caller;
  /** The `Idempotency-Key` header; it counts for mutations whose input has no key of its own. */
  readonly idempotencyKey?: string | null;
  readonly services: Services;
  readonly history: HistoryService;
  readonly members: MemberQueries;
  readonly targetHealth: TargetHealthOf;
  readonly reconcile: Reconcile;
  readonly inventory: InventoryService;
  readonly refreshInventory: RefreshInventory;
  readonly statistics: StatisticsService;
  readonly progress: RequestProgress;
  readonly tokens: TokenService;
  readonly deniedAttempts: Pick<DeniedAttempts, 'list'>;
  /** Notes that the caller was refused the named field, or of it the administrators that are not granted to it. */
  readonly denied: (field: string, administrators?: readonly string[]) => void;
  /** Made for this operation: what they have read belongs to this caller. */
  readonly loaders: Loaders;
  /** Made for this operation, as `loaders`. */
  readonly origins: OriginLoader;
  /** Made for this operation. */
  readonly memberLoader: MemberLoader;
}
