import { execFileSync } from 'node:child_process';
import path from 'node:path';
import pg from 'pg';
import type { Closers } from '../../src/closers.js';
import { cursorOf, PAGE_QUERY, PAGE_SIZE, REQUEST_ID, type Place } from '../history/page.js';
import { startProgram, type Program } from './programs.js';
import { ROOT } from './report.js';

/** Somebody who answers pages, and the pages it is asked for. */
export interface Contender {
  readonly program: Pick<Program, 'url' | 'pid'>;
  /** Bodies of requests, asked for in turn. */
  readonly bodies: readonly string[];
}

/** Starts a server of bench/history on the plain Node. */
export function startServer(
  closers: Closers,
  name: 'bare' | 'mercurius' | 'apollo' | 'layer' | 'stringify',
  environment: Record<string, string>,
): Promise<Program> {
  // The only one that Prisma's client has to be made for.
  if (name === 'apollo') {
    generateClient();
  }
  const listening = /listening on (\S+)/;
  return startProgram(closers, `bench/history/${name}Server.ts`, { environment, listening });
}

function generateClient(): void {
  const prisma = path.join(ROOT, 'node_modules/prisma/build/index.js');
  const schema = path.join(ROOT, 'bench/history/schema.prisma');
  execFileSync(process.execPath, [prisma, 'generate', '--schema', schema], { cwd: ROOT, stdio: 'ignore' });
}

/** Bodies for pages that follow one another, from a page's number (1 is the first) on. */
export async function pagesFrom(databaseUrl: string, first: number, count: number): Promise<string[]> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    // A page begins behind the last row of the one before.
    const { rows } = await client.query<Place>(
      `SELECT target_id::text AS "targetId", account_id AS "accountId"
       FROM outcome o ORDER BY o.target_id DESC, o.account_id DESC OFFSET $1 LIMIT $2`,
      [Math.max(0, (first - 1) * PAGE_SIZE - 1), count * PAGE_SIZE],
    );
    const ends = rows.filter((_, index) => index % PAGE_SIZE === (first === 1 ? PAGE_SIZE - 1 : 0));
    const cursors = [...(first === 1 ? [null] : []), ...ends.map(cursorOf)].slice(0, count);
    return cursors.map((after) => JSON.stringify({ query: PAGE_QUERY, variables: { after } }));
  } finally {
    await client.end();
  }
}

/** The whole answer to one of its bodies. */
export async function answerOf({ program }: Contender, body: string): Promise<string> {
  const response = await fetch(`${program.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-request-id': REQUEST_ID },
    body,
  });
  return response.text();
}
