import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { promisify } from 'node:util';
import { GatewayError } from '../../errors.js';
import type { Log } from '../../log.js';

/** An account of the operating system. */
export interface SystemUser {
  name: string;
  uid: number;
  gid: number;
}

/** Common users of machines that may run PostgreSQL, the preferred one first. */
const CANDIDATES = ['postgres', '_postgres', 'nobody'];

/** The user that is created when none of these exists. */
const CREATED = 'membership-gateway';

const run = promisify(execFile);

/**
 * The user that runs PostgreSQL when the gateway runs as root, because PostgreSQL refuses to run as root: an existing
 * unprivileged user, else a new system user without a shell.
 *
 * @throws GatewayError `BAD_CONFIGURATION` when no user exists and none can be created.
 */
export async function choosePostgresUser(log: Log): Promise<SystemUser> {
  for (const name of [...CANDIDATES, CREATED]) {
    const user = await lookUp(name);
    if (user !== undefined && (await canBecome(user))) {
      return user;
    }
  }
  try {
    await run('useradd', [
      '--system',
      '--user-group',
      '--no-create-home',
      '--shell',
      '/usr/sbin/nologin',
      CREATED,
    ]);
  } catch (cause) {
    throw new GatewayError(
      'BAD_CONFIGURATION',
      `PostgreSQL refuses to run as root, and no unprivileged user could be found or made (tried ${CANDIDATES.join(', ')}). Start the gateway as another user, or set DATABASE_URL.`,
      { cause },
    );
  }
  log.info({ user: CREATED }, 'made a system user for PostgreSQL, which refuses to run as root');
  const created = await lookUp(CREATED);
  if (created === undefined) {
    throw new GatewayError('BAD_CONFIGURATION', `useradd made no user ${CREATED}`);
  }
  return created;
}

/** Whether `user` can enter and list `directory`. */
export async function canReach(user: SystemUser, directory: string): Promise<boolean> {
  return succeedsAs(user, '/bin/sh', ['-c', 'cd -- "$1"', 'sh', directory]);
}

/** The owner of the directory; undefined if it does not exist or root owns it. */
export async function findOwner(directory: string): Promise<SystemUser | undefined> {
  const found = await stat(directory).catch(() => undefined);
  if (found === undefined || found.uid === 0) {
    return undefined;
  }
  const name = await run('id', ['-un', String(found.uid)]).then(
    ({ stdout }) => stdout.trim(),
    () => `user ${found.uid}`,
  );
  return { name, uid: found.uid, gid: found.gid };
}

async function lookUp(name: string): Promise<SystemUser | undefined> {
  try {
    const [uid, gid] = await Promise.all([run('id', ['-u', name]), run('id', ['-g', name])]);
    const user = { name, uid: Number(uid.stdout), gid: Number(gid.stdout) };
    return user.uid === 0 ? undefined : user;
  } catch {
    return undefined;
  }
}

/** False in a container where root may not change to another user, or not to this user id. */
async function canBecome(user: SystemUser): Promise<boolean> {
  return succeedsAs(user, '/bin/sh', ['-c', ':']);
}

async function succeedsAs(user: SystemUser, program: string, args: string[]): Promise<boolean> {
  try {
    await run(program, args, { cwd: '/', uid: user.uid, gid: user.gid });
    return true;
  } catch {
    return false;
  }
}
