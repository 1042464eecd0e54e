import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const DIST = path.resolve(import.meta.dirname, '../../dist/src');

/** A start waits 10 seconds for the database. The rest is Node on a busy machine. */
const LIMIT_MS = 60_000;

const sockets = new Set<Socket>();
// It takes connections and says nothing, like a load balancer without a server, or a firewall that drops what comes back.
const silent = createServer((socket) => {
  sockets.add(socket);
  socket.on('error', () => socket.destroy());
  socket.resume();
});
let place: string;

beforeAll(async () => {
  silent.listen(0, '127.0.0.1');
  await once(silent, 'listening');
  place = `127.0.0.1:${(silent.address() as AddressInfo).port}`;
});
afterAll(() => {
  sockets.forEach((socket) => socket.destroy());
  silent.close();
});

describe.each(['main.js', 'migrateCommand.js', 'tokenCommand.js'])(
  '%s with a database that never answers',
  (program) => {
    it.each([
      ['in plain text', (host: string) => `${host}/db`],
      ['with TLS', (host: string) => `${host}/db?sslmode=no-verify`],
      [
        'with TLS that begins at once',
        (host: string) => `${host}/db?sslmode=no-verify&sslnegotiation=direct`,
      ],
      ['at several hosts', (host: string) => `${host},${host}/db`],
    ])('%s ends with one line', { timeout: LIMIT_MS }, async (_name, addressAt) => {
      const child = spawn(process.execPath, [path.join(DIST, program), 'list'], {
        cwd: import.meta.dirname,
        env: {
          PATH: process.env['PATH'],
          PORT: '0',
          LOG_LEVEL: 'silent',
          UPSTREAM: 'sandbox',
          AWS_ENDPOINT_URL: 'http://127.0.0.1:1',
          DATABASE_URL: `postgresql://gateway:secret@${addressAt(place)}`,
        },
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      const [lines, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
      expect(code).toBe(1);
      expect(lines).toMatch(
        /^cannot start: DATABASE_URL: cannot use the database at [^\n]*: timeout expired\n$/,
      );
      expect(lines).not.toContain('secret');
    });
  },
);
