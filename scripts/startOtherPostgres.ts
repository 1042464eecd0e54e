import { execFile } from 'node:child_process';
import { chown, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Log } from '../src/log.js';
import { makeReachable, programOptions, programPath } from '../src/local/postgres/binaries.js';
import { CLUSTER_USER } from '../src/local/postgres/cluster.js';
import { startServer } from '../src/local/postgres/server.js';
import { findFreePort, NOT_DURABLE, SETTINGS } from '../src/local/postgres/startPostgres.js';
import { choosePostgresUser } from '../src/local/postgres/systemUser.js';
import type { OtherPostgres } from './otherPostgres.js';
import { makeTemporaryDataDir } from './temporaryPostgres.js';

/** Starts it on 127.0.0.1 with an empty data directory, which goes with `stop`. */
export async function startOtherPostgres(
  { binaries: found }: OtherPostgres,
  log: Log,
): Promise<{ url: string; stop(): Promise<void> }> {
  const { dataDir, remove } = await makeTemporaryDataDir(log);
  const user = process.getuid?.() === 0 ? await choosePostgresUser(log) : undefined;
  const binaries = await makeReachable(found, user);
  // The place where a later run finds the remains of one that was killed.
  const cluster = path.join(dataDir, 'postgres/cluster');
  await mkdir(cluster, { mode: 0o700, recursive: true });
  if (user !== undefined) {
    await chown(path.dirname(cluster), user.uid, user.gid);
    await chown(cluster, user.uid, user.gid);
  }
  // Only this machine reaches the server, and it holds nothing but tests.
  const args = ['--encoding=UTF8', '--locale=C', '--auth=trust', '--no-sync'];
  args.push(`--username=${CLUSTER_USER}`, `--pgdata=${cluster}`);
  await promisify(execFile)(programPath(binaries, 'initdb'), args, programOptions(user));
  const port = await findFreePort();
  const settings = { ...SETTINGS, ...NOT_DURABLE };
  const server = await startServer({ binaries, user, cluster, port, settings, log });
  process.once('exit', server.requestStop);
  return {
    url: `postgresql://${CLUSTER_USER}@127.0.0.1:${port}/postgres`,
    async stop() {
      process.off('exit', server.requestStop);
      await server.stop();
      await remove();
    },
  };
}
