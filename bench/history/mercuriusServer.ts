/*
 * The gateway's schema, resolvers and record on Mercurius, with its compiled queries on: no callers, limits, costs, log or
 * headers. DATABASE_URL names the record. It runs the build.
 */
import fastify from 'fastify';
import mercurius from 'mercurius';
import type * as DatabaseAddress from '../../src/config/databaseAddress.js';
import type * as Membership from '../../src/membership.js';
import type * as BuildSchema from '../../src/resolvers/buildSchema.js';
import type * as History from '../../src/services/history/history.js';
import type * as Loaders from '../../src/services/history/loaders.js';
import type * as Client from '../../src/store/connection/client.js';
import type * as HistoryStore from '../../src/store/history/history.js';
import { built } from './built.ts';
import { sayListening } from './serve.ts';

const { addressOf } = await built<typeof DatabaseAddress>('config/databaseAddress.js');
const { LOCAL_CALLER: caller } = await built<typeof Membership>('membership.js');
const { buildGatewaySchema } = await built<typeof BuildSchema>('resolvers/buildSchema.js');
const { openDatabase } = await built<typeof Client>('store/connection/client.js');
const { createHistoryStore } = await built<typeof HistoryStore>('store/history/history.js');
const { createHistory } = await built<typeof History>('services/history/history.js');
const { createLoaders } = await built<typeof Loaders>('services/history/loaders.js');

const store = createHistoryStore(openDatabase(addressOf(process.env['DATABASE_URL'] ?? '')).prisma);

const app = fastify();
await app.register(mercurius, {
  schema: buildGatewaySchema(),
  jit: 1,
  context: () => ({ caller, history: createHistory(store), loaders: createLoaders(store, caller) }),
});
const url = new URL(await app.listen({ host: '127.0.0.1', port: 0 }));
sayListening(Number(url.port));
