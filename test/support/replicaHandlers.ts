import type { ReplicaHandlers } from '../../src/store/connection/replicaConnection.js';

/** Handlers that do nothing, for tests of the connection itself. */
export const NO_HANDLERS: ReplicaHandlers = {
  laneWake: () => undefined,
  requestFinished: () => undefined,
  listening: () => undefined,
  serverReplaced: () => undefined,
  abandonedLanesChecked: () => Promise.resolve(),
};
