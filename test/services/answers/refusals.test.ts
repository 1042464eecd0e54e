import { expect, it } from 'vitest';
import type { ReasonCode } from '../../../src/membership.js';
import type { Refused, Unanswered } from '../../../src/ports/upstream.js';
import { classifyRefusal, NO_DETECTOR, verdictOf } from '../../../src/services/answers/refusals.js';

interface Classified {
  readonly reasonCode: ReasonCode;
  readonly retry: boolean;
}

it.each<[httpStatus: number | null, errorCode: string, errorMessage: string, classified: Classified]>([
  [
    400,
    'BadRequestException',
    'The request is rejected because the input detectorId is not owned by the current account.',
    { reasonCode: 'DETECTOR_NOT_FOUND', retry: false },
  ],
  [
    400,
    'BadRequestException',
    'The request is rejected because the parameter detectorId has an invalid value.',
    { reasonCode: 'DETECTOR_NOT_FOUND', retry: false },
  ],
  [
    400,
    'BadRequestException',
    'The request is rejected because an invalid or out-of-range value is specified as an input parameter.',
    { reasonCode: 'OTHER', retry: false },
  ],
  [
    400,
    'BadRequestException',
    'The request is rejected because an account cannot invite itself.',
    { reasonCode: 'SELF', retry: false },
  ],
  [400, 'InvalidInputException', 'Invalid parameter', { reasonCode: 'OTHER', retry: false }],
  [400, 'ThrottlingException', 'Rate exceeded', { reasonCode: 'THROTTLED', retry: true }],
  [
    400,
    'ExpiredTokenException',
    'The security token included in the request is expired',
    { reasonCode: 'UNREACHABLE', retry: true },
  ],
  [
    401,
    'InvalidAccessException',
    'Account is not subscribed to AWS Security Hub',
    { reasonCode: 'SERVICE_NOT_ENABLED', retry: false },
  ],
  [
    401,
    'InvalidAccessException',
    'Account 111122223333 is not an administrator for this organization',
    { reasonCode: 'ACCESS_DENIED', retry: false },
  ],
  [401, 'NeverHeardOf', 'no', { reasonCode: 'ACCESS_DENIED', retry: false }],
  [
    403,
    'AccessDeniedException',
    'User is not authorized to perform this',
    { reasonCode: 'ACCESS_DENIED', retry: false },
  ],
  [
    403,
    'UnrecognizedClientException',
    'The security token included in the request is invalid',
    { reasonCode: 'ACCESS_DENIED', retry: false },
  ],
  [403, 'NeverHeardOf', 'no', { reasonCode: 'ACCESS_DENIED', retry: false }],
  [404, 'ResourceNotFoundException', 'Not found', { reasonCode: 'OTHER', retry: false }],
  [409, 'ResourceConflictException', 'Conflict', { reasonCode: 'OTHER', retry: false }],
  [429, 'LimitExceededException', 'Too many requests', { reasonCode: 'THROTTLED', retry: true }],
  [
    429,
    'LimitExceededException',
    'The request was rejected because it attempted to create resources beyond the current account or throttling limits.',
    { reasonCode: 'THROTTLED', retry: true },
  ],
  [
    429,
    'LimitExceededException',
    'The current account cannot send more than the maximum number of outstanding invitations.',
    { reasonCode: 'INVITATION_LIMIT_REACHED', retry: false },
  ],
  [429, 'TooManyRequestsException', 'Too many requests', { reasonCode: 'THROTTLED', retry: true }],
  [429, 'NeverHeardOf', 'slower', { reasonCode: 'THROTTLED', retry: true }],
  [408, 'RequestTimeout', 'Idle connections are closed', { reasonCode: 'INTERNAL_ERROR', retry: true }],
  [500, 'InternalServerErrorException', 'Internal error', { reasonCode: 'INTERNAL_ERROR', retry: true }],
  [502, 'UnreadableAnswer', 'a page', { reasonCode: 'INTERNAL_ERROR', retry: true }],
  [
    400,
    'BadRequestException',
    'The request failed because autoEnableOrganizationMembers is set to ALL.',
    { reasonCode: 'MANAGED_BY_ORGANIZATION', retry: false },
  ],
  [503, 'AccessDeniedException', 'also broken', { reasonCode: 'INTERNAL_ERROR', retry: true }],
  [200, 'UnreadableAnswer', 'broke off', { reasonCode: 'UNREACHABLE', retry: true }],
  [302, 'UnreadableAnswer', 'elsewhere', { reasonCode: 'UNREACHABLE', retry: true }],
  [null, 'ECONNREFUSED', 'connect ECONNREFUSED', { reasonCode: 'UNREACHABLE', retry: true }],
  [null, 'toString', 'not a name of an exception', { reasonCode: 'UNREACHABLE', retry: true }],
  [null, 'CredentialsProviderError', 'No credentials', { reasonCode: 'UNREACHABLE', retry: true }],
  [null, 'AccessDenied', 'No credentials: sts:AssumeRole', { reasonCode: 'ACCESS_DENIED', retry: false }],
  [null, 'Throttling', 'No credentials: Rate exceeded', { reasonCode: 'THROTTLED', retry: true }],
  [null, 'AdministratorNotConfigured', 'gone', { reasonCode: 'ACCESS_DENIED', retry: false }],
])('reads %s %s "%s" as %j', (httpStatus, errorCode, errorMessage, classified) => {
  expect(classifyRefusal({ httpStatus, errorCode, errorMessage })).toEqual(classified);
});

it('reads a quota by the operation that it refuses', () => {
  const errorMessage =
    'The request was rejected because it attempted to create resources beyond the current AWS account limits.';
  const failure = { httpStatus: 429, errorCode: 'LimitExceededException', errorMessage };
  expect(classifyRefusal({ ...failure, operation: 'CREATE_MEMBERS' })).toEqual({
    reasonCode: 'MEMBER_LIMIT_REACHED',
    retry: false,
  });
  expect(classifyRefusal({ ...failure, operation: 'INVITE_MEMBERS' })).toEqual({
    reasonCode: 'INVITATION_LIMIT_REACHED',
    retry: false,
  });
  expect(classifyRefusal({ ...failure, errorCode: 'TooManyRequestsException' })).toEqual({
    reasonCode: 'THROTTLED',
    retry: true,
  });
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
