import { expect, it } from 'vitest';
import { postgresFromNpm } from '../../scripts/otherPostgres.js';
import { startOtherPostgres } from '../../scripts/startOtherPostgres.js';
import { createLog } from '../../src/log.js';
import { OLDEST_VERSION } from '../../src/store/connection/serverCheck.js';
import { spawnGateway } from '../support/gatewayProcess.js';

const TOO_OLD = '13.23.0-beta.16';

it(`ends with one line when PostgreSQL is older than ${OLDEST_VERSION}`, async ({ skip }) => {
  const postgres = await postgresFromNpm('13', TOO_OLD);
  if (postgres === null) {
    skip('the registry of npm cannot be reached, and PostgreSQL 13 is not in the cache');
    return;
  }
  const server = await startOtherPostgres(postgres, createLog('fatal'));
  try {
    await expect(spawnGateway({ DATABASE_URL: server.url, UPSTREAM: 'sandbox' })).rejects.toThrow(
      `DATABASE_URL: expected PostgreSQL ${OLDEST_VERSION} or later; got 13.23`,
    );
  } finally {
    await server.stop();
  }
});
