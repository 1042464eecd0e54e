import { describe, expect, it } from 'vitest';
import type { SecurityService } from '../../src/membership.js';
import { translateError } from '../../src/upstream/errors.js';
import { httpAnswer, startRawServer, type RawReply } from './rawServer.js';
import { sendTo } from './sendTo.js';

const AWS = { 'content-type': 'application/json', 'x-amzn-requestid': 'req-1' };
const HTML = { 'content-type': 'text/html' };

const error = (type: string) => ({ ...AWS, 'x-amzn-errortype': `${type}:http://internal.amazon.com/coral/` });
const metadata = (httpStatus: number | null, awsRequestId: string | null) => ({
  httpStatus,
  awsRequestId,
  attempts: 1,
});
const refused = (httpStatus: number, errorCode: string, errorMessage: string) => ({
  kind: 'REFUSED',
  metadata: metadata(httpStatus, 'req-1'),
  errorCode,
  errorMessage,
});
const lost = (
  httpStatus: number | null,
  awsRequestId: string | null,
  errorCode: string,
  errorMessage: string,
) => ({
  kind: 'UNANSWERED',
  metadata: metadata(httpStatus, awsRequestId),
  errorCode,
  errorMessage,
  neverSent: false,
});
const notForwarded = (errorCode: string, errorMessage: string) => ({
  ...lost(null, null, errorCode, errorMessage),
  metadata: { httpStatus: null, awsRequestId: null, attempts: 0 },
  neverSent: true,
});
const bytes =
  (...answer: Parameters<typeof httpAnswer>): RawReply =>
  (socket) =>
    socket.write(httpAnswer(...answer));

const UNREADABLE = 'UnreadableAnswer';

/** Cases that end by time. */
const TIMED_OUT = new Set(['a 200 that stops halfway', 'no answer at all']);

/** What comes over the wire, and what it means, whichever service is asked. */
const CASES: Record<string, readonly [RawReply, object]> = {
  'a 400 named in the header': [
    bytes(400, '{"message":"Not yours.","__type":"SomethingElse"}', error('BadRequestException')),
    refused(400, 'BadRequestException', 'Not yours.'),
  ],
  'a 400 named in the body': [
    bytes(
      400,
      '{"message":"Rate exceeded","__type":"com.amazon.coral.availability#ThrottlingException"}',
      AWS,
    ),
    refused(400, 'ThrottlingException', 'Rate exceeded'),
  ],
  'a 403 without a name, but with a request id of AWS': [bytes(403, '', AWS), refused(403, 'Unknown', '')],
  'a 403 with neither': [
    bytes(403, ''),
    lost(403, null, UNREADABLE, 'HTTP 403 without an error of the service.'),
  ],
  'a 403 with the page of a proxy': [
    bytes(403, '<p>', HTML),
    lost(
      403,
      null,
      UNREADABLE,
      `HTTP 403 with an unreadable body: Unexpected token '<', "<p>" is not valid JSON`,
    ),
  ],
  'a 403 with a name, as a proxy may answer in JSON': [
    bytes(403, '{"code":"Blocked","message":"by policy"}'),
    lost(403, null, 'Blocked', 'by policy'),
  ],
  'a 403 of the service whose body has a code': [
    bytes(403, '{"code":"AccessDeniedException","message":"not you"}', AWS),
    refused(403, 'AccessDeniedException', 'not you'),
  ],
  'a 407 of a proxy': [
    bytes(407, '<p>', HTML),
    notForwarded(UNREADABLE, expect.stringContaining('HTTP 407 with an unreadable body') as string),
  ],
  'a 407 of a proxy in JSON': [
    bytes(407, '{"code":"Authenticate","message":"who are you"}'),
    notForwarded('Authenticate', 'who are you'),
  ],
  'a 413 of the service': [
    bytes(413, '{"message":"Request Too Long"}', error('RequestEntityTooLargeException')),
    refused(413, 'RequestEntityTooLargeException', 'Request Too Long'),
  ],
  'a 413 with the page of a proxy': [
    bytes(413, '<p>', HTML),
    lost(
      413,
      null,
      UNREADABLE,
      `HTTP 413 with an unreadable body: Unexpected token '<', "<p>" is not valid JSON`,
    ),
  ],
  'a 511 of a captive portal': [
    bytes(511, ''),
    notForwarded(UNREADABLE, 'HTTP 511 without an error of the service.'),
  ],
  'a redirection': [bytes(302, ''), lost(302, null, UNREADABLE, 'HTTP 302 without an error of the service.')],
  'a 500 in the words of the service': [
    bytes(500, '{"message":"Internal server error."}', error('InternalServerErrorException')),
    lost(500, 'req-1', 'InternalServerErrorException', 'Internal server error.'),
  ],
  'a 400 in words that PostgreSQL cannot hold': [
    bytes(400, '{"message":"a\\u0000b\\ud800","__type":"X"}', error('Bad')),
    refused(400, 'Bad', 'a\uFFFDb\uFFFD'),
  ],
  'a 400 whose words are a number': [
    bytes(400, '{"message":5,"Message":5,"__type":5}', error('Bad')),
    refused(400, 'Bad', '5'),
  ],
  'a 400 in very many words': [
    bytes(400, `{"message":"${' '.repeat(500_000)}${'x'.repeat(500_000)}"}`, error('Bad')),
    refused(400, 'Bad', `${' '.repeat(1_997)}...`),
  ],
  'an answer that is too large': [
    bytes(200, `{"unprocessedAccounts":[],"x":"${'x'.repeat(1_048_576)}"}`, AWS),
    lost(
      200,
      'req-1',
      'ANSWER_TOO_LARGE',
      'HTTP 200, and the body broke off: an answer may have 1048576 bytes, and this one has more',
    ),
  ],
  'a 502 with a page': [
    bytes(502, '<p>', HTML),
    lost(
      502,
      null,
      UNREADABLE,
      `HTTP 502 with an unreadable body: Unexpected token '<', "<p>" is not valid JSON`,
    ),
  ],
  'a 503 without a body': [
    bytes(503, ''),
    lost(503, null, UNREADABLE, 'HTTP 503 without an error of the service.'),
  ],
  'a 200 with a page': [
    bytes(200, '<p>', HTML),
    lost(
      200,
      null,
      UNREADABLE,
      `HTTP 200 with an unreadable body: Unexpected token '<', "<p>" is not valid JSON`,
    ),
  ],
  'a 200 with null': [
    bytes(200, 'null', AWS),
    lost(200, 'req-1', UNREADABLE, expect.stringContaining('HTTP 200 with an unreadable body: ') as string),
  ],
  'a 200 without a body and without a request id': [
    bytes(200, ''),
    lost(200, null, UNREADABLE, 'HTTP 200, and no request id of AWS.'),
  ],
  'a 200 with half a document': [
    bytes(200, '{"unprocessedAcc', AWS),
    lost(
      200,
      'req-1',
      UNREADABLE,
      expect.stringContaining('HTTP 200 with an unreadable body: Unterminated') as string,
    ),
  ],
  'a 200 that breaks off': [
    (socket) => socket.end(httpAnswer(200, '{"unprocessedAcc', AWS, 400)),
    lost(200, 'req-1', 'ECONNRESET', 'HTTP 200, and the body broke off: aborted'),
  ],
  'a 403 that breaks off': [
    (socket) => socket.end(httpAnswer(403, '{"mess', error('AccessDeniedException'), 400)),
    lost(403, 'req-1', 'ECONNRESET', 'HTTP 403, and the body broke off: aborted'),
  ],
  'a 200 that stops halfway': [
    bytes(200, '{"unprocessedAcc', AWS, 400),
    lost(
      200,
      'req-1',
      'TimeoutError',
      'the request socket timed out after 200 ms of inactivity (configured by client requestHandler).',
    ),
  ],
  'no answer at all': [
    () => undefined,
    lost(null, null, 'ETIMEDOUT', 'a request has exceeded the configured 200 ms requestTimeout.'),
  ],
  'a reset': [(socket) => socket.resetAndDestroy(), lost(null, null, 'ECONNRESET', 'read ECONNRESET')],
  'a closed connection': [(socket) => socket.end(), lost(null, null, 'ECONNRESET', 'socket hang up')],
  'something that is not HTTP': [
    (socket) => socket.write('220 mail.example.com ESMTP\r\n'),
    lost(null, null, 'HPE_INVALID_CONSTANT', 'Parse Error: Expected HTTP/, RTSP/ or ICE/'),
  ],
};

describe.each<SecurityService>(['GUARDDUTY', 'SECURITY_HUB'])('%s', (service) => {
  it.each(Object.entries(CASES))('understands %s, after one request', async (name, [reply, expected]) => {
    await using server = await startRawServer(reply);
    const options = TIMED_OUT.has(name) ? { requestTimeoutMs: 200 } : {};
    expect(await sendTo(server.endpoint, service, 'CREATE_MEMBERS', options)).toEqual(expected);
    expect(server.requests).toHaveLength(1);
  });
});

it('treats an unknown error as a lost answer', () => {
  for (const thrown of [new Error('a bug'), 'a string', null]) {
    expect(translateError(thrown)).toMatchObject({
      kind: 'UNANSWERED',
      neverSent: false,
      metadata: metadata(null, null),
    });
  }
});
