import type { Caller } from '../membership.js';
import type { Cancellable } from '../ports/cancellable.js';
import type { HistoryStore } from '../ports/history.js';
import type { OriginStore } from '../ports/origins.js';
import type { OperationInput } from '../http/graphql/httpContext.js';
import type { Inventory } from './inventory.js';
import type { GatewayContext } from '../resolvers/context.js';
import { Deadline, withDeadline } from '../services/deadline.js';
import type { DeniedAttempts } from '../services/access/deniedAttempts.js';
import { createHistory } from '../services/history/history.js';
import type { MemberReading } from './memberReading.js';
import { createLoaders } from '../services/history/loaders.js';
import { createOriginLoader } from '../services/history/originLoader.js';
import type { RequestProgress } from '../services/requests/requestProgress.js';
import type { Services } from '../services/requests/mutations.js';
import { createStatistics } from '../services/history/statistics.js';
import type { TokenService } from '../services/access/tokens.js';

/** What operations are made of. */
export interface OperationParts {
  /** How long a query may take. */
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

/** Makes the context of each operation. */
export function createContextOf(parts: OperationParts): (asked: OperationInput) => GatewayContext {
  return (asked) => new OperationContext(parts, asked);
}

/** What an operation has asked for so far. */
type Made = { -readonly [Part in keyof GatewayContext]?: GatewayContext[Part] } & {
  reads?: HistoryStore;
  deadline?: Deadline;
  liveParts?: ReturnType<MemberReading['forOperation']>;
  inventoryParts?: ReturnType<Inventory['forOperation']>;
};

/**
 * Every part is made when a resolver first asks for it: most operations need two or three of them, and to make them all
 * would be a fifteenth of what a page of outcomes allocates. A class, since Apollo copies contexts and would read every getter of an
 * object; it leaves those of a prototype alone.
 */
class OperationContext implements GatewayContext {
  readonly caller: Caller;
  readonly idempotencyKey: string | null;
  readonly services: Services;
  readonly progress: RequestProgress;
  private readonly made: Made = {};

  constructor(
    private readonly parts: OperationParts,
    private readonly asked: OperationInput,
  ) {
    this.caller = asked.caller;
    this.idempotencyKey = asked.idempotencyKey;
    this.services = parts.services;
    this.progress = parts.progress;
  }

  get history(): GatewayContext['history'] {
    return (this.made.history ??= createHistory(this.reads));
  }

  get statistics(): GatewayContext['statistics'] {
    return (this.made.statistics ??= createStatistics(this.reads));
  }

  get loaders(): GatewayContext['loaders'] {
    return (this.made.loaders ??= createLoaders(this.reads, this.caller));
  }

  get origins(): GatewayContext['origins'] {
    return (this.made.origins ??= createOriginLoader(this.timely(this.parts.origins)));
  }

  get tokens(): GatewayContext['tokens'] {
    return (this.made.tokens ??= this.timely(this.parts.tokens));
  }

  get deniedAttempts(): GatewayContext['deniedAttempts'] {
    return (this.made.deniedAttempts ??= this.timely(this.parts.deniedAttempts));
  }

  get denied(): GatewayContext['denied'] {
    return (field, administrators) => {
      this.parts.denied(this.caller, field, administrators);
    };
  }

  get members(): GatewayContext['members'] {
    return this.live.members;
  }

  get targetHealth(): GatewayContext['targetHealth'] {
    return this.live.targetHealth;
  }

  get reconcile(): GatewayContext['reconcile'] {
    return this.live.reconcile;
  }

  get memberLoader(): GatewayContext['memberLoader'] {
    return this.live.memberLoader;
  }

  get inventory(): GatewayContext['inventory'] {
    return this.observed;
  }

  get refreshInventory(): GatewayContext['refreshInventory'] {
    return this.parts.inventory.refreshInventory;
  }

  private get live(): ReturnType<MemberReading['forOperation']> {
    return (this.made.liveParts ??= this.parts.memberReading.forOperation(() => this.deadline));
  }

  private get observed(): ReturnType<Inventory['forOperation']> {
    return (this.made.inventoryParts ??= this.parts.inventory.forOperation(() => this.deadline));
  }

  private get reads(): HistoryStore {
    return (this.made.reads ??= this.timely(this.parts.history));
  }

  /** Of queries alone: mutations wait for requests, and subscriptions go on. */
  private get deadline(): Deadline | null {
    if (!this.asked.isQuery()) {
      return null;
    }
    return (this.made.deadline ??= new Deadline(this.parts.timeoutSeconds, this.caller.gone));
  }

  private timely<Port extends object>(port: Port): Port {
    return withDeadline(port, () => this.deadline, this.parts.cancellable);
  }
}
