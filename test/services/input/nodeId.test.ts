import { describe, expect, it } from 'vitest';
import {
  callNodeId,
  outcomeNodeId,
  parseNodeId,
  checkRequestId,
  requestNodeId,
} from '../../../src/services/input/nodeId.js';

const ID = '0195a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b';

describe('node ids', () => {
  it('come back as what they were made of', () => {
    expect(parseNodeId(requestNodeId(ID))).toEqual({ kind: 'request', id: ID });
    expect(parseNodeId(callNodeId(ID))).toEqual({ kind: 'call', id: ID });
    const outcome = { targetId: '42', accountId: '000000000001' };
    expect(parseNodeId(outcomeNodeId(outcome))).toEqual({ kind: 'outcome', ...outcome });
  });

  it('show what they are of', () => {
    expect(requestNodeId(ID)).toBe(`request_${ID}`);
    expect(callNodeId(ID)).toBe(`call_${ID}`);
    expect(outcomeNodeId({ targetId: '7', accountId: '012345678901' })).toBe('outcome_7_012345678901');
  });

  it.each([
    '',
    'request_',
    ID,
    `member_${ID}`,
    `request_${ID}x`,
    `request_${ID.toUpperCase()}`,
    `request_${ID}\n`,
    'call_1',
    'outcome_1',
    'outcome_01_000000000001',
    'outcome_-1_000000000001',
    'outcome_1_1',
    'outcome_9223372036854775808_000000000001',
  ])('that the gateway never gave out point to nothing: %j', (text) => {
    expect(parseNodeId(text)).toBeNull();
  });

  it('reach the largest number PostgreSQL has for a target', () => {
    expect(parseNodeId('outcome_9223372036854775807_000000000001')).toMatchObject({
      targetId: '9223372036854775807',
    });
  });
});

describe('checkRequestId', () => {
  it('gives the UUID', () => {
    expect(checkRequestId('id', `request_${ID}`)).toBe(ID);
  });

  it('names the argument, what was expected and what came', () => {
    expect(() => checkRequestId('filter.requestId', `call_${ID}`)).toThrow(
      expect.objectContaining({
        code: 'BAD_USER_INPUT',
        message: `filter.requestId: expected the id of a MembershipRequest, request_ and a UUID, got "call_${ID}"`,
      }),
    );
  });

  it('repeats only the beginning of a long text', () => {
    expect(() => checkRequestId('id', 'x'.repeat(1000))).toThrow(/got "x{80}\.\.\."$/);
  });
});
