import { PrismaPg } from '@prisma/adapter-pg';
import {
  bindMigrationAwareSqlAdapterFactory,
  ColumnTypeEnum,
  type SqlDriverAdapter,
  type SqlMigrationAwareDriverAdapterFactory,
  type SqlResultSet,
} from '@prisma/driver-adapter-utils';
import { SchemaEngine } from '@prisma/schema-engine-wasm';
import pg from 'pg';

/**
 * Runs `action` on Prisma's schema engine, bound to the database at `databaseUrl`. For reading only: it cuts a
 * migration at every semicolon, and what it takes for its shadow database is the real one.
 */
export async function withSchemaEngine<T>(
  databaseUrl: string,
  action: (engine: SchemaEngine) => Promise<T>,
): Promise<T> {
  const panics: string[] = [];
  // Where the engine, compiled from Rust, leaves its last words.
  Object.assign(globalThis, {
    PRISMA_WASM_PANIC_REGISTRY: { set_message: (message: string) => panics.push(message) },
  });
  // The engine never closes a connection, so they come from a pool of ours.
  const pool = new pg.Pool({ connectionString: databaseUrl, application_name: 'schema engine' });
  try {
    const adapter = bindMigrationAwareSqlAdapterFactory(createAdapterFactory(pool));
    const ignoreLog = (): void => undefined;
    const engine = await SchemaEngine.new({ datamodels: undefined }, ignoreLog, adapter);
    const result = await action(engine);
    engine.free();
    return result;
  } catch (cause) {
    throw new Error(['the schema engine failed', ...panics].join(': '), { cause });
  } finally {
    await pool.end();
  }
}

function createAdapterFactory(pool: pg.Pool): SqlMigrationAwareDriverAdapterFactory {
  const factory = new PrismaPg(pool);
  return {
    provider: factory.provider,
    adapterName: factory.adapterName,
    connect: async () => readSystemCharacters(await factory.connect()),
    connectToShadowDb: () => Promise.reject(new Error('there is no shadow database')),
  };
}

/** Columns of PostgreSQL's catalogue with its one-byte type "char", which the adapter cannot read. */
const SYSTEM_CHARACTERS = /\b(constr\.contype|con\.confdeltype|con\.confupdtype)\b/g;

function readSystemCharacters(adapter: SqlDriverAdapter): SqlDriverAdapter {
  const queryRaw = adapter.queryRaw.bind(adapter);
  adapter.queryRaw = async (query) => {
    const sql = query.sql.replace(SYSTEM_CHARACTERS, '$1::text');
    return sql === query.sql ? queryRaw(query) : markConstraintType(await queryRaw({ ...query, sql }));
  };
  return adapter;
}

// The engine takes the two of a foreign key as text, and insists on a character for this one.
function markConstraintType(result: SqlResultSet): SqlResultSet {
  const columnTypes = result.columnTypes.map((type, index) =>
    result.columnNames[index] === 'constraint_type' ? ColumnTypeEnum.Character : type,
  );
  return { ...result, columnTypes };
}
