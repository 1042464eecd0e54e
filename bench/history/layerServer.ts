/*
 * The gateway's whole HTTP layer on a history store that always returns one page, read once from DATABASE_URL. It runs
 * compiled modules of src.
 */
import type * as DatabaseAddress from '../../src/config/databaseAddress.js';
import type { GatewayContext } from '../../src/resolvers/context.js';
import type * as Config from '../../src/config/loadConfig.js';
import type * as Server from '../../src/http/server.js';
import type * as Log from '../../src/log.js';
import type * as Membership from '../../src/membership.js';
import type * as Authentication from '../../src/services/access/authentication.js';
import type * as History from '../../src/services/history/history.js';
import type * as Client from '../../src/store/connection/client.js';
import type * as HistoryStore from '../../src/store/history/history.js';
import { built } from './built.ts';
import { PAGE_COLUMNS, PAGE_SIZE } from './page.ts';
import { sayListening } from './serve.ts';

const { addressOf } = await built<typeof DatabaseAddress>('config/databaseAddress.js');
const { loadConfig } = await built<typeof Config>('config/loadConfig.js');
const { createLog } = await built<typeof Log>('log.js');
const { LOCAL_CALLER } = await built<typeof Membership>('membership.js');
const { createHttpServer, REQUEST_TIMEOUT_MS } = await built<typeof Server>('http/server.js');
const { openDatabase } = await built<typeof Client>('store/connection/client.js');
const { createHistoryStore } = await built<typeof HistoryStore>('store/history/history.js');
const { createHistory } = await built<typeof History>('services/history/history.js');
const { createAuthenticate } = await built<typeof Authentication>('services/access/authentication.js');

const database = openDatabase(addressOf(process.env['DATABASE_URL'] ?? ''));
const store = createHistoryStore(database.prisma);
const page = await store.outcomes(LOCAL_CALLER, {}, { first: PAGE_SIZE, after: null });

const text = await store.outcomesAsText(LOCAL_CALLER, {}, { first: PAGE_SIZE, after: null }, PAGE_COLUMNS);
await database.close();
const history = createHistory({
  ...store,
  outcomes: () => Promise.resolve(page),
  outcomesAsText: () => Promise.resolve(text),
});
const { access: settings } = loadConfig({});
const server = await createHttpServer({
  // The query of the page uses the caller and the history only.
  contextOf: ({ caller }) => ({ caller, history }) as GatewayContext,
  authenticate: createAuthenticate(null),
  deniedAttempts: { record: () => undefined },
  denied: () => undefined,
  watchCredential: () => {
    throw new Error('expected no subscription');
  },
  metrics: {
    requestAccepted: () => undefined,
    awsCallEnded: () => undefined,
    httpAnswered: () => undefined,
    attemptDenied: () => undefined,
    budgetRefused: () => undefined,
    connectionClosed: () => undefined,
    scrape: () => Promise.resolve({ contentType: 'text/plain', text: '' }),
  },
  tracing: null,
  reservationMs: 1_000,
  takeLoopTurn: () => Promise.resolve(),
  targets: 4,
  charge: () => Promise.resolve(null),
  readiness: { notReady: () => Promise.resolve(null) },
  exportOutcomes: () => {
    throw new Error('expected no export');
  },
  stopping: new AbortController().signal,
  version: '0.0.0-bench',
  explorerDir: 'dist/explorer',
  requestTimeoutMs: REQUEST_TIMEOUT_MS,
  unreadAnswerMs: 60_000,
  settings,
  basePath: '',
  log: createLog('warn'),
});
sayListening(Number(new URL(await server.listen('127.0.0.1', 0)).port));
