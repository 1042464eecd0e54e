import fastify from 'fastify';
import { expect, it } from 'vitest';
import { parseJsonByTurns } from '../../../src/http/request/jsonBody.js';

it('a long body is parsed in a turn on the event loop, and a short one at once', async () => {
  const waiting: (() => void)[] = [];
  const app = fastify();
  app.decorateRequest('requestInfo', null);
  const takeTurn = () => new Promise<void>((resolve) => waiting.push(resolve));
  parseJsonByTurns(app, takeTurn, () => Promise.resolve(null));
  const parsed: number[] = [];
  app.post<{ Body: { text: string } }>('/', ({ body: { text } }) => {
    parsed.push(text.length);
    return {};
  });
  const post = (length: number) =>
    app.inject({ method: 'POST', url: '/', payload: { text: 'a'.repeat(length) } });
  const long = [post(2_000), post(3_000)];
  await post(10);
  await expect.poll(() => waiting.length).toBe(2);
  expect(parsed).toEqual([10]);
  waiting.forEach((begin) => {
    begin();
  });
  await Promise.all(long);
  expect(parsed.toSorted()).toEqual([10, 2_000, 3_000]);
  await app.close();
});
