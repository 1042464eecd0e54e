import { serverAudits } from 'graphql-http';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startGateway, type TestGateway } from '../../support/gateway.js';

/** Apollo answers 400 where the draft of the specification recommends 200 for application/json. */
const MAX_WARNINGS = 3;

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway.stop());

it('passes every audit of graphql-http, with few warnings', async () => {
  const audits = serverAudits({ url: () => `${gateway.url}/graphql`, fetchFn: fetch });
  const results = await Promise.all(audits.map(({ fn }) => fn()));
  const failed = results.filter(({ status }) => status === 'error');
  const warned = results.filter(({ status }) => status === 'warn');
  const lineOf = ({ name, ...result }: (typeof results)[number]) =>
    `${name}: ${'reason' in result ? result.reason : ''}`;
  expect(results.length).toBeGreaterThan(50);
  expect(failed.map(lineOf)).toEqual([]);
  expect(warned.map(lineOf).filter((line) => !line.endsWith('status code is not 200'))).toEqual([]);
  expect(warned.length).toBeLessThanOrEqual(MAX_WARNINGS);
});
