import { expect, it } from 'vitest';
import type { ReasonCode } from '../../../src/membership.js';
import type { Refused, Unanswered } from '../../../src/ports/upstream.js';
import { classifyRefusal, NO_DETECTOR, verdictOf } from '../../../src/services/answers/refusals.js';

it.each<
  [httpStatus: number | null, errorCode: string, errorMessage: string, reasonCode: ReasonCode, retry: boolean]
>([
  [
    400,
    'BadRequestException',
    'The request is rejected because the input detectorId is not owned by the current account.',
    'DETECTOR_NOT_FOUND',
    false,
  ],
  [
    400,
    'BadRequestException',
    'The request is rejected because an invalid or out-of-range value is specified as an input parameter.',
    'OTHER',
    false,
  ],
  [
    400,
    'BadRequestException',
    'The request is rejected because an account cannot invite itself.',
    'SELF',
    false,
  ],
  [400, 'InvalidInputException', 'Invalid parameter', 'OTHER', false],
  [400, 'ThrottlingException', 'Rate exceeded', 'THROTTLED', true],
  [
    400,
    'ExpiredTokenException',
    'The security token included in the request is expired',
    'ACCESS_DENIED',
    false,
  ],
  [
    401,
    'InvalidAccessException',
    'Account is not subscribed to AWS Security Hub',
    'SERVICE_NOT_ENABLED',
    false,
  ],
  [401, 'NeverHeardOf', 'no', 'ACCESS_DENIED', false],
  [403, 'AccessDeniedException', 'User is not authorized to perform this', 'ACCESS_DENIED', false],
  [
    403,
    'UnrecognizedClientException',
    'The security token included in the request is invalid',
    'ACCESS_DENIED',
    false,
  ],
  [403, 'NeverHeardOf', 'no', 'ACCESS_DENIED', false],
  [404, 'ResourceNotFoundException', 'Not found', 'OTHER', false],
  [409, 'ResourceConflictException', 'Conflict', 'OTHER', false],
  [429, 'LimitExceededException', 'Too many requests', 'THROTTLED', true],
  [429, 'TooManyRequestsException', 'Too many requests', 'THROTTLED', true],
  [429, 'NeverHeardOf', 'slower', 'THROTTLED', true],
  [408, 'RequestTimeout', 'Idle connections are closed', 'INTERNAL_ERROR', true],
  [500, 'InternalServerErrorException', 'Internal error', 'INTERNAL_ERROR', true],
  [502, 'UnreadableAnswer', 'a page', 'INTERNAL_ERROR', true],
  [503, 'AccessDeniedException', 'also broken', 'INTERNAL_ERROR', true],
  [200, 'UnreadableAnswer', 'broke off', 'UNREACHABLE', true],
  [302, 'UnreadableAnswer', 'elsewhere', 'UNREACHABLE', true],
  [null, 'ECONNREFUSED', 'connect ECONNREFUSED', 'UNREACHABLE', true],
  [null, 'toString', 'not a name of an exception', 'UNREACHABLE', true],
  [null, 'CredentialsProviderError', 'No credentials', 'ACCESS_DENIED', false],
  [null, 'AccessDenied', 'No credentials: sts:AssumeRole', 'ACCESS_DENIED', false],
  [null, 'Throttling', 'No credentials: Rate exceeded', 'THROTTLED', true],
  [null, 'AdministratorNotConfigured', 'gone', 'ACCESS_DENIED', false],
])('reads %s %s "%s" as %s, retry %s', (httpStatus, errorCode, errorMessage, reasonCode, retry) => {
  expect(classifyRefusal({ httpStatus, errorCode, errorMessage })).toEqual({ reasonCode, retry });
});

const REFUSED: Refused = {
  kind: 'REFUSED',
  metadata: { httpStatus: 403, awsRequestId: 'r', attempts: 1 },
  errorCode: 'AccessDeniedException',
  errorMessage: 'You shall not pass.',
};

it("fails the accounts of a refused call with the service's text", () => {
  expect(verdictOf(REFUSED)).toEqual({
    status: 'FAILED',
    reasonCode: 'ACCESS_DENIED',
    reason: 'You shall not pass.',
    retry: false,
    processedIfInDoubt: false,
  });
});

it("uses the exception's name as the reason of a refusal without text", () => {
  expect(verdictOf({ ...REFUSED, errorMessage: '' }).reason).toBe('AccessDeniedException');
});

it('sends a call again after a 403 of a proxy', () => {
  const page: Unanswered = {
    kind: 'UNANSWERED',
    metadata: { httpStatus: 403, awsRequestId: null, attempts: 1 },
    errorCode: 'UnreadableAnswer',
    errorMessage: 'HTTP 403 with an unreadable body: <',
    neverSent: false,
  };
  expect(verdictOf(page)).toMatchObject({ reasonCode: 'UNREACHABLE', retry: true });
});

it('reports GuardDuty as not enabled in a region without a detector, and does not retry', () => {
  expect(NO_DETECTOR).toMatchObject({
    status: 'FAILED',
    reasonCode: 'SERVICE_NOT_ENABLED',
    retry: false,
    processedIfInDoubt: false,
  });
});
