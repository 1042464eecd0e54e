import { fastify } from 'fastify';
import { expect, it } from 'vitest';
import { logRequests } from '../../../src/http/request/requestLog.js';
import { createLog } from '../../../src/log.js';

it('writes a line for each request, and none at info for probes, scrapes and the files of a page', async () => {
  const paths: unknown[] = [];
  const log = createLog('info', {
    write: (line) => void paths.push((JSON.parse(line) as { path: unknown }).path),
  });
  const app = fastify();
  app.decorateRequest('requestInfo', null);
  app.decorateRequest('span', null);
  logRequests(app, log);
  for (const url of ['/graphql', '/explorer/assets/page.js', '/health/ready', '/metrics', '/healthy']) {
    await app.inject({ url });
  }
  expect(paths).toEqual(['/graphql', '/healthy']);
  await app.close();
});
