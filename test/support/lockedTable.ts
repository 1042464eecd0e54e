import pg from 'pg';

/** Locks a table, so that no other client can read it unless another mode is asked for, until the client ends. */
export async function lockTable(
  databaseUrl: string,
  table: string,
  mode: 'ACCESS EXCLUSIVE' | 'SHARE' = 'ACCESS EXCLUSIVE',
): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  await client.query(`BEGIN; LOCK TABLE ${table} IN ${mode} MODE`);
  return client;
}

/** How many statements wait for the table. Databases of a run are copies, so that their tables have the same numbers. */
export async function waitingFor(table: string, client: pg.Client): Promise<number> {
  const { rows } = await client.query(
    `SELECT FROM pg_locks JOIN pg_database d ON d.oid = database
     WHERE d.datname = current_database() AND relation = $1::regclass AND NOT granted`,
    [table],
  );
  return rows.length;
}
