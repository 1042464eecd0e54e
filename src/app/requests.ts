import type { Caller } from '../membership.js';
import type { HistoryStore } from '../ports/history.js';
import { countRequests } from '../metrics/countingDecorators.js';
import { withDeadline, type PerformRead } from '../services/deadline.js';
import { callerKey } from '../services/callerKey.js';
import { createFairTurns, type TurnLimits } from '../services/fairTurns.js';
import { createLoaders, type Loaders } from '../services/history/loaders.js';
import { grantedAdministrators } from '../services/input/configuredTargets.js';
import { createResolveDoubt } from '../services/requests/resolveDoubt.js';
import { RECORD_CONNECTIONS } from '../store/connection/client.js';
import { createDoubtStore } from '../store/requests/doubtStore.js';
import { createCancelRequest } from '../services/requests/cancelRequest.js';
import { createCreateMembers } from '../services/requests/createMembers.js';
import { createInviteMembers } from '../services/requests/inviteMembers.js';
import type { Services } from '../services/requests/mutations.js';
import { createRecordRequest } from '../services/requests/recordRequest.js';
import { createRemovals } from '../services/requests/removeMembers.js';
import { createRequestProgress, type RequestProgress } from '../services/requests/requestProgress.js';
import { createRetryRequest } from '../services/requests/retryRequest.js';
import type { SpendPoints } from '../services/spendPoints.js';
import { createCancelStore } from '../store/requests/cancelStore.js';
import { createConfirmationStore } from '../store/requests/confirmations.js';
import { createProgressStore } from '../store/requests/requestProgress.js';
import { createRequestStore } from '../store/requests/requestStore.js';
import { createRetrySources } from '../store/requests/retryStore.js';
import type { GatewayCore } from './core.js';
import type { LaneWork } from './laneWork.js';
import type { MemberReading } from './memberReading.js';

/**
 * Outcomes that are inserted at once. A larger request is inserted alone: 40,000 outcomes take about half a second. Of small
 * requests, a caller inserts four at once.
 */
const INSERTED_OUTCOMES: TurnLimits = { total: 100_000, perCaller: 40_000, waiting: 1_000 };

/** Mutations that read and write the record at once, beside those that insert outcomes. They never wait for AWS. */
const SHORT_MUTATIONS: TurnLimits = { total: RECORD_CONNECTIONS - 1, perCaller: 2, waiting: 1_000 };

/** The mutations of requests. A request wakes the workers of its lanes. */
export function createRequestServices(
  { config, database: { prisma }, administrators, lanes, metrics, tracing, stopping }: GatewayCore,
  { replica, workers, requestEvents }: LaneWork,
  { plan, planRemoval, shareOfRemoval }: Pick<MemberReading, 'plan' | 'planRemoval' | 'shareOfRemoval'>,
  { history, spend }: { readonly history: HistoryStore; readonly spend: SpendPoints },
): Services {
  const counted = countRequests(createRequestStore(prisma, lanes.idOf, { replica, ...workers }), metrics);
  const store = tracing?.requests(counted) ?? counted;
  const record = createRecordRequest({
    store,
    events: requestEvents,
    spend,
    turns: createFairTurns(INSERTED_OUTCOMES),
    stopping,
  });
  const turns = createFairTurns(SHORT_MUTATIONS);
  const sources = createRetrySources(prisma);
  const cancelRequest = createCancelRequest(history, createCancelStore(prisma));
  const resolveDoubt = createResolveDoubt(history, createDoubtStore(prisma));
  const members = { administrators, maxAccounts: config.maxAccountsPerRequest, record };
  return {
    createMembers: createCreateMembers({ ...members, plan }),
    inviteMembers: createInviteMembers({ ...members, plan }),
    ...createRemovals({
      ...members,
      plan: planRemoval,
      confirmations: createConfirmationStore(prisma, lanes.idOf),
    }),
    retryRequest: createRetryRequest({
      administrators,
      sources: { find: (caller, id) => turns.run(callerKey(caller), () => sources.find(caller, id)) },
      record,
      shareOfRemoval,
    }),
    cancelRequest: (caller, input) => turns.run(callerKey(caller), () => cancelRequest(caller, input)),
    resolveDoubt: (caller, input) => turns.run(callerKey(caller), () => resolveDoubt(caller, input)),
    administrators: (caller) => grantedAdministrators(administrators, caller),
  };
}

/** Most connections of the record that the updates of subscriptions use at once; the requests take turns. */
const PROGRESS_CONNECTIONS = 2;

/** The reader of a followed request's records: all are of one administrator, which is granted to every follower. */
const FOLLOWER: Omit<Caller, 'administrators'> = { id: '', kind: 'USER', role: 'VIEWER', origin: null };

/** The progress of requests, for subscriptions. */
export function createProgress(
  { database, stopping, process: { log } }: GatewayCore,
  { requestEvents }: LaneWork,
  history: HistoryStore,
): RequestProgress<Loaders> {
  const turns = createFairTurns({
    total: PROGRESS_CONNECTIONS,
    perCaller: PROGRESS_CONNECTIONS,
    waiting: Number.POSITIVE_INFINITY,
  });
  const loadersOf = (requestId: string, administrator: string): Loaders => {
    const readInTurn: PerformRead = (read) => turns.run(requestId, read);
    const viewer = { ...FOLLOWER, administrators: [administrator] };
    return createLoaders(
      withDeadline(history, () => null, readInTurn),
      viewer,
    );
  };
  return createRequestProgress({
    store: createProgressStore(database.prisma),
    events: requestEvents,
    loadersOf,
    stopping,
    onFailure: (error) => {
      log.warn({ err: error }, 'cannot read the progress of requests');
    },
  });
}
