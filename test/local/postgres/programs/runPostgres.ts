/*
 * Runs the embedded database as a gateway would and says where. Arguments: dataDir [exit].
 * With `exit` it ends at once without stopping the database; on SIGINT it uses the database once more and then stops it.
 */
import pg from 'pg';
import { createLog } from '../../../../src/log.js';
import { lockDataDir } from '../../../../src/local/postgres/dataDirLock.js';
import { startEmbeddedPostgres } from '../../../../src/local/postgres/startPostgres.js';

const [dataDir = '', ending] = process.argv.slice(2);
const lock = await lockDataDir(dataDir);
const postgres = await startEmbeddedPostgres({ dataDir, log: createLog('error') });
process.once('SIGINT', () => void stop());
console.log(JSON.stringify({ url: postgres.url }));
if (ending === 'exit') {
  process.exit(3);
}

async function stop(): Promise<void> {
  const client = new pg.Client({ connectionString: postgres.url });
  await client.connect();
  const { rows } = await client.query('SELECT 1 AS answer');
  await client.end();
  await postgres.stop();
  await lock.release();
  console.log(JSON.stringify(rows[0]));
}
