import { serverAudits } from 'graphql-http';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startGateway, type TestGateway } from '../../support/gateway.js';

/** Apollo answers 400 where the draft of the specification would rather have 200 for application/json. */
const WARNINGS_MAX = 3;

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway.stop());

it('speaks GraphQL over HTTP: no audit of graphql-http fails, and few warn', async () => {
  const audits = serverAudits({ url: () => `${gateway.url}/graphql`, fetchFn: fetch });
  const results = await Promise.all(audits.map(({ fn }) => fn()));
  const failed = results.filter(({ status }) => status === 'error');
  const warned = results.filter(({ status }) => status === 'warn');
  const told = ({ name, ...result }: (typeof results)[number]) =>
    `${name}: ${'reason' in result ? result.reason : ''}`;
  expect(results.length).toBeGreaterThan(50);
  expect(failed.map(told)).toEqual([]);
  expect(warned.map(told).filter((words) => !words.endsWith('status code is not 200'))).toEqual([]);
  expect(warned.length).toBeLessThanOrEqual(WARNINGS_MAX);
});
