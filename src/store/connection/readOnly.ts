import type pg from 'pg';

/** Whether the server of a connection takes no writes. A standby takes none either. */
export async function isReadOnly(connection: Pick<pg.ClientBase, 'query'>): Promise<boolean> {
  const { rows } = await connection.query<{ transaction_read_only: string }>('SHOW transaction_read_only');
  return rows[0]?.transaction_read_only === 'on';
}
