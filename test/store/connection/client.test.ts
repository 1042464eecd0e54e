import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { addressOf } from '../../../src/config/databaseAddress.js';
import { openDatabase } from '../../../src/store/connection/client.js';
import { createTestDatabase } from '../../support/database.js';
import { isUnreachable } from '../../../src/store/connection/unavailable.js';

/** A message of PostgreSQL's protocol: its letter, its length, its content. */
function message(letter: string, content: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeInt32BE(content.length + 4);
  return Buffer.concat([Buffer.from(letter), length, content]);
}

const READY = [message('R', Buffer.alloc(4)), message('Z', Buffer.from('I'))];
const FATAL = message(
  'E',
  Buffer.from('SFATAL\0VFATAL\0C57P01\0Mterminating connection due to unexpected postmaster exit\0\0'),
);

describe('a database that is closed', () => {
  it('opens no connection for a statement that comes later', async () => {
    const testDatabase = await createTestDatabase();
    const database = openDatabase(addressOf(testDatabase.url));
    await database.prisma.$queryRaw`SELECT 1`;
    await database.close();
    await expect(database.prisma.$queryRaw`SELECT 1`).rejects.toThrow('pool');
    // Fails if a connection is open.
    await testDatabase.drop();
  });
});

describe('a database whose server ends while a connection is opened', () => {
  it('rejects the statement as unreachable, and does not end the process', async () => {
    const server = createServer((socket) => {
      // Ready and dead in one piece, as it arrives when the reader is busy.
      socket.once('data', () => socket.end(Buffer.concat([...READY, FATAL])));
      socket.on('error', () => socket.destroy());
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const database = openDatabase(addressOf(`postgresql://gateway:secret@127.0.0.1:${port}/nothing`));

    const failed: unknown = await database.prisma
      .$transaction((tx) => tx.$queryRaw`SELECT 1`)
      .catch((error: unknown) => error);
    expect(isUnreachable(failed)).toBe(true);
    await expect(database.prisma.$queryRaw`SELECT 1`).rejects.toMatchObject({ code: 'UNAVAILABLE' });

    await database.close();
    server.close();
  });
});
