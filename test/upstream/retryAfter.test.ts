import { describe, expect, it } from 'vitest';
import type { SecurityService } from '../../src/membership.js';
import { httpAnswer, startRawServer } from './rawServer.js';
import { sendTo } from './sendTo.js';

const AWS = { 'content-type': 'application/json', 'x-amzn-requestid': 'req-1' };
const DATE = 'Sun, 29 Nov 2020 10:00:00 GMT';

/** The pause that is kept after an answer with this status and these headers. */
async function pauseAfter(
  service: SecurityService,
  status: number,
  headers: Readonly<Record<string, string>>,
  body = '{"message":"Rate exceeded","__type":"TooManyRequestsException"}',
): Promise<unknown> {
  await using server = await startRawServer((socket) =>
    socket.write(httpAnswer(status, body, { ...AWS, ...headers })),
  );
  const answer = await sendTo(server.endpoint, service);
  expect(server.requests).toHaveLength(1);
  return 'retryAfterMs' in answer ? answer.retryAfterMs : null;
}

describe.each<SecurityService>(['GUARDDUTY', 'SECURITY_HUB'])('Retry-After of %s', (service) => {
  it.each([
    ['seconds', 429, { 'retry-after': '7' }, 7_000],
    ['seconds of a 503', 503, { 'retry-after': '7' }, 7_000],
    ['a fraction', 429, { 'Retry-After': '0.5' }, 500],
    ['a day', 429, { 'retry-after': '86400' }, 60_000],
    [
      'a date, by the date of the answer',
      503,
      { date: DATE, 'retry-after': 'Sun, 29 Nov 2020 10:00:20 GMT' },
      20_000,
    ],
    ['a date that is over', 503, { date: DATE, 'retry-after': 'Sun, 29 Nov 2020 09:00:00 GMT' }, null],
    ['a date without the date of the answer', 503, { 'retry-after': DATE }, null],
    ['rubbish', 429, { 'retry-after': 'soon' }, null],
    ['a negative number', 429, { 'retry-after': '-5' }, null],
    ['nothing', 429, {}, null],
    ['seconds of another refusal', 400, { 'retry-after': '7' }, null],
  ])('with %s', async (_, status, headers, expected) => {
    expect(await pauseAfter(service, status, headers as Record<string, string>)).toBe(expected);
  });

  it('counts also with a page in place of the service', async () => {
    const page = { 'content-type': 'text/html', 'retry-after': '3' };
    expect(await pauseAfter(service, 503, page, '<p>')).toBe(3_000);
    expect(await pauseAfter(service, 503, page, '')).toBe(3_000);
  });
});
